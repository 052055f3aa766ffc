using System.Buffers;
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
    public void Times_of_every_usual_form_become_utc(string text, string expected)
    {
        using CsvRecording recording = Open($"timestamp,value\n{text},1\n");

        Assert.True(recording.TryRead(out DateTime eventTime, out string? fault));
        Assert.Null(fault);
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture).UtcDateTime, eventTime);
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("2026-03-29 02:30:00")] // skipped by the clock change in Berlin
    [InlineData("")]
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
        using CsvRecording recording = Open("datetime;Volume Flow RateRMS;b;c;d;anomaly\n2020-01-01 00:00:00;32.0;0.0265878;;Open;1\n", skip: ["anomaly"]);

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

    public void Dispose() => _folder.Dispose();

    private CsvRecording Open(string text, HashSet<string>? skip = null)
    {
        File.WriteAllText(_folder["recording.csv"], text);
        return new CsvRecording(_folder["recording.csv"], null, null, new Dictionary<string, string>(), skip ?? [], Berlin);
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
