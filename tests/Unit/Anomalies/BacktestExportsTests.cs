using System.Globalization;
using System.Xml.Linq;
using Linewatch.Server.Commands;
using Linewatch.Server.Commands.Backtests;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Anomalies;

/// <summary><c>linewatch backtest anomalies --format csv</c> on what historians export: what is misread is refused, what is not is counted.</summary>
public sealed class BacktestExportsTests : IDisposable
{
    private const int Learned = 1000;
    private static readonly double[] Noise = Series.Noise(71, 2 * Learned);

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("time;p\n2026-03-02 06:00;3,91\n2026-03-02 06:01;3,92\n", "line 2, column 'p': '3,91' is not a number", "--decimal ,")]
    [InlineData("time,p\n2026-03-02 06:00,n/a\n2026-03-02 06:01,n/a\n", "line 2, column 'p': 'n/a' is not a number", "allowed are numbers")]
    [InlineData("time,p,q\n2026-03-02 06:00,1,\n2026-03-02 06:01,1,\n", "column 'q'", "--skip")]
    [InlineData("time,tag,value\n2026-03-02 06:00,p,1\n2026-03-02 06:00,q,7\n2026-03-02 06:01,p,1\n2026-03-02 06:01,q,7\n", "2 of 4 rows are not newer", "give each signal a column")]
    [InlineData("time,tag,value\n2026-03-02 06:00:00,p,1\n2026-03-02 06:00:01,q,7\n", "line 2, column 'tag': 'p' is not a number", "each signal needs a column of its own")]
    [InlineData("time,p\n2026-03-02 06:02,1\n2026-03-02 06:01,1\n2026-03-02 06:00,1\n", "2 of 3 rows are not newer than a row before them, the first in line 3", "sort the file")]
    [InlineData("time,p\n2026-03-02 06:00,1\n2026-03-02 06:01\n", "line 3: 1 cells", "2 are needed")]
    [InlineData("time,p\n03.02.2026 06:00,1\n", "'03.02.2026 06:00' in column", "--time-format")]
    [InlineData("time,p\n", "no row below its header", "")]
    public void Export_that_would_be_misread_is_refused_and_leaves_no_verdicts(string text, string what, string allowed)
    {
        (int exit, _, string error) = Run([("one.csv", text)]);

        Assert.Equal(2, exit);
        Assert.Contains(what.Replace("' in column", "' is not a time", StringComparison.Ordinal), error, StringComparison.Ordinal);
        Assert.Contains(allowed, error, StringComparison.Ordinal);
        Assert.Equal([AnomalyList.FileName], Directory.EnumerateFiles(_folder["out"]).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("dd.MM.yyyy HH:mm:ss", ",", "one.CSV", "--time-format", "dd.MM.yyyy HH:mm:ss", "--decimal", ",", "--zone", "Europe/Berlin")]
    [InlineData("s", ".", "one.csv", "--separator", ";")]
    [InlineData("ms", ".", "one.csv")]
    public void Export_written_otherwise_gets_the_same_verdicts_when_told_how(string times, string point, string name, params string[] more)
    {
        string Time(DateTime utc) => times switch
        {
            "s" => new DateTimeOffset(utc).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            "ms" => new DateTimeOffset(utc).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            _ => utc.AddHours(1).ToString(times, CultureInfo.InvariantCulture), // Berlin in March
        };
        string Numbers(string text) => text.Replace(".", point, StringComparison.Ordinal);

        string[] plain = Verdicts("one.csv", Export(Faulty));
        string[] told = Verdicts(name, "time;p\n" + string.Concat(Faulty.Select((value, i) => $"{Time(Series.Start.AddMinutes(i))};{Numbers(Text(value))}\n")), more);

        Assert.Contains(plain, row => row.Split(',')[2] == "1");
        Assert.Equal(plain.Select(row => row[row.IndexOf(',', StringComparison.Ordinal)..]), told.Select(row => row[row.IndexOf(',', StringComparison.Ordinal)..]));
    }

    [Fact]
    public void Cells_unread_and_rows_not_newer_are_counted_for_each_file_and_for_all()
    {
        string[] rows = Export(Noise.Take(20)).Split('\n');
        rows[5] = rows[5].Split(',')[0] + ",Bad\u001b Input";
        rows[7] = rows[6];
        rows[9] = rows[1];
        string text = string.Join('\n', rows);

        (int exit, string output, _) = Run([("one.csv", text), ("two.csv", text)]);

        Assert.Equal(0, exit);
        Assert.Equal(2, output.Split("1 cells unread, 1 rows out of order, 1 duplicate (first unread: line 6, column 'p': 'Bad  Input')").Length - 1);
        Assert.Contains("2 cells unread, 2 rows out of order, 2 duplicate;", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Anomaly_is_listed_from_its_first_row_to_its_last_and_the_band_says_what_was_expected()
    {
        string[] verdicts = Verdicts("one.csv", Export(Faulty));

        string[] listed = Listed().Single(cells => cells[6] == "anomaly" && Row(cells[1]) >= Learned);
        Assert.InRange(Row(listed[1]), Learned, Learned + 10);
        Assert.InRange(Row(listed[2]), Row(listed[1]) + 10, Learned + 60);
        string[] quiet = verdicts[Learned].Split(',');
        Assert.InRange(Noise[Learned - 1], double.Parse(quiet[3], CultureInfo.InvariantCulture), double.Parse(quiet[4], CultureInfo.InvariantCulture));
        Assert.EndsWith(",,", verdicts[1], StringComparison.Ordinal); // nothing is expected before anything was learned
    }

    [Fact]
    public void Sensor_that_freezes_is_listed_with_its_kind_from_when_to_when()
    {
        _ = Verdicts("one.csv", Export([.. Noise.Take(Learned), .. Enumerable.Repeat(0.3, 700), .. Noise.Skip(Learned).Take(100)]));

        string[] listed = Assert.Single(Listed(), cells => cells[6] == "frozen");
        Assert.Equal(["p 100 %", "signal"], [listed[4], listed[5].Split(' ')[0]]);
        Assert.InRange(Row(listed[1]), Learned + 50, Learned + 200);
        Assert.Equal(Learned + 699, Row(listed[2]));
    }

    [Fact]
    public void Cells_without_a_number_are_a_data_fault_and_empty_ones_are_nothing()
    {
        string[] rows = Export(Noise.Take(300)).Split('\n');
        rows[200] = rows[200].Split(',')[0] + ",";
        rows[250] = rows[250].Split(',')[0] + ",n/a";
        _ = Verdicts("one.csv", string.Join('\n', rows));

        Assert.Equal((249, "missing"), Assert.Single(Listed().Select(cells => (Row(cells[1]), cells[6]))));
    }

    [Fact]
    public void File_that_breaks_off_leaves_nothing_behind_and_the_others_are_judged()
    {
        string good = Export(Faulty);
        _ = Run([("b.csv", good)]);
        string before = File.ReadAllText(_folder["out/b.csv"]);

        (int exit, string output, string error) = Run([("a.csv", good), ("b.csv", good + $"never,1\n"), ("c.csv", good), ("d.csv", "time,p\nx,1\n")]);

        Assert.Equal(2, exit);
        Assert.Contains($"[2/4] b.csv: not judged: {_folder["data/b.csv"]}, line {Faulty.Length + 2}, column 'time': 'never' is not a time", error, StringComparison.Ordinal);
        Assert.EndsWith("2 of 4 files were not judged: b.csv, d.csv" + Environment.NewLine, error, StringComparison.Ordinal);
        Assert.Contains("2 of 4 files", output, StringComparison.Ordinal);
        Assert.Equal(["a.csv", AnomalyList.FileName, "b.csv", "c.csv"], Directory.EnumerateFiles(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(before, File.ReadAllText(_folder["out/b.csv"])); // of the first run
        Assert.Equal(["a.csv", "c.csv"], Listed().Select(cells => cells[0]).Distinct());
    }

    [Fact]
    public void Plot_takes_no_more_memory_for_more_rows_and_shows_their_ends()
    {
        VerdictPlot plot = new(["p"]);
        JudgedRow judged = new(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 300_000; i++)
        {
            plot.Add([i == 3_000 ? -7 : i == 123_456 ? 7 : Noise[i % Noise.Length] / 10], judged, i == 200_000 ? 50_000 : 0);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (300_000 * 32) + 100_000); // one row of 32 bytes at a time, and nothing that stays
        plot.Write(_folder["p.svg"], "p");
        XElement[] drawn = [.. XDocument.Load(_folder["p.svg"]).Root!.Elements()];
        Assert.Contains(drawn, element => element.Value == "-7 … 7");
        XElement anomaly = Assert.Single(drawn, element => (string?)element.Attribute("class") == "anomaly");
        Assert.InRange((double)anomaly.Attribute("x")!, 170 + (1020 * 0.49), 170 + (1020 * 0.51));
        Assert.InRange((double)anomaly.Attribute("width")!, 1020 * 0.16, 1020 * 0.175);
    }

    [Fact]
    public void Header_with_control_characters_makes_no_broken_picture_or_list()
    {
        string text = Export(Faulty).Replace("time,p", "time,\"p\tq\u0001<&\ud83d\ude00\"", StringComparison.Ordinal);

        _ = Verdicts("one.csv", text, "--plot");

        Assert.Contains(XDocument.Load(_folder["out/one.svg"]).Root!.Elements(), element => element.Value == "p\tq\ufffd<&\ud83d\ude00");
        Assert.All(File.ReadLines(_folder["out/anomalies.tsv"]), line => Assert.Equal(7, line.Split('\t').Length));
    }

    [Fact]
    public void Keys_and_names_with_separators_are_quoted()
    {
        string[] verdicts = Verdicts("one.csv", "time;\"p, \"\"raw\"\"\"\nMar 02, 2026 06:00;1\nMar 02, 2026 06:01;2\n", "--time-format", "MMM dd, yyyy HH:mm");

        Assert.Equal("timestamp,score,label,\"p, \"\"raw\"\" lower\",\"p, \"\"raw\"\" upper\"", verdicts[0]);
        Assert.Equal("\"Mar 02, 2026 06:00\",0,0,,", verdicts[1]);
    }

    [Fact]
    public void Long_recording_says_once_a_second_how_far_it_has_got()
    {
        ManualTime clock = new(DateTimeOffset.UnixEpoch);
        using StringWriter said = new();
        RowProgress progress = new("one.csv", clock, said);
        for (int i = 1; i <= 5; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(0.5));
            progress.Report(1000 * i, i / 10.0, Series.Start);
        }

        Assert.Equal(["one.csv: 2,000 rows, 20 % read, at 2026-03-02 06:00:00Z", "one.csv: 4,000 rows, 40 % read, at 2026-03-02 06:00:00Z", ""], said.ToString().Split(Environment.NewLine));
    }

    [Theory]
    [InlineData("skab", "--alarm-score", "5")]
    [InlineData("tep", "--alarm-score", "5")]
    [InlineData("csv", "--normal", "x.dat")]
    [InlineData("nab", "--detector", "kernel-regression")]
    [InlineData("nab", "--zone", "Europe/Berlin")]
    [InlineData("skab", "--skip", "a")]
    [InlineData("csv", "--alarm-score", "0")]
    public void Option_that_says_nothing_about_the_format_is_refused(string format, string option, string value)
    {
        (int exit, _, string error) = Run([("one.csv", Export(Noise.Take(5)))], "--format", format, option, value);

        Assert.Equal(2, exit);
        Assert.Contains(option, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    /// <summary>A machine that runs for 100 minutes and stands for 20, at a level that differs by product and speed, and odd in its last 30 minutes.</summary>
    [Theory]
    [InlineData("Producing;Idle", "--states", "Producing,Cleaning")]
    [InlineData("6.0;4.0", "--states", "packml")]
    [InlineData("128;1", "--states", "weihenstephan")]
    public void Stops_products_and_speeds_of_a_machine_that_tells_them_are_no_anomalies(string states, params string[] more)
    {
        const int Minutes = 5980;
        double[] noise = Series.Noise(5, Minutes);
        string text = "time;state;product;speed;current\n" + string.Concat(Enumerable.Range(0, Minutes).Select(i =>
        {
            int cycle = i / 120;
            bool runs = i % 120 < 100;
            int product = cycle % 3;
            double speed = !runs ? 0 : cycle % 2 == 0 ? 30_000 : 15_000;
            double current = (runs ? 20 + (5 * product) + (speed / 3000) : 0) + (0.2 * noise[i]) + (i >= Minutes - 30 ? 4 : 0);
            return $"{Series.Start.AddMinutes(i):yyyy-MM-dd HH:mm:ss};{states.Split(';')[runs ? 0 : 1]};{(i % 120 == 0 ? "P" + product : "")};{Text(speed)};{Text(current)}\n";
        }));

        (int exit, string output, string error) = Run([("one.csv", text)], ["--state", "state", "--product", "product", "--speed", "speed", "--design-rate", "30000", .. more]);

        Assert.True(exit == 0, error);
        Assert.Contains(" 1 alarms,", output, StringComparison.Ordinal);
        string[] listed = Assert.Single(Listed());
        Assert.Equal(("current 100 %", "duty"), (listed[4], listed[5].Split(' ')[0]));
        Assert.InRange(Row(listed[1]), Minutes - 30, Minutes - 15);
        Assert.Equal(Minutes - 1, Row(listed[2]));
    }

    [Theory]
    [InlineData("never runs", "--state", "s", "--states", "Run")]
    [InlineData("'Producing'", "--state", "s")]
    [InlineData("no column 'x'", "--state", "x")]
    [InlineData("--states says nothing without --state", "--states", "packml")]
    [InlineData("--speed and --design-rate need each other", "--state", "s", "--speed", "p")]
    [InlineData("--speed and --design-rate need each other", "--state", "s", "--speed", "p", "--design-rate", "0")]
    [InlineData("--alarm-score says nothing beside --state", "--state", "s", "--alarm-score", "5")]
    public void Duty_that_cannot_be_told_is_refused(string message, params string[] more)
    {
        (int exit, _, string error) = Run([("one.csv", "time,s,p\n2026-03-02 06:00,Producing,1\n2026-03-02 06:01,Idle,1\n")], more);

        Assert.Equal(2, exit);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A signal that shifts by twenty spreads for good after <see cref="Learned"/> readings.</summary>
    private static double[] Faulty { get; } = [.. Noise.Take(Learned + 60).Select((value, i) => value + (i >= Learned ? 20 : 0))];

    private static string Export(IEnumerable<double> values) =>
        "time,p\n" + string.Concat(values.Select((value, i) => $"{Series.Start.AddMinutes(i):yyyy-MM-dd HH:mm:ss},{Text(value)}\n"));

    private static string Text(double value) => value.ToString("F6", CultureInfo.InvariantCulture);

    private static int Row(string time) => (int)(DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal) - Series.Start).TotalMinutes;

    private string[][] Listed() => [.. File.ReadLines(_folder["out/anomalies.tsv"]).Skip(1).Select(line => line.Split('\t'))];

    private string[] Verdicts(string name, string text, params string[] more)
    {
        (int exit, _, string error) = Run([(name, text)], more);
        Assert.True(exit == 0, error);
        return File.ReadAllLines(_folder["out/one.csv"]);
    }

    private (int ExitCode, string Output, string Error) Run((string Name, string Text)[] files, params string[] more)
    {
        if (Directory.Exists(_folder["data"]))
        {
            Directory.Delete(_folder["data"], recursive: true);
        }

        string data = Directory.CreateDirectory(_folder["data"]).FullName;
        foreach ((string name, string text) in files)
        {
            File.WriteAllText(Path.Combine(data, name), text);
        }

        return BacktestRun.Of(data, _folder["out"], more);
    }
}
