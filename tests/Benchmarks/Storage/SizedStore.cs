using System.Diagnostics;
using System.Globalization;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Benchmarks.Storage;

/// <summary>
/// A SQLite store of some cells. Each cell has a process value every second of the last <see cref="DenseSeconds"/>, and over
/// 90 days a temperature every five minutes and a state every ten: about 359,000 readings, 10 MiB. Written in the order of
/// time in batches of up to <see cref="BatchSize"/>, and downsampled day by day, as the server does.
/// </summary>
internal sealed class SizedStore(string path, int cells) : IAsyncDisposable
{
    public const int Days = 90;
    public const int DenseSeconds = 320_000;
    public const int BatchSize = 5_000;

    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(10);

    private readonly Random _random = new(1);
    private readonly Signal[] _dense = Signals(cells, "pressure");
    private readonly Signal[] _slow = Signals(cells, "temperature");
    private readonly Signal[] _states = Signals(cells, "state");
    private readonly double[] _pressures = new double[cells];
    private IReadingStore? _store;

    public static DateTime Start => GeneratedPlant.Start;

    public static DateTime End => Start.AddDays(Days);

    public static DateTime DenseFrom => End.AddSeconds(-DenseSeconds);

    public int Cells => cells;

    public IReadingStore Store => _store ?? throw new InvalidOperationException("the store is not filled yet");

    public IReadOnlyList<Signal> Dense => _dense;

    public IReadOnlyList<Signal> Slow => _slow;

    public long Readings { get; private set; }

    public long Bytes => new FileInfo(path).Length;

    /// <summary>Seconds of the process values written so far, from <see cref="DenseFrom"/>.</summary>
    public int DenseWritten { get; private set; }

    public async Task FillAsync(CancellationToken cancellationToken)
    {
        _store = await OpenStore.Async(("Kind", "sqlite"), ("Path", path), ("BatchSize", BatchSize.ToString(CultureInfo.InvariantCulture)), ("RetentionDays", "0"));
        long started = Stopwatch.GetTimestamp();
        long told = started;
        for (DateTime hour = Start; hour < End; hour = hour.AddHours(1))
        {
            await WriteSlowAsync(hour, cancellationToken);
            while (DenseFrom.AddSeconds(DenseWritten) < hour.AddHours(1))
            {
                await WriteDenseAsync(cancellationToken);
            }

            if (hour.Hour == 23)
            {
                await Store.DownsampleAsync(hour.Date, hour.Date.AddDays(1), cancellationToken);
            }

            if (Stopwatch.GetElapsedTime(told) > ProgressEvery)
            {
                told = Stopwatch.GetTimestamp();
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {hour:MM-dd HH}:00  {Readings,11:N0} readings {Bytes / 1048576.0,7:0} MiB {Readings / Stopwatch.GetElapsedTime(started).TotalSeconds,8:N0} readings/s"));
            }
        }
    }

    /// <summary>A further batch of process values.</summary>
    public async Task WriteDenseAsync(CancellationToken cancellationToken)
    {
        int seconds = Math.Max(1, BatchSize / cells);
        Reading[] batch = new Reading[seconds * cells];
        for (int i = 0; i < batch.Length; i++)
        {
            int cell = i % cells;
            _pressures[cell] = Math.Round(_pressures[cell] + _random.Next(-20, 21) / 1000.0, 3);
            batch[i] = new Reading(_dense[cell], DenseFrom.AddSeconds(DenseWritten + i / cells), _pressures[cell]);
        }

        await Store.WriteAsync(batch, cancellationToken);
        DenseWritten += seconds;
        Readings += batch.Length;
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    private static Signal[] Signals(int cells, string name) =>
        [.. Enumerable.Range(0, cells).Select(cell => new Signal { Path = new SignalPath("rhine", "hall1", $"line{cell / 10}", $"machine{cell}", name), Name = name })];

    private async Task WriteSlowAsync(DateTime hour, CancellationToken cancellationToken)
    {
        List<Reading> batch = [];
        for (int minute = 0; minute < 60; minute += 5)
        {
            for (int cell = 0; cell < cells; cell++)
            {
                batch.Add(new Reading(_slow[cell], hour.AddMinutes(minute), Math.Round(60 + 4 * _random.NextDouble(), 2)));
                if (minute % 10 == 0)
                {
                    batch.Add(new Reading(_states[cell], hour.AddMinutes(minute), _random.Next(1, 18)));
                }
            }
        }

        await Store.WriteAsync(batch.ToArray(), cancellationToken);
        Readings += batch.Count;
    }
}
