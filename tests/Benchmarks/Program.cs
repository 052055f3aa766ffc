using System.CommandLine;
using Linewatch.Tests.Benchmarks.Anomalies;
using Linewatch.Tests.Benchmarks.Ingest;
using Linewatch.Tests.Benchmarks.Mqtt;
using Linewatch.Tests.Benchmarks.Oee;
using Linewatch.Tests.Benchmarks.Planning;
using Linewatch.Tests.Benchmarks.Prognosis;
using Linewatch.Tests.Benchmarks.Storage;
using Linewatch.Tests.Benchmarks.Telemetry;
using Linewatch.Tests.Benchmarks.Web;

Command detectors = new("detectors", "Readings a second on one core through a signal's monitor, beside a bare z-score; memory of a monitor.");
detectors.SetAction(_ => DetectorBenchmark.RunAsync());
Command training = new("training", "Training one machine with 30 signals on 30 days at 1 Hz, beside a bare z-score over the same readings.");
training.SetAction(_ => TrainingBenchmark.RunAsync());
RootCommand benchmarks = new("Linewatch's benchmarks. Each prints its figure beside a baseline from the same run; machines are noisy, so quote the ratio.")
{
    detectors,
    training,
    OeeCommand.Create(),
    PrognosisCommand.Create(),
};
foreach (Command command in (IEnumerable<Command>)
    [.. IngestCommand.Create(), .. MqttCommand.Create(), .. TelemetryCommand.Create(), .. StoreCommand.Create(), .. LiveCommand.Create(), .. PlannerCommand.Create()])
{
    benchmarks.Subcommands.Add(command);
}

return await benchmarks.Parse(args).InvokeAsync();
