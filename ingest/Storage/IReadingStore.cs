using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Storage;

/// <summary>
/// Keeps and queries readings and derived points. Writing the same signal, event time and repeat again replaces the
/// value, so a replay changes nothing. Thread-safe. Times are UTC; ranges are [from, to).
/// </summary>
/// <remarks>
/// A stale marker (<see cref="ReadingFlags.Stale"/>, no value) is kept and read back as a sample whose value is NaN; it never
/// replaces a value of the same event time, and counts and aggregates leave it out.
/// </remarks>
public interface IReadingStore : IAsyncDisposable
{
    /// <summary>Creates database, bucket or tables where missing and allowed.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached now; call again later.</exception>
    Task EnsureCreatedAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes a batch of any size. Returns what the store refused for good (a value that is not a number, an event time it
    /// cannot express, a field-type conflict); everything else is stored when the call returns. Of two readings of one identity
    /// within the batch, the later wins.
    /// </summary>
    /// <exception cref="StoreUnavailableException">Nothing is known to be stored; write the same batch again later.</exception>
    ValueTask<IReadOnlyList<RefusedReading>> WriteAsync(ReadOnlyMemory<Reading> readings, CancellationToken cancellationToken);

    /// <summary>
    /// Writes derived points (measurements <c>oee</c>, <c>loss</c>, <c>anomaly</c>, <c>health</c>, <c>balance</c> …). The fields
    /// of a point written again are replaced, its other fields stay. Fields that are NaN or infinite are left out: a figure
    /// that is undefined has no value, not 0.
    /// </summary>
    /// <exception cref="StoreUnavailableException">Nothing is known to be stored; write the same points again later.</exception>
    /// <exception cref="ArgumentException">A point cannot be kept (see <see cref="DerivedPoint"/>); none was written.</exception>
    ValueTask WriteAsync(IReadOnlyList<DerivedPoint> points, CancellationToken cancellationToken);

    /// <summary>The readings of a signal in [from, to), oldest first and by repeat, at most <paramref name="limit"/>.</summary>
    IAsyncEnumerable<Sample> RangeAsync(SignalPath signal, DateTime from, DateTime to, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// What each of some signals has at some event times: a list of samples a signal, oldest first and by repeat. Times that lie
    /// close together are read together, so that many late readings are looked up in little more time than one.
    /// </summary>
    Task<IReadOnlyList<IReadOnlyList<Sample>>> SamplesAtAsync(IReadOnlyList<SignalTimes> wanted, CancellationToken cancellationToken);

    /// <summary>The last reading of a signal before <paramref name="before"/>, or null. State carry-over starts here.</summary>
    Task<Sample?> LastAsync(SignalPath signal, DateTime before, CancellationToken cancellationToken);

    /// <summary>
    /// For each of many signals an event time behind which it has no reading; null = it has none at all. Usually that of its
    /// newest reading, but it may be that of another signal of its machine, so that a large plant is asked for in little time.
    /// </summary>
    Task<IReadOnlyList<DateTime?>> NewestAsync(IReadOnlyList<SignalPath> signals, CancellationToken cancellationToken);

    /// <summary>
    /// Windows of a numeric signal in [from, to), aligned to the Unix epoch, oldest first; windows without readings are absent.
    /// Windows of whole minutes are put together from the downsampled series where <see cref="DownsampleAsync"/> has covered
    /// them; a reading that came later shows there after the next run over its event time.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The window is shorter than 1 ms, or the range holds more than 200,000 of them.</exception>
    Task<IReadOnlyList<WindowAggregate>> AggregateAsync(
        SignalPath signal, DateTime from, DateTime to, TimeSpan window, CancellationToken cancellationToken);

    /// <summary>
    /// The percentile of each window of a numeric signal in [from, to), from raw readings by nearest rank: the value at place
    /// ⌊n·p/100 + ½⌋, at least 1, of the n sorted values. Windows without readings are absent.
    /// </summary>
    /// <param name="signal">The signal.</param>
    /// <param name="from">Start of the range.</param>
    /// <param name="to">Its end, not included.</param>
    /// <param name="window">Length of a window, aligned to the Unix epoch.</param>
    /// <param name="percentile">Above 0, at most 100.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    Task<IReadOnlyList<WindowPercentile>> PercentileAsync(
        SignalPath signal, DateTime from, DateTime to, TimeSpan window, double percentile, CancellationToken cancellationToken);

    /// <summary>
    /// Computes the downsampled series (1 min, 15 min) of every signal anew for [from, to), widened to whole quarter hours.
    /// Idempotent. A job calls it every quarter of an hour up to a little before now, starting again at the earliest event
    /// time that may have come late since.
    /// </summary>
    Task DownsampleAsync(DateTime from, DateTime to, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes raw readings with event times before <paramref name="before"/>; downsampled series and derived points stay.
    /// Returns the number deleted, or null where the store deletes by itself (InfluxDB's retention).
    /// </summary>
    Task<long?> DeleteBeforeAsync(DateTime before, CancellationToken cancellationToken);

    /// <summary>
    /// The points of a derived measurement in [from, to) whose tags include <paramref name="tags"/>, oldest first, at most
    /// <paramref name="limit"/>. Numbers come back as double, whatever they were written as.
    /// </summary>
    IAsyncEnumerable<DerivedPoint> PointsAsync(
        string measurement, IReadOnlyDictionary<string, string> tags, DateTime from, DateTime to, int limit, CancellationToken cancellationToken);

    /// <summary>The number of raw readings of a signal in [from, to), stale markers left out.</summary>
    Task<long> CountAsync(SignalPath signal, DateTime from, DateTime to, CancellationToken cancellationToken);
}

/// <summary>One stored value. <paramref name="Text"/> is null for numeric signals; <paramref name="Repeat"/> as in <see cref="Reading"/>.</summary>
public readonly record struct Sample(DateTime EventTime, double Value, string? Text = null, int Repeat = 0);

/// <summary>Event times of one signal: UTC, ascending, none twice, at least one.</summary>
public readonly record struct SignalTimes(SignalPath Signal, IReadOnlyList<DateTime> EventTimes);

/// <summary>Aggregates of one window [Start, Start + window). Values in the signal's unit; StdDev is the sample one, NaN for one reading.</summary>
public readonly record struct WindowAggregate(
    DateTime Start, long Count, double Min, double Max, double Mean, double First, double Last, double Sum, double StdDev);

/// <summary>A percentile of one window [Start, Start + window), in the signal's unit.</summary>
public readonly record struct WindowPercentile(DateTime Start, double Value);

/// <summary>A reading the store refused for good, and its reason.</summary>
public readonly record struct RefusedReading(Reading Reading, string Reason);

/// <summary>A point of a derived measurement.</summary>
/// <param name="Measurement">For instance <c>oee</c>.</param>
/// <param name="Tags">
/// Tag names and values; with measurement and time the point's identity. Not empty, no line breaks, no backslash at the end.
/// </param>
/// <param name="Fields">Field names and values: double, long, int, bool or string.</param>
/// <param name="EventTime">UTC.</param>
public sealed record DerivedPoint(
    string Measurement,
    IReadOnlyDictionary<string, string> Tags,
    IReadOnlyDictionary<string, object> Fields,
    DateTime EventTime);

/// <summary>The store cannot be reached or is overloaded; the same call may succeed later.</summary>
public sealed class StoreUnavailableException : Exception
{
    /// <summary>Says what happened and, where the store told, when to try again.</summary>
    public StoreUnavailableException(string message, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner) => RetryAfter = retryAfter;

    /// <summary>How long the store asked to be left alone; null = it did not say.</summary>
    public TimeSpan? RetryAfter { get; }
}
