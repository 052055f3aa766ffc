namespace Linewatch.Storage;

/// <summary>
/// Reads the rows at given times in pages of everything from one of them to the last. Where most of what a page held was wanted
/// the next is larger; where it was not, so small that a question costs hardly more than one for a single time. Not thread-safe.
/// </summary>
/// <param name="times">Ascending, none twice, at least one.</param>
internal sealed class TimesScan(IReadOnlyList<DateTime> times)
{
    private const int SmallestPage = 64;

    /// <summary>More rows than any time has.</summary>
    private const int LargestPage = 10 * StorableReading.MaximumRepeats;

    private int _next;

    /// <summary>Whether every time was read.</summary>
    public bool IsOver => _next == times.Count;

    /// <summary>Start of the next page.</summary>
    public DateTime From => times[_next];

    /// <summary>Its end, not included.</summary>
    public DateTime To => times[^1].AddTicks(1);

    /// <summary>Most rows of it.</summary>
    public int Limit { get; private set; } = SmallestPage;

    /// <summary>Takes the page, oldest row first; returns its rows that are wanted.</summary>
    public List<TRow> Take<TRow>(IReadOnlyList<TRow> page, Func<TRow, DateTime> timeOf)
    {
        // A full page may break off among the rows of its last time, which then begins the next one.
        bool isFull = page.Count >= Limit;
        DateTime end = !isFull ? DateTime.MaxValue : Limit < LargestPage || timeOf(page[0]) < timeOf(page[^1]) ? timeOf(page[^1]) : timeOf(page[^1]).AddTicks(1);
        List<TRow> wanted = [];
        foreach (TRow row in page)
        {
            DateTime time = timeOf(row);
            if (time >= end)
            {
                break;
            }

            PassTo(time);
            if (!IsOver && times[_next] == time)
            {
                wanted.Add(row);
            }
        }

        PassTo(end);
        Limit = isFull && (wanted.Count >= page.Count / 2 || timeOf(page[0]) == end) ? Math.Min(Limit * 4, LargestPage) : Math.Max(Limit / 4, SmallestPage);
        return wanted;
    }

    private void PassTo(DateTime time)
    {
        while (!IsOver && times[_next] < time)
        {
            _next++;
        }
    }
}
