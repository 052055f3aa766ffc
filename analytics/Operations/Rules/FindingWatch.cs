using System.Data.Common;
using Linewatch.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Linewatch.Operations.Rules;

/// <summary>
/// An engine that looks every so often at something and tells the alert rules what it found and what is over. What it cannot read or
/// tell now it looks at again the next time. One thread at a time.
/// </summary>
/// <param name="rules">Judge what is found.</param>
/// <param name="interval">From one look to the next; the first is this long after the start.</param>
/// <param name="clock">Clock.</param>
/// <param name="logger">Told why a look has to wait.</param>
public abstract partial class FindingWatch(RuleFlow rules, TimeSpan interval, TimeProvider clock, ILogger logger) : BackgroundService
{
    /// <summary>The rules, which know what stands.</summary>
    protected RuleFlow Rules { get; } = rules;

    /// <summary>The clock's time, UTC.</summary>
    protected DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Looks once.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    /// <exception cref="DbException">The operations database is away.</exception>
    public async Task LookAsync(CancellationToken cancellationToken) => await Rules.TakeAsync(await FindAsync(cancellationToken), cancellationToken);

    /// <summary>What stands and what is over; what is neither is left out and goes on as it was.</summary>
    protected abstract Task<IReadOnlyCollection<AlertFinding>> FindAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception away) when (away is StoreUnavailableException or DbException)
            {
                LogWaiting(logger, GetType().Name, away.Message);
            }
        }
    }

    [LoggerMessage(5021, LogLevel.Warning, "{Watch} looks again later: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string watch, string reason);
}
