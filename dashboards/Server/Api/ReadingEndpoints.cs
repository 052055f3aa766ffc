using Linewatch.Plants;
using Linewatch.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>Stored readings of one signal: raw, by window, the last one.</summary>
internal static class ReadingEndpoints
{
    /// <summary>Most raw readings in one answer.</summary>
    private const int LargestLimit = 100_000;

    /// <summary>Most windows in one answer.</summary>
    private const int MostWindows = 20_000;

    public static void MapReadings(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("readings").WithTags("Readings").ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        group.MapGet("", RangeAsync).WithName("ListReadings")
            .WithSummary("Raw readings of a signal in [from, to), oldest first")
            .WithDescription("signal: site/area/line/machine/signal. from, to: ISO 8601 with zone; default the last hour. limit: 1 to 100,000, default 10,000; \"truncated\" tells that more are there. format: json or csv (a table to download).");
        group.MapGet("last", LastAsync).WithName("GetLastReading").WithSummary("The last reading of a signal");
        group.MapGet("aggregate", AggregateAsync).WithName("AggregateReadings")
            .WithSummary("Count, minimum, maximum, mean, first, last, sum and standard deviation by window")
            .WithDescription("window: a whole number and s, m, h or d, for instance 1m; windows are aligned to the Unix epoch, empty ones are absent.");
    }

    private static async Task<Results<Ok<ReadingsAnswer>, FileContentHttpResult, ProblemHttpResult>> RangeAsync(
        CurrentPlant plant, IReadingStore store, TimeProvider clock, CancellationToken cancellationToken,
        string? signal = null, string? from = null, string? to = null, int limit = 10_000, string format = "json")
    {
        if (Find(plant, signal, out Signal? known) is { } missing)
        {
            return missing;
        }

        if (TimeRange.Read(from, to, clock, out TimeRange range) is { } fault)
        {
            return Problem.Invalid(fault);
        }

        if (limit is < 1 or > LargestLimit)
        {
            return Problem.Invalid($"limit is {limit}; allowed: 1 to {LargestLimit}");
        }

        if (format is not ("json" or "csv"))
        {
            return Problem.Invalid($"format is \"{format}\"; allowed: json, csv");
        }

        List<Sample> samples = [];
        await foreach (Sample sample in store.RangeAsync(known!.Path, range.From, range.To, limit + 1, cancellationToken))
        {
            samples.Add(sample);
        }

        bool truncated = samples.Count > limit;
        if (truncated)
        {
            samples.RemoveAt(limit);
        }

        return format == "csv"
            ? CsvDownload.Of(known, samples)
            : TypedResults.Ok(new ReadingsAnswer(known.Path.ToString(), known.Unit, truncated, [.. samples.Select(SampleAnswer.Of)]));
    }

    private static async Task<Results<Ok<LastReadingAnswer>, ProblemHttpResult>> LastAsync(
        CurrentPlant plant, IReadingStore store, TimeProvider clock, CancellationToken cancellationToken, string? signal = null)
    {
        if (Find(plant, signal, out Signal? known) is { } missing)
        {
            return missing;
        }

        // A machine's clock may be a little ahead of ours.
        Sample? last = await store.LastAsync(known!.Path, clock.GetUtcNow().UtcDateTime.AddDays(1), cancellationToken);
        return TypedResults.Ok(new LastReadingAnswer(known.Path.ToString(), known.Unit, last is { } sample ? SampleAnswer.Of(sample) : null));
    }

    private static async Task<Results<Ok<AggregateAnswer>, ProblemHttpResult>> AggregateAsync(
        CurrentPlant plant, IReadingStore store, TimeProvider clock, CancellationToken cancellationToken,
        string? signal = null, string? from = null, string? to = null, string window = "1m")
    {
        if (Find(plant, signal, out Signal? known) is { } missing)
        {
            return missing;
        }

        if (known!.IsText)
        {
            return Problem.Invalid($"{known.Path} is a text signal; only numbers can be aggregated");
        }

        if (TimeRange.Read(from, to, clock, out TimeRange range) is { } fault)
        {
            return Problem.Invalid(fault);
        }

        if (!TimeRange.TryReadLength(window, out TimeSpan length))
        {
            return Problem.Invalid($"window is \"{window}\"; expected a whole number and s, m, h or d, for instance 1m");
        }

        if ((range.To - range.From) / length > MostWindows)
        {
            return Problem.Invalid($"{range.From:u} to {range.To:u} in windows of {window} gives more than {MostWindows} windows; take longer windows or a shorter time");
        }

        IReadOnlyList<WindowAggregate> windows = await store.AggregateAsync(known.Path, range.From, range.To, length, cancellationToken);
        return TypedResults.Ok(new AggregateAnswer(known.Path.ToString(), known.Unit, length.TotalSeconds, [.. windows.Select(WindowAnswer.Of)]));
    }

    private static ProblemHttpResult? Find(CurrentPlant plant, string? path, out Signal? signal)
    {
        signal = null;
        return string.IsNullOrEmpty(path)
            ? Problem.Invalid("signal is missing; expected site/area/line/machine/signal, as /api/v1/plant lists them")
            : plant.Value.TryGetSignal(path, out signal) ? null
            : Problem.NotFound($"there is no signal \"{path}\"; /api/v1/plant lists every path");
    }
}

/// <summary>Raw readings; times are event times, UTC, values in the unit (UCUM).</summary>
internal sealed record ReadingsAnswer(string Signal, string Unit, bool Truncated, IReadOnlyList<SampleAnswer> Readings);

/// <summary>The last reading, null where there is none.</summary>
internal sealed record LastReadingAnswer(string Signal, string Unit, SampleAnswer? Reading);

/// <summary>One reading; the value is null for texts and where the source went offline.</summary>
internal sealed record SampleAnswer(DateTime EventTime, double? Value, string? Text)
{
    public static SampleAnswer Of(Sample sample) =>
        new(sample.EventTime, double.IsFinite(sample.Value) && sample.Text is null ? sample.Value : null, sample.Text);
}

/// <summary>Windows of a signal; each begins at its start and lasts so many seconds.</summary>
internal sealed record AggregateAnswer(string Signal, string Unit, double WindowSeconds, IReadOnlyList<WindowAnswer> Windows);

/// <summary>One window; the sample standard deviation is null for a single reading.</summary>
internal sealed record WindowAnswer(DateTime Start, long Count, double Min, double Max, double Mean, double First, double Last, double Sum, double? StdDev)
{
    public static WindowAnswer Of(WindowAggregate window) => new(
        window.Start, window.Count, window.Min, window.Max, window.Mean, window.First, window.Last, window.Sum,
        double.IsFinite(window.StdDev) ? window.StdDev : null);
}
