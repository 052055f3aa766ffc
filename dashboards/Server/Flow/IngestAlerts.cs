using System.Data.Common;
using System.Globalization;
using Linewatch.Operations.Alerts;
using Linewatch.Plants;
using Linewatch.Server.Hosting;
using Linewatch.Server.Live;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Journaling;
using Linewatch.Telemetry.Watching;

namespace Linewatch.Server.Flow;

/// <summary>
/// Looks every few seconds at what brings the readings in and raises an alert for what is wrong with it: a journal that is
/// full or cannot be written, a store that is away, a balance that is not right, signals that are silent or stuck.
/// </summary>
internal sealed partial class IngestAlerts(
    Journal journal,
    IEnumerable<JournalConsumer> consumers,
    MessageBalance balance,
    SilenceWatch silence,
    ClockWatch clocks,
    CurrentPlant plant,
    LivePlant live,
    PlantTime time,
    AlertBook alerts,
    TimeProvider clock,
    ILogger<IngestAlerts> logger,
    PlantWatcher? plantFile = null) : BackgroundService
{
    /// <summary>Rule name of a signal of which nothing is heard while its machine sends others.</summary>
    public const string SilentSignalRule = "silent-signal";

    /// <summary>Rule name of a signal that sends the same value for longer than is plausible.</summary>
    public const string StuckRule = "stuck-signal";

    /// <summary>Rule name of a machine whose clock is off.</summary>
    public const string ClockRule = "clock-drift";

    /// <summary>Rule name of messages that are unaccounted for.</summary>
    public const string BalanceRule = "balance";

    /// <summary>Rule name of a journal that takes no more.</summary>
    public const string JournalFullRule = "journal-full";

    /// <summary>Rule name of a journal whose disk fails.</summary>
    public const string JournalFailureRule = "journal-failure";

    /// <summary>Rule name of a plant file that was changed and is refused.</summary>
    public const string PlantFileRule = "plant-file";

    /// <summary>Rule name of a consumer that cannot do its work.</summary>
    public const string ConsumerRule = "consumer-failing";

    private static readonly string[] Rules = [SilentSignalRule, StuckRule, ClockRule, BalanceRule, JournalFullRule, JournalFailureRule, PlantFileRule, ConsumerRule];
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>A store that restarts is no alert; nor is a journal that waits a moment for its disk.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly AlertSource Everything = new("");

    private readonly JournalConsumer[] _consumers = [.. consumers];
    private readonly HashSet<(string Rule, AlertSource Source)> _standing = [];
    private readonly RunningSilence _running = new(live);
    private bool _isRecalled;
    private DateTime? _fullSince;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (DbException fault)
            {
                LogWaiting(logger, fault.Message);
            }
        }
    }

    /// <summary>Looks once.</summary>
    /// <exception cref="DbException">The operations database is away; look again later.</exception>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        await RecallAsync(cancellationToken);
        Dictionary<(string Rule, AlertSource Source), AlertCondition> found = [];
        foreach (AlertCondition condition in Faults(now))
        {
            found.TryAdd((condition.Rule, condition.Source), condition);
        }

        foreach (((string rule, AlertSource source), AlertCondition condition) in found)
        {
            if (!_standing.Contains((rule, source)))
            {
                await alerts.RaiseAsync(condition, cancellationToken);
            }

            _standing.Add((rule, source));
        }

        foreach ((string rule, AlertSource source) in _standing.Where(key => !found.ContainsKey(key) && IsOver(key.Source)).ToList())
        {
            await alerts.ClearAsync(rule, source, now, cancellationToken);
            _standing.Remove((rule, source));
        }
    }

    /// <summary>After a restart, what an earlier run raised still stands until it is seen to be over.</summary>
    private async Task RecallAsync(CancellationToken cancellationToken)
    {
        if (_isRecalled)
        {
            return;
        }

        foreach (string rule in Rules)
        {
            foreach (Alert alert in await alerts.ListAsync(new AlertFilter { OpenOnly = true, Rule = rule, Limit = 10_000 }, cancellationToken))
            {
                if (alert.IsActive)
                {
                    _standing.Add((rule, alert.Source));
                }
            }
        }

        _isRecalled = true;
    }

    /// <summary>A silence that began before a restart is over once something is heard.</summary>
    private bool IsOver(AlertSource source) =>
        source.Line.Length == 0
        || plant.Value.Signals.Where(signal => signal.Path.Line == source.Line && signal.Path.Machine == source.Machine && (source.Signal is null || signal.Path.Signal == source.Signal)) is var signals
        && (!signals.Any() || signals.Any(silence.IsHeard));

    private IEnumerable<AlertCondition> Faults(DateTime now) => JournalFaults(now).Concat(ConsumerFaults(now)).Concat(BalanceFaults(now)).Concat(SignalFaults(now)).Concat(ClockFaults()).Concat(PlantFileFaults(now));

    private IEnumerable<AlertCondition> JournalFaults(DateTime now)
    {
        Exception? failure = journal.Failure;
        if (failure is not null)
        {
            yield return Of(JournalFailureRule, Everything, AlertSeverity.High, now, $"The journal cannot be written: {failure.Message}. Nothing is acknowledged to the machines until it can.");
        }

        _fullSince = journal.IsFull ? _fullSince ?? now : null;
        if (failure is null && now - _fullSince >= Patience)
        {
            yield return Of(
                JournalFullRule, Everything, AlertSeverity.High, _fullSince!.Value,
                string.Create(CultureInfo.InvariantCulture, $"The journal is full ({journal.BytesOnDisk >> 20} MiB): messages wait at the broker until the store has caught up."));
        }
    }

    private IEnumerable<AlertCondition> ConsumerFaults(DateTime now) => _consumers
        .Select(consumer => consumer.Status)
        .Where(status => now - status.FailingSince >= Patience)
        .Select(status => Of(
            ConsumerRule, new AlertSource("", status.Name), AlertSeverity.Medium, status.FailingSince!.Value,
            string.Create(CultureInfo.InvariantCulture, $"'{status.Name}' cannot take readings: {status.Failure} {status.PendingMessages:#,0} messages wait in the journal; nothing is lost.")));

    private IEnumerable<AlertCondition> BalanceFaults(DateTime now)
    {
        if (balance.Totals().Difference is var difference and not 0)
        {
            yield return Of(BalanceRule, Everything, AlertSeverity.High, now, string.Create(CultureInfo.InvariantCulture, $"{difference:#,0} messages are unaccounted for. This is a fault of Linewatch.")) with
            {
                Value = difference,
                ExpectedLower = 0,
                ExpectedUpper = 0,
                Unit = "1",
            };
        }
    }

    /// <summary>A machine of which nothing is heard at all is told by the rule of silence, which knows the shifts.</summary>
    private IEnumerable<AlertCondition> SignalFaults(DateTime now) => _running.ToTell([.. silence.Faults(now).Where(fault => !fault.WholeMachine)], plant.Value.SilentAfter, now).Select(fault =>
    {
        SignalPath path = fault.Signal.Path;
        string machine = plant.Value.TryGetLine(path.Line, out Line? line) ? line.Machines.FirstOrDefault(one => one.Id == path.Machine)?.Name ?? path.Machine : path.Machine;
        string since = time.Full(fault.Since);
        return fault.Kind == SignalFaultKind.Stuck
            ? Of(StuckRule, AlertSource.Of(path), AlertSeverity.Low, fault.Since, $"{fault.Signal.Name} of {machine} has sent exactly the same value since {since}")
            : Of(SilentSignalRule, AlertSource.Of(path), AlertSeverity.Low, fault.Since, $"Nothing is heard of {fault.Signal.Name} of {machine} since {since}, though the machine sends other signals");
    });

    private IEnumerable<AlertCondition> ClockFaults() => clocks.Faults.Where(fault => fault.Machine.Signals.Count > 0).Select(fault => Of(
        ClockRule,
        new AlertSource(fault.Machine.Signals[0].Path.Line, fault.Machine.Id),
        AlertSeverity.Low,
        fault.Since,
        fault.Behind > TimeSpan.Zero
            ? string.Create(CultureInfo.InvariantCulture, $"The clock of {fault.Machine.Name} is {fault.Behind.TotalSeconds:0} s behind: its readings bear times that are too old")
            : $"The clock of {fault.Machine.Name} is ahead: its readings bear times that have not come yet"));

    private IEnumerable<AlertCondition> PlantFileFaults(DateTime now)
    {
        if (plantFile is { Faults: { Count: > 0 } faults })
        {
            yield return Of(
                PlantFileRule, Everything, AlertSeverity.Low, now,
                string.Create(CultureInfo.InvariantCulture, $"The plant file was changed but has {faults.Count} faults; the plant stays as it was. {string.Join("; ", faults.Take(3))}"));
        }
    }

    private static AlertCondition Of(string rule, AlertSource source, AlertSeverity severity, DateTime since, string message) =>
        new() { Rule = rule, Source = source, Severity = severity, EventTime = since, Message = message };

    [LoggerMessage(7130, LogLevel.Warning, "Alerts of the ingest wait for the operations database: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reason);
}
