using System.CommandLine;
using Linewatch.Server.Commands;

Command backtest = BacktestAnomaliesCommand.Create();
backtest.Subcommands.Add(BacktestOeeCommand.Create());
backtest.Subcommands.Add(BacktestPlannerCommand.Create());
backtest.Subcommands.Add(BacktestRulCommand.Create());
backtest.Subcommands.Add(BacktestFailureCommand.Create());
backtest.Subcommands.Add(BacktestPlantCommand.Create());
RootCommand linewatch = new("Machine monitoring for bottling and packaging lines: MQTT in; OEE, faults, forecasts and planned repairs out.\nExit codes: 0 done, 1 could not be done now (port in use, broker away …), 2 wrong input (every fault is printed).")
{
    ServeCommand.Create(),
    DemoCommand.Create(),
    CheckCommand.Create(),
    BrokerCommand.Create(),
    ReplayCommand.Create(),
    JournalCommand.Create(),
    ExportCommand.Create(),
    ImportCommand.Create(),
    backtest,
    VersionCommand.Create(),
};
ParseResult parsed = linewatch.Parse(args);

// Ctrl-C lets what is under way reach the disk.
InvocationConfiguration configuration = new() { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) };
int exitCode = await parsed.InvokeAsync(configuration);
return parsed.Errors.Count > 0 ? ExitCode.BadInput : exitCode;
