using System.Globalization;
using Linewatch.Analytics.Prognosis;
using Linewatch.Server.Commands;
using Linewatch.Server.Commands.Backtests;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Prognosis;

public sealed class BacktestCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1 1 0 0 100 5\n1 2 0 0 100 six\n", "line 2, column 6: 'six' is not a number")]
    [InlineData("1 1 0 0 100 NaN\n", "line 1, column 6: 'NaN' is not a number")]
    [InlineData("1 1 0 0 100 5\n1 3 0 0 100 6\n", "line 2: cycle 3 of unit 1; 2 is expected")]
    [InlineData("1 1 0 0 100 5\n1 2 0 0 100\n", "line 2: 5 numbers; 6, as in the first line, are needed")]
    [InlineData("1 1 0 0\n", "line 1: 4 numbers; more than 5")]
    [InlineData("1 1 0 0 1 5\n2 1 0 0 1 5\n1 2 0 0 1 5\n", "line 3: unit 1 comes a second time")]
    [InlineData("0.5 1 0 0 1 5\n", "line 1: unit 0.5; whole numbers from 1 are allowed")]
    [InlineData("\n\n", "is empty")]
    public void Runs_that_cannot_be_read_are_refused_with_line_and_what_is_allowed(string text, string complaint)
    {
        string path = Write("runs.txt", text);

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => RunFile.Read(path));

        Assert.StartsWith(path, refused.Message, StringComparison.Ordinal);
        Assert.Contains(complaint, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_are_read_by_unit_without_cycle_and_settings()
    {
        IReadOnlyList<MachineRun> runs = RunFile.Read(Write("runs.txt", "3 1 .1 .2 100 5 6\n3 2 .1 .2 100 7 8  \n\n4 1 .1 .2 100 9 10\n"));

        Assert.Equal([3, 4], runs.Select(run => run.Unit));
        Assert.Equal([[5, 6], [7, 8]], runs[0].Cycles);
    }

    [Fact]
    public void Rul_writes_a_band_for_the_last_cycle_of_each_unit()
    {
        string train = Write("train.txt", Text(Wearing.Runs(15, seed: 1)));
        string test = Write("test.txt", Text(Wearing.Runs(4, seed: 2).Select(run => run.Cut(50))));
        string output = Path.Combine(_folder.Path, "lives.csv");

        int exit = BacktestRulCommand.Create().Parse(["--train", train, "--test", test, "--out", output, "--ceiling", "60"]).Invoke();

        string[] lines = File.ReadAllLines(output);
        Assert.Equal(0, exit);
        Assert.Equal("unit,rul,p05,p10,p50,p90,p95", lines[0]);
        Assert.Equal(["1", "2", "3", "4"], lines[1..].Select(line => line.Split(',')[0]));
        Assert.All(lines[1..], line =>
        {
            double[] band = [.. line.Split(',')[2..].Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))];
            Assert.Equal(band.Order(), band);
            Assert.InRange(band[0], 0, 60);
        });
    }

    [Fact]
    public void Rul_without_enough_failures_says_so_and_writes_nothing()
    {
        string train = Write("train.txt", Text(Wearing.Runs(5, seed: 1)));
        string output = Path.Combine(_folder.Path, "lives.csv");

        int exit = BacktestRulCommand.Create().Parse(["--train", train, "--test", train, "--out", output]).Invoke();

        Assert.Equal(2, exit);
        Assert.False(File.Exists(output));
    }

    [Fact]
    public void A_cell_that_is_no_number_is_refused_where_the_learned_column_has_only_numbers()
    {
        FailureTable learned = FailureTable.Read(Write("train.csv", "a,failed\n5,0\n3,1\n"));
        FailureTable judged = FailureTable.Read(Write("test.csv", "a\nx\n"));
        FailureColumns columns = FailureColumns.Find(learned, judged, "failed", new HashSet<string>());

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => columns.RowsOf(judged));

        Assert.Contains("line 2, column 'a': 'x' is not a number", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a,b\n", "has no row below its header")]
    [InlineData("a,a\n1,2\n", "column 'a' is there twice")]
    [InlineData("a,b\n1,2\n1\n", "line 3: 1 cells; 2 are needed")]
    public void Tables_that_cannot_be_read_are_refused_with_the_reason(string text, string complaint)
    {
        string path = Write("rows.csv", text);

        Assert.Contains(complaint, Assert.Throws<InvalidDataException>(() => FailureTable.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_that_count_rows_name_products_or_give_the_answer_away_are_left_out()
    {
        string rows = string.Concat(Enumerable.Range(1, 40).Select(i => $"{i * 2},P{i},{i % 7},{(i % 2 == 0 ? "L" : "M")},{i % 3},0\n"));
        FailureTable train = FailureTable.Read(Write("train.csv", "id,product,torque,type,mode,failed\n" + rows));

        FailureColumns columns = FailureColumns.Find(train, train, "failed", new HashSet<string> { "mode" });

        Assert.Equal(["torque", "type"], columns.Used);
        Assert.Equal(["id (counts the rows)", "product (a name: more than 20 different texts)", "mode (to be ignored)"], columns.LeftOut);
    }

    [Fact]
    public void Failure_gives_each_row_of_a_file_without_the_target_a_probability_and_a_class()
    {
        string Row(int i) => FormattableString.Invariant($"{i * 37 % 101},{i * 53 % 89}");
        string train = Write("train.csv", "a,b,failed\n" + string.Concat(Enumerable.Range(1, 300).Select(i => $"{Row(i)},{(i * 37 % 101 > 80 ? 1 : 0)}\n")));
        string test = Write("test.csv", "a,b\n" + string.Concat(Enumerable.Range(301, 20).Select(i => Row(i) + "\n")));
        string output = Path.Combine(_folder.Path, "failures.csv");

        int exit = BacktestFailureCommand.Create().Parse(["--train", train, "--test", test, "--target", "failed", "--out", output]).Invoke();

        string[] lines = File.ReadAllLines(output);
        Assert.Equal(0, exit);
        Assert.Equal("row,probability,class", lines[0]);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => $"{i}"), lines[1..].Select(line => line.Split(',')[0]));
        Assert.Equal(
            Enumerable.Range(301, 20).Select(i => i * 37 % 101 > 80 ? "1" : "0"),
            lines[1..].Select(line => line.Split(',')[2]));
    }

    [Fact]
    public void Failure_with_an_unknown_target_is_wrong_input()
    {
        string train = Write("train.csv", "a,failed\n5,0\n3,1\n");

        Assert.Equal(2, BacktestFailureCommand.Create()
            .Parse(["--train", train, "--test", train, "--target", "Failed", "--out", Path.Combine(_folder.Path, "o.csv")]).Invoke());
    }

    private static string Text(IEnumerable<MachineRun> runs) => string.Concat(runs.SelectMany(run => run.Cycles.Select((cycle, i) =>
        string.Create(CultureInfo.InvariantCulture, $"{run.Unit} {i + 1} 0 0 100 {string.Join(' ', cycle.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}\n"))));

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }
}
