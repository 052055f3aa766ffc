using System.Globalization;
using System.Xml.Linq;
using Linewatch.Server.Commands.Backtests;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Anomalies;

/// <summary><c>linewatch backtest anomalies</c> on small recordings of each format, every one with a shift of one signal from <see cref="Recording.FaultFrom"/> on.</summary>
public sealed class BacktestAnomaliesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>One a format.</summary>
    public static TheoryData<string> Formats => [.. Recordings.Keys];

    private static Dictionary<string, Recording> Recordings { get; } = new()
    {
        ["nab"] = new Recording("timestamp,value", ",", TimeSpan.FromMinutes(5), 1200, 1400, "value", row => [row.Noise + (row.IsFault ? 15 : 0)]),
        ["csv"] = new Recording("time,a,b,label", ",", TimeSpan.FromMinutes(1), 1500, 1600, "b", row => [row.Other, row.Noise + (row.IsFault ? 20 : 0), row.IsFault ? 1 : 0]),
        ["skab"] = new Recording("datetime;a;b;anomaly", ";", TimeSpan.FromSeconds(1), 600, 750, "b", row => [row.Other, row.Noise + (row.IsFault ? 15 : 0), row.IsFault ? 1 : 0]),
        ["tep"] = new Recording("", " ", TimeSpan.Zero, 200, 300, "x2", row => [row.State + (0.1 * row.Noise), (2 * row.State) + (0.1 * row.Other) + (row.IsFault ? 2 : 0), (0.1 * row.Noise) - row.State]),
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_row_gets_a_verdict_and_the_fault_an_alarm_with_its_signal_first(string format)
    {
        Recording recording = Recordings[format];
        string[] verdicts = Run(format, recording.Lines(recording.Rows));

        Assert.Equal(format switch { "tep" => "row,score,label", "csv" => "timestamp,score,label,a lower,a upper,b lower,b upper", _ => "timestamp,score,label" }, verdicts[0]);
        Assert.Equal(recording.Rows, verdicts.Length - 1);
        int[] alarms = [.. Enumerable.Range(0, recording.Rows).Where(row => verdicts[row + 1].Split(',')[2] == "1")];
        Assert.InRange(alarms.Count(row => row < recording.FaultFrom), 0, 1);
        int first = alarms.First(row => row >= recording.FaultFrom);
        Assert.InRange(first, recording.FaultFrom, recording.FaultFrom + 30);
        string[] told = File.ReadLines(Path.Combine(_folder["out"], "anomalies.tsv")).Select(line => line.Split('\t')).Single(cells => cells[1] == verdicts[first + 1].Split(',')[0]);
        Assert.StartsWith(recording.Signal + " ", told[4], StringComparison.Ordinal);
        Assert.Matches("^[a-z-]+ [0-9]+$", told[5]);
        Assert.Equal("anomaly", told[6]);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Rows_cut_off_the_end_and_labels_change_no_verdict(string format)
    {
        Recording recording = Recordings[format];
        int shorter = recording.FaultFrom + 10;
        string[] whole = Run(format, recording.Lines(recording.Rows));
        string[] cut = Run(format, recording.Lines(shorter));
        string[] unlabelled = Run(format, [.. recording.Lines(shorter).Select(line => line.EndsWith(recording.Separator + "1", StringComparison.Ordinal) ? line[..^1] + "0" : line)]);

        Assert.Equal(whole.Take(shorter + 1), cut);
        Assert.Equal(cut, unlabelled);
    }

    [Fact]
    public void A_plot_draws_each_signal_the_score_and_the_alarms()
    {
        Recording recording = Recordings["csv"];
        _ = Run("csv", recording.Lines(recording.Rows));
        Assert.Empty(Directory.EnumerateFiles(_folder["out"], "*.svg"));

        _ = Run("csv", recording.Lines(recording.Rows), "--plot");

        XElement svg = XDocument.Load(Assert.Single(Directory.EnumerateFiles(_folder["out"], "*.svg"))).Root!;
        Assert.Equal(["a", "b", "score"], svg.Elements().Where(element => element.Name.LocalName == "text").Select(element => element.Value).Intersect(["a", "b", "score", "label"]));
        Assert.Equal([null, null, null, "band", "band"], svg.Elements().Where(element => element.Name.LocalName == "path").Select(element => (string?)element.Attribute("class")).Order());
        Assert.Contains(svg.Elements(), element => (string?)element.Attribute("class") == "anomaly");
    }

    [Theory]
    [InlineData("tep", "--normal")]
    [InlineData("csv", "no column named")]
    [InlineData("nab", "holds no *.csv file")]
    public void Wrong_input_is_refused_with_what_is_wrong(string format, string message)
    {
        string data = Directory.CreateDirectory(_folder["data"]).FullName;
        if (format != "nab")
        {
            File.WriteAllLines(Path.Combine(data, format == "tep" ? "one.dat" : "one.csv"), ["a,b", "1,2"]);
        }

        Assert.Contains(message, Refused(data, _folder["out"], "--format", format), StringComparison.Ordinal);
    }

    /// <summary>Results on or among the recordings: the folder itself, one inside it, the same by a link, and one above whose result would be a recording.</summary>
    [Theory]
    [InlineData("data")]
    [InlineData("data/")]
    [InlineData("data/out")]
    [InlineData("link/out")]
    [InlineData(".")]
    public void Results_on_or_among_the_recordings_are_refused_and_change_nothing(string output)
    {
        string nested = Path.Combine(Directory.CreateDirectory(_folder["data/data"]).FullName, "one.csv");
        string recording = _folder["data/one.csv"];
        File.WriteAllText(recording, "time,a\n2026-03-02 06:00:00,1\n");
        File.WriteAllText(nested, "time,a\n2026-03-02 06:00:00,2\n");
        _ = Directory.CreateSymbolicLink(_folder["link"], _folder["data"]);

        string said = Refused(_folder["data"], _folder[output], "--format", "csv");

        Assert.Contains("--out", said, StringComparison.Ordinal);
        Assert.Equal(["1", "2"], new[] { recording, nested }.Select(file => File.ReadAllText(file)[^2..^1]));
        Assert.Equal(2, Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Count(file => !file.Contains("/link/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Two_recordings_whose_verdicts_would_be_one_file_are_refused()
    {
        string data = Directory.CreateDirectory(_folder["data"]).FullName;
        File.WriteAllText(Path.Combine(data, "one.csv"), "time,a\n2026-03-02 06:00:00,1\n");
        File.WriteAllText(Path.Combine(data, "one.CSV"), "time,a\n2026-03-02 06:00:00,1\n");

        Assert.Contains("one.CSV and one.csv", Refused(data, _folder["out"], "--format", "csv"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 2\n3\n", "row 2: 1 numbers; 2 are needed")]
    [InlineData("1 2\n3 x", "row 2, number 2: 'x' is not a number")]
    [InlineData("1 11111111111111111111111111111111111111111111111111111111111111111111111111111111", "number 2: '1111111111111111111111111111111111111111111111111111111111111111…'")]
    [InlineData("\n \n", "is empty")]
    public void Table_of_numbers_that_is_none_is_refused(string text, string message)
    {
        File.WriteAllText(_folder["rows.dat"], text);

        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => NumberTable.Read(_folder["rows.dat"], 0)).Message, StringComparison.Ordinal);
    }

    /// <summary>What a run that ends with exit code 2 says.</summary>
    private static string Refused(string data, string output, params string[] more)
    {
        (int exit, _, string error) = BacktestRun.Of(data, output, more);
        Assert.Equal(2, exit);
        return error;
    }

    /// <summary>The verdicts on one file.</summary>
    private string[] Run(string format, string[] lines, params string[] more)
    {
        string data = Directory.CreateDirectory(_folder["data"]).FullName;
        string name = format == "tep" ? "one.dat" : "one.csv";
        File.WriteAllLines(Path.Combine(data, name), lines);
        if (format == "tep")
        {
            string normal = _folder["normal.dat"];
            File.WriteAllLines(normal, Recordings[format].Normal(600));
            more = [.. more, "--normal", normal];
        }

        (int exit, _, string error) = BacktestRun.Of(data, _folder["out"], ["--format", format, .. more]);

        Assert.True(exit == 0, error);
        return File.ReadAllLines(Path.Combine(_folder["out"], "one.csv"));
    }

    /// <summary>One moment of what is recorded.</summary>
    private readonly record struct Moment(double Noise, double Other, double State, bool IsFault);

    /// <summary>A recording made up for one format.</summary>
    private sealed record Recording(string Header, string Separator, TimeSpan Interval, int FaultFrom, int Rows, string Signal, Func<Moment, double[]> Row)
    {
        public string[] Lines(int rows) => [.. Header.Length > 0 ? [Header] : Array.Empty<string>(), .. Made(seed: 71, rows, FaultFrom)];

        public string[] Normal(int rows) => [.. Made(seed: 81, rows, int.MaxValue)];

        private IEnumerable<string> Made(int seed, int rows, int faultFrom)
        {
            double[] noise = Series.Noise(seed, rows);
            double[] other = Series.Noise(seed + 1, rows);
            double[] drive = Series.Noise(seed + 2, rows);
            double state = 0;
            for (int i = 0; i < rows; i++)
            {
                state = (0.9 * state) + (0.4 * drive[i]);
                IEnumerable<string> cells = Row(new Moment(noise[i], other[i], state, i >= faultFrom)).Select(cell => cell.ToString("R", CultureInfo.InvariantCulture));
                yield return string.Join(Separator, Header.Length > 0 ? cells.Prepend((Series.Start + (i * Interval)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)) : cells);
            }
        }
    }
}
