using System.Globalization;
using System.Text;
using Linewatch.Plants;
using Linewatch.Storage.Influx;
using Linewatch.Telemetry;

namespace Linewatch.Storage.Transfer;

/// <summary>
/// Writes stored readings to a file, signal by signal, each oldest first; takes constant memory. What it writes,
/// <see cref="ReadingImport"/> reads back bit by bit.
/// </summary>
public static class ReadingExport
{
    private const int ProgressEvery = 50_000;

    /// <summary>
    /// CSV with header <c>signal,event_time,value,text</c>: path, ISO 8601 UTC with 7 decimals, the shortest number that reads
    /// back as the same double, or a text. A stale marker has neither. Several values of one event time follow each other.
    /// </summary>
    /// <returns>The number of readings written.</returns>
    public static async Task<long> WriteCsvAsync(
        IReadingStore store, IReadOnlyList<Signal> signals, DateTime from, DateTime to, Stream output, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        await using StreamWriter csv = new(output, new UTF8Encoding(false), leaveOpen: true);
        await csv.WriteAsync("signal,event_time,value,text\n");
        return await EachAsync(store, signals, from, to, progress, async (signal, sample) =>
        {
            string number = double.IsNaN(sample.Value) ? "" : sample.Value.ToString("R", CultureInfo.InvariantCulture);
            await csv.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{signal.Path},{sample.EventTime:O},{number},{Quoted(sample.Text)}\n"));
        }, cancellationToken);
    }

    /// <summary>InfluxDB line protocol in nanoseconds, as the InfluxDB store itself writes it.</summary>
    /// <returns>The number of readings written.</returns>
    public static async Task<long> WriteLineProtocolAsync(
        IReadingStore store, IReadOnlyList<Signal> signals, DateTime from, DateTime to, Stream output, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        const int FlushAt = 128 * 1024;
        InfluxSeries series = new();
        using LineBuffer buffer = new();
        long count = await EachAsync(store, signals, from, to, progress, async (signal, sample) =>
        {
            buffer.Append(new Reading(signal, sample.EventTime, sample.Value, sample.Text, ReadingFlags.None, sample.Repeat), series.Of(signal));
            if (buffer.Length > FlushAt)
            {
                await output.WriteAsync(buffer.Finish(), cancellationToken);
                buffer.Clear();
            }
        }, cancellationToken);
        await output.WriteAsync(buffer.Finish(), cancellationToken);
        return count;
    }

    private static async Task<long> EachAsync(
        IReadingStore store,
        IReadOnlyList<Signal> signals,
        DateTime from,
        DateTime to,
        IProgress<TransferProgress>? progress,
        Func<Signal, Sample, ValueTask> write,
        CancellationToken cancellationToken)
    {
        long count = 0;
        for (int i = 0; i < signals.Count; i++)
        {
            await foreach (Sample sample in store.RangeAsync(signals[i].Path, from, to, int.MaxValue, cancellationToken))
            {
                await write(signals[i], sample);
                if (++count % ProgressEvery == 0)
                {
                    progress?.Report(new TransferProgress(count, (double)i / signals.Count, signals[i].Path.ToString()));
                }
            }
        }

        progress?.Report(new TransferProgress(count, 1, ""));
        return count;
    }

    /// <summary>RFC 4180. An empty text is quoted, so that it is not taken for none.</summary>
    private static string Quoted(string? text) =>
        text is null ? "" : "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
