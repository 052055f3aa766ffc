using FsCheck;
using FsCheck.Fluent;
using Linewatch.Storage;

namespace Linewatch.Tests.Unit.Storage;

/// <summary>Rows at given times are all found, whatever lies between, in few pages.</summary>
public sealed class TimesScanTests
{
    private static readonly DateTime Start = new(2026, 3, 1, 6, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Every_row_at_a_wanted_time_is_found_once_and_no_other() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        ArbMap.Default.ArbFor<NonEmptyArray<byte>>(),
        (stored, asked) =>
        {
            // Up to forty rows a time, so that there are many pages and most end amid the rows of a time.
            (DateTime Time, int)[] rows = [.. stored.SelectMany(second => Enumerable.Repeat(second, 1 + (second % 40))).Order().Select((second, number) => (Start.AddSeconds(second), number))];
            DateTime[] wanted = [.. asked.Get.Distinct().Order().Select(second => Start.AddSeconds(second))];
            return rows.Where(row => wanted.Contains(row.Time)).SequenceEqual(Scan(rows, wanted).Found);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Times_that_all_have_a_row_take_a_few_large_pages()
    {
        (DateTime, int)[] rows = [.. Enumerable.Range(0, 50_000).Select(second => (Start.AddSeconds(second), second))];

        (List<(DateTime, int)> found, int read) = Scan(rows, [.. rows.Select(row => row.Item1)]);

        Assert.Equal(rows, found);
        Assert.InRange(read, 50_000, 50_100);
    }

    [Fact]
    public void Times_far_apart_take_small_pages()
    {
        (DateTime, int)[] rows = [.. Enumerable.Range(0, 100_000).Select(second => (Start.AddSeconds(second), second))];
        DateTime[] wanted = [.. Enumerable.Range(0, 100).Select(i => Start.AddSeconds(i * 1_000))];

        (List<(DateTime Time, int Number)> found, int read) = Scan(rows, wanted);

        Assert.Equal(wanted, found.Select(row => row.Time));
        Assert.InRange(read, 100, 100 * 64);
    }

    [Fact]
    public void Many_rows_of_one_time_are_read_to_their_end()
    {
        (DateTime, int)[] rows = [.. Enumerable.Range(0, 1_500).Select(number => (Start.AddSeconds(number == 0 ? 0 : 1), number))];

        Assert.Equal(rows, Scan(rows, [Start, Start.AddSeconds(1)]).Found);
    }

    [Fact]
    public void More_rows_of_one_time_than_a_page_holds_do_not_hold_it_up()
    {
        (DateTime, int)[] rows = [.. Enumerable.Range(0, 30_000).Select(number => (Start.AddSeconds(number / 20_000), number))];

        (List<(DateTime Time, int Number)> found, _) = Scan(rows, [Start, Start.AddSeconds(1)]);

        Assert.Equal(10_000, found.Count(row => row.Time == Start));
        Assert.Equal(10_000, found.Count(row => row.Time > Start));
    }

    private static (List<(DateTime Time, int Number)> Found, int Read) Scan((DateTime Time, int Number)[] rows, DateTime[] wanted)
    {
        List<(DateTime, int)> found = [];
        int read = 0;
        for (TimesScan scan = new(wanted); !scan.IsOver;)
        {
            (DateTime, int)[] page = [.. rows.SkipWhile(row => row.Time < scan.From).TakeWhile(row => row.Time < scan.To).Take(scan.Limit)];
            read += page.Length;
            found.AddRange(scan.Take(page, row => row.Item1));
        }

        return (found, read);
    }
}
