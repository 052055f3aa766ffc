using System.Globalization;
using System.Text;
using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Storage.Transfer;

/// <summary>
/// Reads files of <see cref="ReadingExport"/> into a store in batches; takes constant memory. Importing a file again changes
/// nothing. A row that cannot be read or is refused is counted and reported with its line; the others are stored.
/// </summary>
public sealed class ReadingImport
{
    private const int BatchSize = 20_000;
    private const int ReportedFaults = 100;

    private readonly IReadingStore _store;
    private readonly Func<SignalPath, Signal?> _find;
    private readonly IProgress<TransferProgress>? _progress;
    private readonly List<Reading> _batch = new(BatchSize);
    private readonly Dictionary<SignalPath, Signal?> _signals = [];
    private readonly List<string> _firstFaults = [];
    private readonly List<(double Value, string? Text)> _sameTimeValues = [];
    private Reading _sameTime;
    private long _stored;
    private long _faults;

    private ReadingImport(IReadingStore store, Func<SignalPath, Signal?> find, IProgress<TransferProgress>? progress)
    {
        _store = store;
        _find = find;
        _progress = progress;
    }

    /// <summary>Imports CSV with the header <c>signal,event_time,value,text</c>.</summary>
    /// <param name="store">Where the readings go.</param>
    /// <param name="find">Finds the signal of a path, or null: its rows are faults.</param>
    /// <param name="input">The file, UTF-8.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellationToken">Ends the import between batches; what was stored stays.</param>
    /// <exception cref="InvalidDataException">The header is another.</exception>
    /// <exception cref="StoreUnavailableException">The store went away; import the file again later.</exception>
    public static async Task<ImportResult> ReadCsvAsync(
        IReadingStore store, Func<SignalPath, Signal?> find, Stream input, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        ReadingImport import = new(store, find, progress);
        CsvRows rows = new(new StreamReader(input, Encoding.UTF8));
        if (!rows.TryRead(out List<CsvCell> header, out _) || string.Join(',', header.Select(cell => cell.Text)) != "signal,event_time,value,text")
        {
            throw new InvalidDataException("line 1: the header must be signal,event_time,value,text");
        }

        while (rows.TryRead(out List<CsvCell> row, out string? fault))
        {
            if (fault is null && import.Read(row, out Reading reading, out fault))
            {
                await import.AddAsync(reading, input, rows.Line, cancellationToken);
            }
            else
            {
                import.Fault(rows.Line, fault!);
            }
        }

        return await import.FinishAsync(input, rows.Line, cancellationToken);
    }

    /// <summary>
    /// Imports InfluxDB line protocol of measurement <c>telemetry</c> in nanoseconds; parameters and exceptions as in
    /// <see cref="ReadCsvAsync"/>.
    /// </summary>
    public static async Task<ImportResult> ReadLineProtocolAsync(
        IReadingStore store, Func<SignalPath, Signal?> find, Stream input, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        ReadingImport import = new(store, find, progress);
        using StreamReader lines = new(input, Encoding.UTF8, leaveOpen: true);
        TelemetryLines rows = new(lines);
        List<TelemetryField> fields = [];
        while (rows.TryRead(fields, out string? fault))
        {
            if (fault is not null)
            {
                import.Fault(rows.Line, fault);
                continue;
            }

            foreach (TelemetryField field in fields)
            {
                if (import.Find(field.Path) is { } signal)
                {
                    await import.AddAsync(
                        new Reading(signal, field.EventTime, field.Value, field.Text, field.IsStale ? ReadingFlags.Stale : ReadingFlags.None, field.Repeat), input, rows.Line, cancellationToken);
                }
                else
                {
                    import.Fault(rows.Line, $"the plant has no signal '{field.Path}'");
                }
            }
        }

        return await import.FinishAsync(input, rows.Line, cancellationToken);
    }

    private bool Read(List<CsvCell> row, out Reading reading, out string? fault)
    {
        reading = default;
        if (row.Count != 4)
        {
            fault = $"{row.Count} cells; there are 4: signal,event_time,value,text";
            return false;
        }

        string[] parts = row[0].Text.Split('/');
        if (parts.Length != 5 || Find(new SignalPath(parts[0], parts[1], parts[2], parts[3], parts[4])) is not { } signal)
        {
            fault = $"the plant has no signal '{row[0].Text}'";
            return false;
        }

        if (!DateTime.TryParse(row[1].Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime eventTime))
        {
            fault = $"event_time '{row[1].Text}' is not ISO 8601, such as 2026-03-01T06:00:00.0000000Z";
            return false;
        }

        string? text = row[3].Text.Length > 0 || row[3].IsQuoted ? row[3].Text : null;
        double value = double.NaN;
        if (row[2].Text.Length > 0 && !double.TryParse(row[2].Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
        {
            fault = $"value '{row[2].Text}' is not a number";
            return false;
        }

        bool stale = text is null && row[2].Text.Length == 0;
        reading = new Reading(signal, eventTime, value, text, stale ? ReadingFlags.Stale : ReadingFlags.None);
        reading = reading with { Repeat = stale ? 0 : RepeatOf(reading) };
        fault = null;
        return true;
    }

    /// <summary>The how manieth different value it is of those that follow each other with one signal and event time.</summary>
    private int RepeatOf(in Reading reading)
    {
        if (!ReferenceEquals(reading.Signal, _sameTime.Signal) || reading.EventTime != _sameTime.EventTime)
        {
            _sameTime = reading;
            _sameTimeValues.Clear();
        }

        int repeat = _sameTimeValues.IndexOf((reading.Value, reading.Text));
        if (repeat < 0)
        {
            repeat = _sameTimeValues.Count;
            _sameTimeValues.Add((reading.Value, reading.Text));
        }

        return repeat;
    }

    private Signal? Find(SignalPath path)
    {
        if (!_signals.TryGetValue(path, out Signal? signal))
        {
            signal = _find(path);
            _signals.Add(path, signal);
        }

        return signal;
    }

    private async ValueTask AddAsync(Reading reading, Stream input, long line, CancellationToken cancellationToken)
    {
        _batch.Add(reading);
        if (_batch.Count == BatchSize)
        {
            await StoreAsync(input, line, cancellationToken);
        }
    }

    private async Task<ImportResult> FinishAsync(Stream input, long line, CancellationToken cancellationToken)
    {
        await StoreAsync(input, line, cancellationToken);
        return new ImportResult(_stored, _faults, _firstFaults);
    }

    private async ValueTask StoreAsync(Stream input, long line, CancellationToken cancellationToken)
    {
        IReadOnlyList<RefusedReading> refused = await _store.WriteAsync(_batch.ToArray(), cancellationToken);
        foreach (RefusedReading one in refused)
        {
            Fault(line, $"{one.Reading.Signal.Path} at {one.Reading.EventTime:O}: {one.Reason}");
        }

        _stored += _batch.Count - refused.Count;
        _batch.Clear();
        _progress?.Report(new TransferProgress(
            _stored, input.CanSeek && input.Length > 0 ? (double)input.Position / input.Length : null, string.Create(CultureInfo.InvariantCulture, $"line {line}")));
    }

    private void Fault(long line, string fault)
    {
        _faults++;
        if (_firstFaults.Count < ReportedFaults)
        {
            _firstFaults.Add(string.Create(CultureInfo.InvariantCulture, $"line {line}: {fault}"));
        }
    }
}
