using Linewatch.Analytics.Prognosis;
using Linewatch.Plants;
using Linewatch.Storage;

namespace Linewatch.Jobs.Forecasting;

/// <summary>
/// Values of a wear signal while its machine was running: a stopped machine hardly vibrates, and its readings would
/// flatten every trend. A machine that reports no state is taken as running throughout.
/// </summary>
internal static class RunningSamples
{
    /// <summary>Means of each window in [from, to) in which the machine ran from beginning to end; hours count from <paramref name="from"/>.</summary>
    public static async Task<IReadOnlyList<WearSample>> ReadAsync(
        IReadingStore store, Machine machine, Signal signal, DateTime from, DateTime to, TimeSpan window, CancellationToken cancellationToken)
    {
        IReadOnlyList<WindowAggregate> values = await store.AggregateAsync(signal.Path, from, to, window, cancellationToken);
        Func<DateTime, bool> isRunning = await RunningAsync(store, machine, from, to, window, cancellationToken);
        return
        [
            .. values
                .Where(value => double.IsFinite(value.Mean) && isRunning(value.Start))
                .Select(value => new WearSample((value.Start + (window / 2) - from).TotalHours, value.Mean)),
        ];
    }

    private static async Task<Func<DateTime, bool>> RunningAsync(
        IReadingStore store, Machine machine, DateTime from, DateTime to, TimeSpan window, CancellationToken cancellationToken)
    {
        if (machine.Find(SignalRole.State) is not { } state)
        {
            return _ => true;
        }

        Dictionary<DateTime, WindowAggregate> states = (await store.AggregateAsync(state.Path, from, to, window, cancellationToken))
            .ToDictionary(aggregate => aggregate.Start);
        Sample? before = await store.LastAsync(state.Path, from, cancellationToken);
        double code = before?.Value ?? double.NaN;
        HashSet<DateTime> running = [];
        long first = from.Ticks - (from.Ticks - DateTime.UnixEpoch.Ticks) % window.Ticks;
        for (DateTime start = new(first, DateTimeKind.Utc); start < to; start += window)
        {
            // A window without a state reading continues the state before it; one with a change counts only when every state in it runs.
            bool ran = IsRunning(machine, code);
            if (states.TryGetValue(start, out WindowAggregate aggregate))
            {
                ran = aggregate.Min == aggregate.Max && IsRunning(machine, aggregate.Min) && (ran || double.IsNaN(code));
                code = aggregate.Last;
            }

            if (ran)
            {
                running.Add(start);
            }
        }

        return running.Contains;
    }

    private static bool IsRunning(Machine machine, double code) =>
        double.IsFinite(code) && machine.States.States.TryGetValue((int)code, out Bucket? bucket) && bucket == Bucket.Run;
}
