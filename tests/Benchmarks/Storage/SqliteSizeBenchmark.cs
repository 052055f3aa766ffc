using System.Diagnostics;
using System.Globalization;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Benchmarks.Storage;

/// <summary>
/// Whether a large SQLite store stays quick: the same questions to it and to one of a hundredth of its size, in turns. Both
/// have the same time span and the same signals a cell; what differs is the number of cells.
/// </summary>
public static class SqliteSizeBenchmark
{
    private const int CellsAGib = 100;
    private const int Turns = 200;
    private const int RetentionDays = 10;

    /// <summary>Runs it and prints the figures.</summary>
    /// <param name="gib">Size of the raw readings in GiB; the downsampled series come on top.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task RunAsync(double gib, CancellationToken cancellationToken)
    {
        using TemporaryFolder folder = new();
        int cells = Math.Max(2, (int)Math.Round(CellsAGib * gib));
        await using SizedStore small = new(folder["small.db"], Math.Max(1, cells / 100));
        await using SizedStore large = new(folder["large.db"], cells);
        foreach (SizedStore store in (SizedStore[])[small, large])
        {
            long started = Stopwatch.GetTimestamp();
            await store.FillAsync(cancellationToken);
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{store.Cells} cells, {store.Readings:N0} readings over {SizedStore.Days} days, {store.Bytes / 1048576.0:N0} MiB with the downsampled series, {store.Readings / seconds:N0} readings/s with downsampling"));
        }

        Console.WriteLine($"{"",-42} {"large p50",10} {"p99",9} {"small p50",10} {"p99",9}   p50 ratio");
        await CompareAsync("last value", large, small, (store, random) => store.Store.LastAsync(Any(store.Dense, random), SizedStore.End, cancellationToken));
        await CompareAsync("an hour raw (3,600 readings)", large, small, async (store, random) =>
        {
            DateTime from = SizedStore.DenseFrom.AddSeconds(random.Next(SizedStore.DenseSeconds - 3600));
            await foreach (Sample _ in store.Store.RangeAsync(Any(store.Dense, random), from, from.AddHours(1), int.MaxValue, cancellationToken))
            {
            }
        });
        await CompareAsync("a day by 10 s (raw, 86,400 readings)", large, small, (store, random) => DayAsync(store, random, TimeSpan.FromSeconds(10)), Turns / 5);
        await CompareAsync("a day by 5 min (downsampled to 1 min)", large, small, (store, random) => DayAsync(store, random, TimeSpan.FromMinutes(5)));
        await CompareAsync("90 days by 1 h (downsampled to 15 min)", large, small, (store, random) =>
            store.Store.AggregateAsync(Any(store.Slow, random), SizedStore.Start, SizedStore.End, TimeSpan.FromHours(1), cancellationToken));
        await CompareAsync("a batch of 5,000 written", large, small, (store, _) => store.WriteDenseAsync(cancellationToken));
        foreach (SizedStore store in (SizedStore[])[large, small])
        {
            await DeleteAsync(store, cancellationToken);
        }

        Task DayAsync(SizedStore store, Random random, TimeSpan window)
        {
            DateTime from = SizedStore.End.AddDays(-1 - random.Next(2));
            return store.Store.AggregateAsync(Any(store.Dense, random), from, from.AddDays(1), window, cancellationToken);
        }
    }

    private static SignalPath Any(IReadOnlyList<Signal> signals, Random random) => signals[random.Next(signals.Count)].Path;

    private static async Task CompareAsync(string what, SizedStore large, SizedStore small, Func<SizedStore, Random, Task> ask, int turns = Turns)
    {
        Random random = new(1);
        double[] ofLarge = new double[turns];
        double[] ofSmall = new double[turns];
        for (int turn = 0; turn < turns; turn++)
        {
            // In each turn the other goes first.
            foreach ((SizedStore store, double[] times) in turn % 2 == 0 ? [(large, ofLarge), (small, ofSmall)] : ((SizedStore, double[])[])[(small, ofSmall), (large, ofLarge)])
            {
                long started = Stopwatch.GetTimestamp();
                await ask(store, random);
                times[turn] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            }
        }

        Array.Sort(ofLarge);
        Array.Sort(ofSmall);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-42} {At(ofLarge, 0.5),7:0.00} ms {At(ofLarge, 0.99),6:0.00} ms {At(ofSmall, 0.5),7:0.00} ms {At(ofSmall, 0.99),6:0.00} ms {At(ofLarge, 0.5) / At(ofSmall, 0.5),9:0.00}"));
    }

    /// <summary>Retention: the oldest days, of which there are few readings, then the first day of the process values.</summary>
    private static async Task DeleteAsync(SizedStore store, CancellationToken cancellationToken)
    {
        double[] times = new double[RetentionDays];
        for (int day = 0; day < RetentionDays; day++)
        {
            times[day] = (await TimedAsync(SizedStore.Start.AddDays(day + 1))).Milliseconds;
        }

        Array.Sort(times);
        await TimedAsync(SizedStore.DenseFrom);
        (double dense, long deleted) = await TimedAsync(SizedStore.DenseFrom.AddDays(1));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"retention, {store.Cells} cells: a day of slow signals p50 {At(times, 0.5):0} ms, p99 {At(times, 0.99):0} ms; a day with process values {dense / 1000:0.0} s for {deleted:N0} readings, {dense * 1000 / deleted:0.00} µs each"));

        async Task<(double Milliseconds, long Deleted)> TimedAsync(DateTime before)
        {
            long started = Stopwatch.GetTimestamp();
            long count = await store.Store.DeleteBeforeAsync(before, cancellationToken) ?? 0;
            return (Stopwatch.GetElapsedTime(started).TotalMilliseconds, count);
        }
    }

    private static double At(double[] sorted, double share) => sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];
}
