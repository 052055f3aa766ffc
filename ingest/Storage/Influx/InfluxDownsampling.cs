using System.Text.Json;
using Linewatch.Plants;

namespace Linewatch.Storage.Influx;

/// <summary>
/// The downsampled series: measurements <c>telemetry_1m</c> and <c>telemetry_15m</c> in the retention policy
/// <c>downsampled</c>, with fields <c>count_x, min_x, max_x, mean_x, first_x, last_x, sum_x, stddev_x</c> for each signal x.
/// Read and written by us, since InfluxDB 2 and 3 have no SELECT INTO. Thread-safe.
/// </summary>
internal sealed class InfluxDownsampling(InfluxHttp http, StorageOptions options, TimeProvider clock)
{
    private const string CoverageMeasurement = "downsampled_range";

    /// <summary>Longest range of one query; a line's machines with all their signals come in one answer.</summary>
    private static readonly TimeSpan Chunk = TimeSpan.FromHours(1);

    /// <summary>Another node may downsample; older knowledge is only slower, since the rest is asked of the raw readings.</summary>
    private static readonly TimeSpan CoverageAge = TimeSpan.FromMinutes(10);

    private static readonly string[] Functions = ["count", "min", "max", "mean", "first", "last", "sum", "stddev"];

    private volatile Coverage? _coverage;

    public async Task ComputeAsync(DownsampledRange range, CancellationToken cancellationToken)
    {
        foreach (string line in await LinesAsync(cancellationToken))
        {
            for (DateTime from = range.From; from < range.To; from += Chunk)
            {
                DateTime to = from + Chunk < range.To ? from + Chunk : range.To;
                await ComputeAsync(line, from, to, Downsampling.Fine, cancellationToken);
                await ComputeAsync(line, from, to, Downsampling.Coarse, cancellationToken);
            }
        }

        DownsampledRange covered = (await ReadCoverageAsync(cancellationToken)).With(range);
        await WriteAsync([CoveragePoint(covered)], cancellationToken);
        _coverage = new Coverage(covered, clock.GetTimestamp());
    }

    public async Task<DownsampledRange> CoveredAsync(CancellationToken cancellationToken)
    {
        if (_coverage is { } known && clock.GetElapsedTime(known.ReadAt) < CoverageAge)
        {
            return known.Range;
        }

        Coverage read = new(await ReadCoverageAsync(cancellationToken), clock.GetTimestamp());
        _coverage = read;
        return read.Range;
    }

    /// <summary>The statement for the downsampled windows of a signal, with the columns <see cref="InfluxRows.Aggregate"/> reads.</summary>
    public string Statement(SignalPath signal, TimeSpan resolution, DownsampledRange range)
    {
        string columns = string.Join(", ", Functions.Select(function => InfluxQl.Name($"{function}_{signal.Signal}")));
        return $"SELECT {columns} FROM {Measurement(resolution)} WHERE {InfluxQl.Tags(signal)} AND {InfluxQl.Between(range.From, range.To)} ORDER BY time";
    }

    private async Task ComputeAsync(string line, DateTime from, DateTime to, TimeSpan resolution, CancellationToken cancellationToken)
    {
        string columns = string.Join(", ", Functions.Select(function => $"{function}(*)"));
        string statement = FormattableString.Invariant(
            $"SELECT {columns} FROM {InfluxSeries.Measurement} WHERE line = {InfluxQl.Value(line)} AND {InfluxQl.Between(from, to)} GROUP BY time({resolution.TotalMinutes}m), * fill(none)");
        using JsonDocument answer = await http.QueryAsync(statement, cancellationToken);
        await WriteAsync([.. InfluxRows.Points(answer, Name(resolution)).Select(NumbersOnly)], cancellationToken);
    }

    private async Task WriteAsync(IReadOnlyList<DerivedPoint> points, CancellationToken cancellationToken)
    {
        using LineBuffer buffer = new();
        for (int at = 0; at < points.Count;)
        {
            buffer.Clear();
            for (; at < points.Count && buffer.Lines < options.BatchSize; at++)
            {
                buffer.Append(points[at]);
            }

            if (buffer.Lines > 0 && await http.WriteAsync(buffer.Finish(), cancellationToken, downsampled: true) is { Refusal: { } reason })
            {
                throw new StoreUnavailableException($"InfluxDB refused downsampled windows: {reason}");
            }
        }
    }

    private async Task<IReadOnlyList<string>> LinesAsync(CancellationToken cancellationToken)
    {
        using JsonDocument answer = await http.QueryAsync($"SHOW TAG VALUES FROM {InfluxSeries.Measurement} WITH KEY = \"line\"", cancellationToken);
        return [.. InfluxRows.Of(answer).Select(row => row[1].GetString()!)];
    }

    private async Task<DownsampledRange> ReadCoverageAsync(CancellationToken cancellationToken)
    {
        using JsonDocument answer = await http.QueryAsync($"SELECT from_ms, to_ms FROM {Policy()}.{CoverageMeasurement} WHERE time = 0", cancellationToken);
        foreach (JsonElement row in InfluxRows.Of(answer))
        {
            return new DownsampledRange(DateTime.UnixEpoch.AddMilliseconds(row[1].GetDouble()), DateTime.UnixEpoch.AddMilliseconds(row[2].GetDouble()));
        }

        return default;
    }

    /// <summary>Milliseconds: every such number is exact as a double, and the range is of whole quarter hours.</summary>
    private static DerivedPoint CoveragePoint(DownsampledRange range) => new(
        CoverageMeasurement,
        new Dictionary<string, string>(),
        new Dictionary<string, object>
        {
            ["from_ms"] = (range.From - DateTime.UnixEpoch).TotalMilliseconds,
            ["to_ms"] = (range.To - DateTime.UnixEpoch).TotalMilliseconds,
        },
        DateTime.UnixEpoch);

    private static DerivedPoint NumbersOnly(DerivedPoint point) => point with
    {
        Fields = point.Fields.Where(field => field.Value is double
                && !field.Key.EndsWith(InfluxSeries.TextSuffix, StringComparison.Ordinal)
                && !field.Key.EndsWith(InfluxSeries.StaleSuffix, StringComparison.Ordinal))
            .ToDictionary(),
    };

    private static string Name(TimeSpan resolution) => FormattableString.Invariant($"{InfluxSeries.Measurement}_{resolution.TotalMinutes}m");

    private string Measurement(TimeSpan resolution) => $"{Policy()}.{Name(resolution)}";

    private string Policy() => $"{InfluxQl.Name(options.Database)}.{InfluxQl.Name(InfluxSetup.DownsampledPolicy)}";

    private sealed record Coverage(DownsampledRange Range, long ReadAt);
}
