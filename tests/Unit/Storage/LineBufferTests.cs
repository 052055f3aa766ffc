using System.Text;
using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Storage.Influx;
using Linewatch.Telemetry;

namespace Linewatch.Tests.Unit.Storage;

public sealed class LineBufferTests
{
    private static readonly DateTime Epoch = DateTime.UnixEpoch;

    private readonly InfluxSeries _series = new();

    [Fact]
    public void Readings_of_one_machine_and_event_time_share_a_line()
    {
        Signal speed = Signal("speed"), pressure = Signal("pressure"), other = Signal("speed", "packer");

        string lines = Write(
            new Reading(speed, Epoch, 36_000), new Reading(pressure, Epoch, 3.98),
            new Reading(other, Epoch, 1),
            new Reading(other, Epoch.AddTicks(1), 2));

        Assert.Equal(
            """
            telemetry,area=hall1,line=line1,machine=filler,site=rhine speed=36000,pressure=3.98 0
            telemetry,area=hall1,line=line1,machine=packer,site=rhine speed=1 0
            telemetry,area=hall1,line=line1,machine=packer,site=rhine speed=2 100

            """,
            lines);
    }

    [Fact]
    public void Signal_twice_at_one_event_time_takes_a_second_line_so_that_the_later_holds()
    {
        Signal speed = Signal("speed");

        string lines = Write(new Reading(speed, Epoch, 1), new Reading(speed, Epoch, 2));

        Assert.Equal(2, lines.Count(letter => letter == '\n'));
    }

    [Fact]
    public void Texts_and_stale_markers_have_fields_of_their_own()
    {
        Signal product = Signal("product");

        string lines = Write(
            new Reading(product, Epoch, double.NaN, "a \"b\" \\c"),
            new Reading(product, Epoch.AddTicks(10), double.NaN, Flags: ReadingFlags.Stale));

        Assert.Contains("product_text=\"a \\\"b\\\" \\\\c\" 0\n", lines, StringComparison.Ordinal);
        Assert.Contains("product_stale=true 1000\n", lines, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_holds_at_most_64_fields()
    {
        Reading[] readings = [.. Enumerable.Range(0, 65).Select(i => new Reading(Signal($"s{i}"), Epoch, i))];

        string lines = Write(readings);

        Assert.Equal(2, lines.Count(letter => letter == '\n'));
    }

    [Fact]
    public void Buffer_grows_past_its_first_size()
    {
        Signal text = Signal("text");
        Reading[] readings = [.. Enumerable.Range(0, 50).Select(i => new Reading(text, Epoch.AddTicks(i), double.NaN, new string('€', 15_000)))];

        string lines = Write(readings);

        Assert.Equal(50 * 15_000, lines.Count(letter => letter == '€'));
    }

    [Fact]
    public void Names_of_a_derived_point_are_escaped()
    {
        using LineBuffer buffer = new();
        bool written = buffer.Append(new DerivedPoint(
            "my oee,x",
            new Dictionary<string, string> { ["the line"] = "a=b, c", ["b"] = "1" },
            new Dictionary<string, object> { ["f=g"] = 1L, ["undefined"] = double.NaN, ["closed"] = false },
            Epoch));

        Assert.True(written);
        Assert.Equal(
            "my\\ oee\\,x,b=1,the\\ line=a\\=b\\,\\ c f\\=g=1,closed=false 0\n",
            Encoding.UTF8.GetString(buffer.Finish().Span));
    }

    [Fact]
    public void Derived_point_without_any_value_is_left_out()
    {
        using LineBuffer buffer = new();

        Assert.False(buffer.Append(new DerivedPoint("oee", new Dictionary<string, string>(), new Dictionary<string, object> { ["oee"] = double.NaN }, Epoch)));
        Assert.Equal(0, buffer.Finish().Length);
    }

    private static Signal Signal(string name, string machine = "filler") =>
        new() { Path = new SignalPath("rhine", "hall1", "line1", machine, name), Name = name };

    private string Write(params Reading[] readings)
    {
        using LineBuffer buffer = new();
        foreach (Reading reading in readings)
        {
            buffer.Append(reading, _series.Of(reading.Signal));
        }

        return Encoding.UTF8.GetString(buffer.Finish().Span);
    }
}
