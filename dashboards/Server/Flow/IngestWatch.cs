using System.Globalization;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Server.Hosting;
using Linewatch.Server.Live;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Journaling;
using Linewatch.Telemetry.Watching;

namespace Linewatch.Server.Flow;

/// <summary>
/// Looks every few seconds at what brings the readings in and tells the alert rules what is wrong with it: a journal that is
/// full or cannot be written, a store that is away, a balance that is not right, a broker that drops, signals that are silent or stuck.
/// </summary>
internal sealed class IngestWatch(
    Journal journal,
    IEnumerable<JournalConsumer> consumers,
    MessageBalance balance,
    SilenceWatch silence,
    ClockWatch clocks,
    CurrentPlant plant,
    LivePlant live,
    PlantTime time,
    RuleFlow rules,
    TimeProvider clock,
    ILogger<IngestWatch> logger,
    PlantWatcher? plantFile = null,
    BrokerLosses? losses = null) : FindingWatch(rules, TimeSpan.FromSeconds(5), clock, logger)
{
    /// <summary>Finding, and built-in rule: a signal of which nothing is heard while its machine sends others.</summary>
    public const string SilentSignal = "silent-signal";

    /// <summary>Finding, and built-in rule: a signal that sends the same value for longer than is plausible.</summary>
    public const string Stuck = "stuck-signal";

    /// <summary>Finding, and built-in rule: a machine whose clock is off.</summary>
    public const string ClockDrift = "clock-drift";

    /// <summary>Finding, and built-in rule: messages that are unaccounted for.</summary>
    public const string Balance = "balance";

    /// <summary>Finding, and built-in rule: a journal that takes no more.</summary>
    public const string JournalFull = "journal-full";

    /// <summary>Finding, and built-in rule: a journal whose disk fails.</summary>
    public const string JournalFailure = "journal-failure";

    /// <summary>Finding, and built-in rule: a plant file that was changed and is refused.</summary>
    public const string PlantFile = "plant-file";

    /// <summary>Finding, and built-in rule: a consumer that cannot do its work.</summary>
    public const string ConsumerFailing = "consumer-failing";

    /// <summary>Finding, and built-in rule: a broker that drops what it took from the machines.</summary>
    public const string BrokerDrops = "broker-drops";

    private static readonly string[] Detectors = [BrokerDrops, SilentSignal, Stuck, ClockDrift, Balance, JournalFull, JournalFailure, PlantFile, ConsumerFailing];
    private static readonly AlertSource Everything = new("");

    private readonly JournalConsumer[] _consumers = [.. consumers];
    private readonly RunningSilence _running = new(live);

    /// <inheritdoc/>
    protected override async Task<IReadOnlyCollection<AlertFinding>> FindAsync(CancellationToken cancellationToken)
    {
        DateTime now = Now;
        Dictionary<(string Detector, AlertSource Source), AlertFinding> found = [];
        foreach (AlertFinding finding in Faults(now))
        {
            found.TryAdd((finding.Detector, finding.Source), finding);
        }

        IEnumerable<AlertFinding> over = (await Rules.StandingAsync(Detectors, cancellationToken))
            .Where(standing => !found.ContainsKey((standing.Detector, standing.Source)) && IsOver(standing.Source))
            .Select(standing => standing with { IsActive = false, EventTime = now });
        return [.. found.Values, .. over];
    }

    /// <summary>A silence that began before a restart is over once something is heard.</summary>
    private bool IsOver(AlertSource source) =>
        source.Line.Length == 0
        || plant.Value.Signals.Where(signal => signal.Path.Line == source.Line && signal.Path.Machine == source.Machine && (source.Signal is null || signal.Path.Signal == source.Signal)) is var signals
        && (!signals.Any() || signals.Any(silence.IsHeard));

    private IEnumerable<AlertFinding> Faults(DateTime now) => LossFaults().Concat(JournalFaults(now)).Concat(ConsumerFaults()).Concat(BalanceFaults(now)).Concat(SignalFaults(now)).Concat(ClockFaults()).Concat(PlantFileFaults(now));

    private IEnumerable<AlertFinding> LossFaults()
    {
        if (losses?.Loss is { } loss)
        {
            yield return OfCount(
                BrokerDrops, loss.Messages, loss.Since,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The broker {losses.Broker} has dropped {loss.Messages:#,0} messages since {time.Full(loss.Since)}: a subscriber's queue was full. If it was Linewatch's, they are lost, though the machines were told otherwise. Let it queue more (mosquitto: max_queued_messages) or give it less to do."));
        }
    }

    private IEnumerable<AlertFinding> JournalFaults(DateTime now)
    {
        Exception? failure = journal.Failure;
        if (failure is not null)
        {
            yield return Of(JournalFailure, Everything, now, $"The journal cannot be written: {failure.Message}. Nothing is acknowledged to the machines until it can.");
        }

        if (failure is null && journal.IsFull)
        {
            yield return Of(
                JournalFull, Everything, now,
                string.Create(CultureInfo.InvariantCulture, $"The journal is full ({journal.BytesOnDisk >> 20} MiB): messages wait at the broker until the store has caught up."));
        }
    }

    private IEnumerable<AlertFinding> ConsumerFaults() => _consumers
        .Select(consumer => consumer.Status)
        .Where(status => status.FailingSince is not null)
        .Select(status => Of(
            ConsumerFailing, new AlertSource("", status.Name), status.FailingSince!.Value,
            string.Create(CultureInfo.InvariantCulture, $"'{status.Name}' cannot take readings: {status.Failure} {status.PendingMessages:#,0} messages wait in the journal; nothing is lost.")));

    private IEnumerable<AlertFinding> BalanceFaults(DateTime now)
    {
        if (balance.Totals().Difference is var difference and not 0)
        {
            yield return OfCount(Balance, difference, now, string.Create(CultureInfo.InvariantCulture, $"{difference:#,0} messages are unaccounted for. This is a fault of Linewatch."));
        }
    }

    /// <summary>A machine of which nothing is heard at all is told by the rule of silence, which knows the shifts.</summary>
    private IEnumerable<AlertFinding> SignalFaults(DateTime now) => _running.ToTell([.. silence.Faults(now).Where(fault => !fault.WholeMachine)], plant.Value.SilentAfter, now).Select(fault =>
    {
        SignalPath path = fault.Signal.Path;
        string machine = plant.Value.TryGetLine(path.Line, out Line? line) ? line.Machines.FirstOrDefault(one => one.Id == path.Machine)?.Name ?? path.Machine : path.Machine;
        string since = time.Full(fault.Since);
        return fault.Kind == SignalFaultKind.Stuck
            ? Of(Stuck, AlertSource.Of(path), fault.Since, $"{fault.Signal.Name} of {machine} has sent exactly the same value since {since}")
            : Of(SilentSignal, AlertSource.Of(path), fault.Since, $"Nothing is heard of {fault.Signal.Name} of {machine} since {since}, though the machine sends other signals");
    });

    private IEnumerable<AlertFinding> ClockFaults() => clocks.Faults.Where(fault => fault.Machine.Signals.Count > 0).Select(fault => Of(
        ClockDrift,
        new AlertSource(fault.Machine.Signals[0].Path.Line, fault.Machine.Id),
        fault.Since,
        fault.Behind > TimeSpan.Zero
            ? string.Create(CultureInfo.InvariantCulture, $"The clock of {fault.Machine.Name} is {fault.Behind.TotalSeconds:0} s behind: its readings bear times that are too old")
            : $"The clock of {fault.Machine.Name} is ahead: its readings bear times that have not come yet"));

    private IEnumerable<AlertFinding> PlantFileFaults(DateTime now)
    {
        if (plantFile is { Faults: { Count: > 0 } faults })
        {
            yield return Of(
                PlantFile, Everything, now,
                string.Create(CultureInfo.InvariantCulture, $"The plant file was changed but has {faults.Count} faults; the plant stays as it was. {string.Join("; ", faults.Take(3))}"));
        }
    }

    /// <summary>Messages of which there should be none.</summary>
    private static AlertFinding OfCount(string detector, long messages, DateTime since, string message) =>
        Of(detector, Everything, since, message) with { Value = messages, ExpectedLower = 0, ExpectedUpper = 0, Unit = "1" };

    private static AlertFinding Of(string detector, AlertSource source, DateTime since, string message) =>
        new() { Detector = detector, Source = source, IsActive = true, EventTime = since, Message = message };
}
