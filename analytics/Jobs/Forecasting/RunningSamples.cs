using Linewatch.Analytics.Prognosis;
using Linewatch.Plants;
using Linewatch.Storage;
using Statistics = MathNet.Numerics.Statistics.Statistics;

namespace Linewatch.Jobs.Forecasting;

/// <summary>
/// Values of wear signals while their machines were running: a stopped machine hardly vibrates, and its readings would
/// flatten every trend. A machine that reports no state is taken as running throughout. States and medians of like components are read once.
/// One caller at a time.
/// </summary>
/// <param name="store">Where readings are kept.</param>
/// <param name="from">Beginning, UTC; hours of the samples count from here.</param>
/// <param name="to">End, UTC, not included.</param>
/// <param name="window">One sample is the mean of this long.</param>
internal sealed class RunningSamples(IReadingStore store, DateTime from, DateTime to, TimeSpan window)
{
    private readonly Dictionary<SignalPath, Func<DateTime, bool>> _running = [];
    private readonly Dictionary<string, Dictionary<DateTime, double>> _siblings = new(StringComparer.Ordinal);

    /// <summary>The signal's own means of each window in which the machine ran from beginning to end, or their distance from its siblings' median.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="signal">A signal of it with a wear limit.</param>
    /// <param name="since">Samples before are left out: the component was another one. UTC.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<WearSample[]> ReadAsync(Machine machine, Signal signal, DateTime since, CancellationToken cancellationToken)
    {
        IReadOnlyList<WindowAggregate> values = await store.AggregateAsync(signal.Path, from, to, window, cancellationToken);
        Func<DateTime, bool> isRunning = await RunningAsync(machine, cancellationToken);
        Dictionary<DateTime, double>? siblings = signal.Wear is { AgainstSiblings: true } ? await SiblingsAsync(machine, signal, cancellationToken) : null;
        return
        [
            .. values
                .Where(value => value.Start >= since && double.IsFinite(value.Mean) && isRunning(value.Start))
                .Select(value => new WearSample(
                    (value.Start + (window / 2) - from).TotalHours,
                    value.Mean - (siblings?.GetValueOrDefault(value.Start, double.NaN) ?? 0)))
                .Where(sample => double.IsFinite(sample.Value)),
        ];
    }

    /// <summary>What a signal's name has in common with its siblings': all but the number at its end.</summary>
    private static string Family(Signal signal) => signal.Path.Signal.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');

    /// <summary>The median of the means of all signals of the family, by window.</summary>
    private async Task<Dictionary<DateTime, double>> SiblingsAsync(Machine machine, Signal signal, CancellationToken cancellationToken)
    {
        string family = Family(signal);
        string key = $"{signal.Path.Line}/{machine.Id}/{family}";
        if (!_siblings.TryGetValue(key, out Dictionary<DateTime, double>? medians))
        {
            List<WindowAggregate> all = [];
            foreach (Signal sibling in machine.Signals.Where(other => other.Role == SignalRole.Process && Family(other) == family))
            {
                all.AddRange(await store.AggregateAsync(sibling.Path, from, to, window, cancellationToken));
            }

            medians = all.Where(value => double.IsFinite(value.Mean)).GroupBy(value => value.Start, value => value.Mean).ToDictionary(group => group.Key, group => Statistics.Median(group));
            _siblings[key] = medians;
        }

        return medians;
    }

    private async Task<Func<DateTime, bool>> RunningAsync(Machine machine, CancellationToken cancellationToken)
    {
        if (machine.Find(SignalRole.State) is not { } state)
        {
            return _ => true;
        }

        if (_running.TryGetValue(state.Path, out Func<DateTime, bool>? known))
        {
            return known;
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

        return _running[state.Path] = running.Contains;
    }

    private static bool IsRunning(Machine machine, double code) =>
        double.IsFinite(code) && machine.States.States.TryGetValue((int)code, out Bucket? bucket) && bucket == Bucket.Run;
}
