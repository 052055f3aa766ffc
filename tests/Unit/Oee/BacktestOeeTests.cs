using System.Globalization;
using System.Text;
using Linewatch.Plants;
using Linewatch.Server.Commands;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Oee;

/// <summary>Recordings of any origin through <c>linewatch backtest oee</c>'s path.</summary>
public sealed class BacktestOeeTests
{
    private const string PlantYaml = """
        plant: P
        site: s
        timeZone: UTC
        products: [{ id: cola, name: Cola, idealRate: 3600/h }]
        SHIFTS
        sources: [{ name: json, topic: "{site}/{area}/{line}/{machine}/data", decoder: json, options: { time: /ts, timeFormat: iso8601, values: /values } }]
        lines:
          - id: l1
            area: a
            name: Line
            criticalMachine: filler
            countingMachine: filler
            defaultProduct: cola
            machines: [{ id: filler, name: Filler, kind: filler, designRate: 3600/h, states: packml, signals: [{ id: state, role: state }, { id: total, role: count-total, unit: "1" }] }]
        """;

    private const string Early = """shifts: [{ name: Early, start: "06:00", end: "14:00", days: [Mon, Tue, Wed, Thu, Fri, Sat, Sun] }]""";

    private static readonly DateTime Day = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_shift_whose_first_and_last_messages_lie_just_inside_it_is_complete()
    {
        using TemporaryFolder folder = new();

        CsvRow shift = Assert.Single(Run(folder, Early, "06:00:03", "13:59:57", _ => 6).Shifts);

        Assert.Equal(("Early", "2026-06-01", "true", "28800.000"), (shift["shift"], shift["day"], shift["complete"], shift["planned_busy_s"]));
        Assert.InRange(shift.Number("availability")!.Value, 0.999, 1);
        Assert.InRange(shift.Number("performance")!.Value, 0.999, 1.001);
    }

    [Theory]
    [InlineData("09:00:00", "15:00:00")]
    [InlineData("05:00:00", "10:00:00")]
    public void A_shift_that_the_recording_cuts_is_kept_and_marked(string from, string to)
    {
        using TemporaryFolder folder = new();

        CsvRow shift = Assert.Single(Run(folder, Early, from, to, _ => 6).Shifts);

        Assert.Equal("false", shift["complete"]);
        Assert.InRange(shift.Number("nodata_s")!.Value, 3600, 5 * 3600);
    }

    [Fact]
    public void Without_a_shift_plan_a_day_has_counts_and_no_figures()
    {
        using TemporaryFolder folder = new();

        CsvRow day = Run(folder, "", "06:00:00", "08:00:00", _ => 6).Shifts[0];

        Assert.Equal(("", "2026-06-01", "0.000", "", "", "7200"), (day["shift"], day["day"], day["planned_busy_s"], day["oee"], day["availability"], day["total"]));
    }

    // A stop from 10:00:00 to 10:02:00; how far the clock is off → what the results say.
    [Theory]
    [InlineData(0, "10:00:00.000")]
    [InlineData(-2, "10:00:00.030")] // behind: quickest message takes 2.03 s by its clock
    [InlineData(2, "10:00:00.030")]
    [InlineData(-0.5, "09:59:59.500")] // could as well be transport
    public void Stops_are_told_in_the_recorders_time(double skew, string start)
    {
        using TemporaryFolder folder = new();

        CsvRow stop = Assert.Single(Run(folder, Early, "05:59:00", "14:10:00", at => at.TimeOfDay.TotalHours is >= 10 and < 10.0333 ? 11 : 6, skew).Stops);

        Assert.Equal($"2026-06-01T{start}Z", stop["start"]);
        Assert.Equal(("minor-stop", "120.000"), (stop["bucket"], stop["lost_s"]));
    }

    [Fact]
    public void An_empty_recording_gives_headings_only()
    {
        using TemporaryFolder folder = new();

        (IReadOnlyList<CsvRow> shifts, IReadOnlyList<CsvRow> stops) = Run(folder, Early, "06:00:00", "05:00:00", _ => 6);

        Assert.Empty(shifts);
        Assert.Empty(stops);
        Assert.StartsWith("line,shift,day,start,end,", File.ReadAllText(folder["shifts.csv"]), StringComparison.Ordinal);
    }

    /// <summary>One message every 10 s, published 30 ms after it happened.</summary>
    private static (IReadOnlyList<CsvRow> Shifts, IReadOnlyList<CsvRow> Stops) Run(
        TemporaryFolder folder, string shifts, string from, string to, Func<DateTime, int> state, double skew = 0)
    {
        PlantFile file = PlantFile.Parse(PlantYaml.Replace("SHIFTS", shifts, StringComparison.Ordinal), "plant.yaml");
        Assert.Empty(file.Faults);
        BacktestOee backtest = new(file.Plant!);
        byte[] topic = "s/a/l1/filler/data"u8.ToArray();
        DateTime start = Day + TimeSpan.Parse(from, CultureInfo.InvariantCulture);
        for (DateTime at = start; at <= Day + TimeSpan.Parse(to, CultureInfo.InvariantCulture); at += TimeSpan.FromSeconds(10))
        {
            string payload = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{ "ts": "{{at.AddSeconds(skew):yyyy-MM-dd'T'HH:mm:ss.fff'Z'}}", "values": { "state": {{state(at)}}, "total": {{(at - start).TotalSeconds:0}} } }""");
            backtest.Take(new RecordedMessage(at.AddMilliseconds(30), topic, Encoding.UTF8.GetBytes(payload)));
        }

        backtest.Finish();
        Directory.CreateDirectory(folder.Path);
        backtest.WriteShifts(folder["shifts.csv"]);
        backtest.WriteStops(folder["stops.csv"]);
        return ([.. CsvRow.Read(folder["shifts.csv"])], [.. CsvRow.Read(folder["stops.csv"])]);
    }
}
