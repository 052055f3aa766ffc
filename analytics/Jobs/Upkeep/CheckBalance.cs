using Linewatch.Jobs.History;
using Linewatch.Jobs.Schedule;
using Linewatch.Telemetry.Balance;

namespace Linewatch.Jobs.Upkeep;

/// <summary>
/// Keeps in the job history, hour by hour, that every message received is stored, duplicate, quarantined, damaged or pending. A run fails
/// when one is not, which is a fault of this program; people are called by the alert rule <c>balance</c>, within seconds.
/// </summary>
internal sealed class CheckBalance(MessageBalance balance) : IScheduledJob
{
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
        if (totals.Difference != 0)
        {
            throw new InvalidOperationException($"{totals.Difference:N0} messages are unaccounted for");
        }
    }
}
