using System.Text;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Storage.Transfer;
using Linewatch.Telemetry;
using Linewatch.Tests.Servers;
using static Linewatch.Tests.Contract.Storage.TestSignals;

namespace Linewatch.Tests.Contract.Storage;

/// <summary>Export and import, through real SQLite files.</summary>
public sealed class TransferTests : IDisposable
{
    private static readonly Signal Speed = Signal("speed");
    private static readonly Signal Note = Signal("note", "packer");

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("csv")]
    [InlineData("line protocol")]
    public async Task What_was_exported_is_imported_bit_by_bit(string format)
    {
        await using IReadingStore from = Open("from.db");
        double[] values = [0.1, 1e-300, -0.0, 9007199254740992, 1.0 / 3, -12.5];
        string[] texts = ["", "plain", "a, \"quoted\" = text\\", "two\nlines", "two\r\nlines with spaces", "🍾 ℓ"];
        await from.WriteAsync(values.Select((value, i) => At(Speed, i, value)).Append(StaleAt(Speed, 100)).ToArray(), default);
        await from.WriteAsync(texts.Select((text, i) => TextAt(Note, i, text)).ToArray(), default);

        using MemoryStream file = new();
        long exported = await ExportAsync(format, from, file);
        file.Position = 0;
        await using IReadingStore to = Open("to.db");
        ImportResult result = await ImportAsync(format, to, file, Find);

        Assert.Equal(13, exported);
        Assert.Empty(result.FirstFaults);
        Assert.Equal(13, result.Stored);
        List<Sample> speeds = await ReadAsync(to, Speed), notes = await ReadAsync(to, Note);
        Assert.Equal(values.Append(double.NaN).Select(BitConverter.DoubleToInt64Bits), speeds.Select(sample => BitConverter.DoubleToInt64Bits(sample.Value)));
        Assert.Equal(texts, notes.Select(sample => sample.Text));
        Assert.Equal((await ReadAsync(from, Note)).Select(sample => sample.EventTime), notes.Select(sample => sample.EventTime));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("line protocol")]
    public async Task Several_values_of_one_event_time_are_all_imported_once(string format)
    {
        await using IReadingStore from = Open("from.db");
        await from.WriteAsync(new[] { At(Speed, 1, 10), At(Speed, 1, 11) with { Repeat = 1 }, At(Speed, 1, 10.5) with { Repeat = 2 }, At(Speed, 2, 10) }, default);
        using MemoryStream file = new();
        await ExportAsync(format, from, file);
        await using IReadingStore to = Open("to.db");
        for (int again = 0; again < 2; again++)
        {
            file.Position = 0;
            await ImportAsync(format, to, file, Find);
        }

        Assert.Equal(await ReadAsync(from, Speed), await ReadAsync(to, Speed));
    }

    [Fact]
    public async Task Rows_of_csv_that_cannot_be_read_are_reported_by_line_and_the_others_are_stored()
    {
        using MemoryStream file = new(Encoding.UTF8.GetBytes("""
            signal,event_time,value,text
            rhine/hall1/line1/filler/speed,2026-03-01T06:00:00Z,1,
            rhine/hall1/line1/filler/speed,yesterday,2,
            rhine/hall1/line1/filler/speed,2026-03-01T06:00:02Z,fast,
            rhine/hall1/line9/filler/speed,2026-03-01T06:00:03Z,4,
            rhine/hall1/line1/filler/speed,2026-03-01T06:00:04Z,NaN,
            rhine/hall1/line1/filler/speed
            rhine/hall1/line1/filler/speed,2026-03-01T06:00:06Z,7,

            """));
        await using IReadingStore store = Open("to.db");

        ImportResult result = await ReadingImport.ReadCsvAsync(store, Find, file, null, default);

        Assert.Equal((2, 5), (result.Stored, result.Faults));
        Assert.Contains("line 3: event_time 'yesterday' is not ISO 8601, such as 2026-03-01T06:00:00.0000000Z", result.FirstFaults);
        Assert.Contains("line 4: value 'fast' is not a number", result.FirstFaults);
        Assert.Contains("line 5: the plant has no signal 'rhine/hall1/line9/filler/speed'", result.FirstFaults);
        Assert.Contains("line 7: 1 cells; there are 4: signal,event_time,value,text", result.FirstFaults);
        Assert.Contains(result.FirstFaults, fault => fault.Contains("not a finite number", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cpu,host=a usage=1 0", "measurement 'cpu'; only 'telemetry' is imported")]
    [InlineData("telemetry,site=rhine,area=hall1,line=line1 speed=1 0", "one of the tags site, area, line, machine is missing")]
    [InlineData("telemetry,site=rhine,area=hall1,line=line1,machine=filler speed=1", "not measurement,tags fields time")]
    [InlineData("telemetry,site=rhine,area=hall1,line=line1,machine=filler speed=fast 0", "field 'speed=fast' is not name=value")]
    [InlineData("telemetry,site=rhine,area=hall1,line=line1,machine=filler speed=1 noon", "time 'noon' is not a number of nanoseconds")]
    [InlineData("telemetry,site=rhine,area=hall1,line=line1,machine=filler torque=1 0", "the plant has no signal 'rhine/hall1/line1/filler/torque'")]
    [InlineData("telemetry,site=rhine,area speed=1 0", "tag 'area' is not name=value")]
    public async Task Line_that_cannot_be_imported_says_why(string line, string fault)
    {
        using MemoryStream file = new(Encoding.UTF8.GetBytes(line + "\n# a comment\n\ntelemetry,site=rhine,area=hall1,line=line1,machine=filler speed=7i 1000\n"));
        await using IReadingStore store = Open("to.db");

        ImportResult result = await ReadingImport.ReadLineProtocolAsync(store, Find, file, null, default);

        Assert.Equal(["line 1: " + fault], result.FirstFaults);
        Assert.Equal(new Sample(DateTime.UnixEpoch.AddTicks(10), 7), Assert.Single(await ReadAsync(store, Speed)));
    }

    [Fact]
    public async Task Other_header_is_refused()
    {
        using MemoryStream file = new("time,value\n"u8.ToArray());
        await using IReadingStore store = Open("to.db");

        InvalidDataException fault = await Assert.ThrowsAsync<InvalidDataException>(() => ReadingImport.ReadCsvAsync(store, Find, file, null, default));

        Assert.Equal("line 1: the header must be signal,event_time,value,text", fault.Message);
    }

    [Fact]
    public async Task Progress_reaches_its_end_and_counts_every_reading()
    {
        await using IReadingStore store = Open("from.db");
        await store.WriteAsync(Enumerable.Range(0, 60_000).Select(i => At(Speed, i, i)).ToArray(), default);
        List<TransferProgress> reports = [];
        using MemoryStream file = new();

        await ReadingExport.WriteCsvAsync(store, [Speed], DateTime.MinValue, DateTime.MaxValue, file, new Reports(reports), default);

        Assert.Equal([50_000L, 60_000L], reports.Select(report => report.Readings));
        Assert.Equal(1, reports[^1].Done);
    }

    public void Dispose() => _folder.Dispose();

    private static Task<long> ExportAsync(string format, IReadingStore store, Stream file) => format == "csv"
        ? ReadingExport.WriteCsvAsync(store, [Speed, Note], DateTime.MinValue, DateTime.MaxValue, file, null, default)
        : ReadingExport.WriteLineProtocolAsync(store, [Speed, Note], DateTime.MinValue, DateTime.MaxValue, file, null, default);

    private static Task<ImportResult> ImportAsync(string format, IReadingStore store, Stream file, Func<SignalPath, Signal?> find) => format == "csv"
        ? ReadingImport.ReadCsvAsync(store, find, file, null, default)
        : ReadingImport.ReadLineProtocolAsync(store, find, file, null, default);

    private static Signal? Find(SignalPath path) => path == Speed.Path ? Speed : path == Note.Path ? Note : null;

    private static async Task<List<Sample>> ReadAsync(IReadingStore store, Signal signal)
    {
        List<Sample> samples = [];
        await foreach (Sample sample in store.RangeAsync(signal.Path, DateTime.MinValue, DateTime.MaxValue, int.MaxValue, default))
        {
            samples.Add(sample);
        }

        return samples;
    }

    private IReadingStore Open(string file) => StoreFactory.Open(("Kind", "sqlite"), ("Path", _folder[file]));

    private sealed class Reports(List<TransferProgress> reports) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => reports.Add(value);
    }
}
