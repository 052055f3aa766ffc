using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Linewatch.Server.Commands;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Commands;

public sealed class CsvRecordingTests : IDisposable
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("2020-03-09 10:14:33", "2020-03-09T09:14:33Z")]
    [InlineData("2020-03-09T10:14:33Z", "2020-03-09T10:14:33Z")]
    [InlineData("2020-03-09T10:14:33+05:00", "2020-03-09T05:14:33Z")]
    [InlineData("1583748873", "2020-03-09T10:14:33Z")]
    [InlineData("1583748873250", "2020-03-09T10:14:33.25Z")]
    [InlineData("2020/03/09 10:14", "2020-03-09T09:14:00Z")]
    public void Times_of_every_usual_form_become_utc(string text, string expected)
    {
        using CsvRecording recording = Open($"timestamp,value\n{text},1\n");

        Assert.True(recording.TryRead(out DateTime eventTime, out string? fault));
        Assert.Null(fault);
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture).UtcDateTime, eventTime);
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("2026-03-29 02:30:00")] // skipped by the clock change in Berlin
    [InlineData("")]
    [InlineData("03.02.2026 10:00:00")] // March or February?
    [InlineData("02 Mar 2026")]
    [InlineData("10:14:33")] // today?
    [InlineData("20260302")] // no time since 1970
    [InlineData("20260302101433")]
    [InlineData("2026-03")]
    [InlineData("2026-13-01")]
    public void Row_without_a_readable_time_says_where_and_what_is_allowed(string text)
    {
        using CsvRecording recording = Open($"timestamp,value\n2020-01-01,1\n{text},1\n2020-01-02,1\n");

        Assert.True(recording.TryRead(out _, out string? first));
        Assert.True(recording.TryRead(out _, out string? second));
        Assert.True(recording.TryRead(out _, out string? third));
        Assert.Null(first);
        Assert.Contains("line 3", second, StringComparison.Ordinal);
        Assert.Contains("ISO 8601", second, StringComparison.Ordinal);
        Assert.Null(third);
    }

    [Fact]
    public void Numbers_keep_their_digits_and_empty_cells_are_left_out()
    {
        using CsvRecording recording = Open("datetime;Volume Flow RateRMS;b;c;d;anomaly\n2020-01-01 00:00:00;32.0;0.0265878;;Open;1\n", settings => settings with { Skip = new HashSet<string> { "anomaly" } });

        recording.TryRead(out _, out _);

        Assert.Equal("""{"volume_flow_raterms":32.0,"b":0.0265878,"d":"Open"}""", Values(recording));
    }

    [Theory]
    [InlineData(".5", "0.5")]
    [InlineData("007", "7")]
    [InlineData("NaN", "\"NaN\"")]
    [InlineData("-3.2e-7", "-3.2e-7")]
    [InlineData("1.", "1")]
    public void Numbers_that_json_cannot_hold_as_written_are_rewritten(string cell, string expected)
    {
        using CsvRecording recording = Open($"ts,v\n2020-01-01,{cell}\n");

        recording.TryRead(out _, out _);

        Assert.Equal($$"""{"v":{{expected}}}""", Values(recording));
    }

    [Fact]
    public void Unknown_columns_are_refused_with_those_there_are()
    {
        InvalidDataException fault = Assert.Throws<InvalidDataException>(() => Open("a,b\n1,2\n"));

        Assert.Contains("a, b", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hour_that_a_clock_change_repeats_is_read_as_the_rows_follow_each_other()
    {
        using CsvRecording recording = Open("time,v\n2026-10-25 01:30,1\n2026-10-25 02:00,1\n2026-10-25 02:30,1\n2026-10-25 02:00,1\n2026-10-25 02:30,1\n2026-10-25 03:00,1\n");

        Assert.Equal(["23:30", "00:00", "00:30", "01:00", "01:30", "02:00"], Times(recording).Select(time => time.ToString("HH:mm", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Times_and_numbers_of_another_country_are_read_as_told()
    {
        using CsvRecording recording = Open(
            "Zeit;p\n03.02.2026 10:00:00;3,91\n03.02.2026 10:00:01;1.234,5\n",
            settings => settings with { TimeColumn = "Zeit", TimeFormat = "dd.MM.yyyy HH:mm:ss", Decimal = ',' });

        Assert.True(recording.TryRead(out DateTime eventTime, out _));
        Assert.Equal(new DateTime(2026, 2, 3, 9, 0, 0, DateTimeKind.Utc), eventTime);
        Assert.Equal("""{"p":3.91}""", Values(recording));
        Assert.True(recording.TryRead(out _, out _));
        Assert.Equal("""{"p":"1.234,5"}""", Values(recording));
    }

    [Theory]
    [InlineData("2020-01-01", false)]
    [InlineData("2020-01-01,1", true)]
    [InlineData("2020-01-01,1,,", true)]
    [InlineData("2020-01-01,1,2", false)]
    public void Row_must_be_as_long_as_the_header_but_for_empty_cells(string row, bool isRead)
    {
        using CsvRecording recording = Open($"time,v\n{row}\n");

        Assert.True(recording.TryRead(out _, out string? fault));
        Assert.True(fault is null == isRead && (isRead || fault!.Contains("line 2", StringComparison.Ordinal)), fault);
    }

    [Theory]
    [InlineData("\"")] // a quote that never ends
    [InlineData("x")]
    public void Row_of_sixty_megabytes_is_refused_in_little_memory(string begin)
    {
        using (StreamWriter file = new(_folder["recording.csv"]))
        {
            file.Write("time,v\n2020-01-01,1\n2020-01-02," + begin);
            for (int i = 0; i < 60; i++)
            {
                file.Write(new string('7', 1 << 20));
            }
        }

        using CsvRecording recording = new(_folder["recording.csv"], new CsvRecordingSettings());
        Assert.True(recording.TryRead(out _, out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        InvalidDataException fault = Assert.Throws<InvalidDataException>(() => recording.TryRead(out _, out _));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
        Assert.Contains("line 2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_cells_and_control_characters_are_not_echoed_whole()
    {
        using CsvRecording recording = Open($"time,v\n{new string('7', 100_000)}\u001b,1\n");

        Assert.True(recording.TryRead(out _, out string? fault));

        Assert.InRange(fault!.Length, 80, 400);
        Assert.Equal("a b", CsvTable.Shown("a\u001bb"));
    }

    [Theory]
    [InlineData("time,a,a\n", "signal 'a'")]
    [InlineData("time,a b,a-b\n", "signal 'a_b'")]
    [InlineData("time,\n", "no column of readings")]
    public void Header_that_does_not_name_each_signal_once_is_refused(string header, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Open(header)).Message, StringComparison.Ordinal);

    [Fact]
    public void More_signals_than_can_be_watched_are_refused() =>
        Assert.Contains("4097 columns", Assert.Throws<InvalidDataException>(() => Open("time," + string.Join(',', Enumerable.Range(0, 4097).Select(i => $"s{i}")))).Message, StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    private CsvRecording Open(string text, Func<CsvRecordingSettings, CsvRecordingSettings>? change = null)
    {
        File.WriteAllText(_folder["recording.csv"], text);
        CsvRecordingSettings settings = new() { Zone = Berlin };
        return new CsvRecording(_folder["recording.csv"], change?.Invoke(settings) ?? settings);
    }

    private static List<DateTime> Times(CsvRecording recording)
    {
        List<DateTime> times = [];
        while (recording.TryRead(out DateTime eventTime, out string? fault))
        {
            Assert.Null(fault);
            times.Add(eventTime);
        }

        return times;
    }

    private static string Values(CsvRecording recording)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            recording.WriteValues(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
