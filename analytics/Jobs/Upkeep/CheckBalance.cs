using Linewatch.Jobs.History;
using Linewatch.Jobs.Schedule;
using Linewatch.Operations.Alerts;
using Linewatch.Telemetry.Balance;

namespace Linewatch.Jobs.Upkeep;

/// <summary>
/// Checks that every message received is stored, duplicate, quarantined, damaged or pending. A difference is a fault of
/// this program and raises an alert that stays until somebody resets it.
/// </summary>
internal sealed class CheckBalance(MessageBalance balance, AlertBook alerts, TimeProvider clock) : IScheduledJob
{
    private const string Rule = "balance-check";

    private static readonly AlertSource Plant = new("");

    /// <inheritdoc/>
    public string Name => "check-balance";

    /// <inheritdoc/>
    public string Description => "Checks that every message received is accounted for";

    /// <inheritdoc/>
    public string DefaultCron => "0 10 * * * ?";

    /// <inheritdoc/>
    public async Task RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        BalanceTotals totals = balance.Totals();
        await run.ReportAsync(100, $"{totals.Received:N0} received, {totals.Stored:N0} stored, {totals.Pending:N0} pending, difference {totals.Difference:N0}", cancellationToken);
        DateTime now = clock.GetUtcNow().UtcDateTime;
        if (totals.Difference == 0)
        {
            await alerts.ClearAsync(Rule, Plant, now, cancellationToken);
            return;
        }

        // One event an hour, so that a run repeated after a failure raises nothing twice.
        await alerts.RaiseAsync(
            new AlertCondition
            {
                Rule = Rule,
                Source = Plant,
                Severity = AlertSeverity.High,
                EventTime = now.Date.AddHours(now.Hour),
                Message = $"{totals.Difference:N0} messages are unaccounted for",
                Value = totals.Difference,
                ExpectedLower = 0,
                ExpectedUpper = 0,
                Unit = "1",
                Latched = true,
            },
            cancellationToken);
    }
}
