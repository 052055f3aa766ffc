using System.Buffers;
using Linewatch.Analytics.Anomalies;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class PastCasesTests
{
    [Fact]
    public void Cases_with_the_same_signals_in_the_same_direction_are_alike_the_most_alike_first()
    {
        PastCases cases = new();
        cases.Add(Day(1), [("vibration", 1), ("suction", -0.8)]);
        cases.Add(Day(2), [("vibration", -1), ("suction", 0.8)]);
        cases.Add(Day(3), [("vibration", 1)]);
        cases.Add(Day(4), [("flow", 1)]);

        IReadOnlyList<(DateTime EventTime, double Likeness)> alike = cases.Like([("vibration", 2), ("suction", -1.6)], most: 3);

        Assert.Equal([Day(1), Day(3)], alike.Select(one => one.EventTime));
        Assert.Equal(1, alike[0].Likeness, 12);
        Assert.Equal(1 / Math.Sqrt(1.64), alike[1].Likeness, 12);
    }

    [Fact]
    public void Only_the_newest_are_kept()
    {
        PastCases cases = new();
        for (int i = 0; i <= PastCases.Kept; i++)
        {
            cases.Add(Day(i), [("vibration", 1)]);
        }

        Assert.Equal(PastCases.Kept, cases.Like([("vibration", 1)], most: 1000).Count);
        Assert.DoesNotContain(cases.Like([("vibration", 1)], most: 1000), one => one.EventTime == Day(0));
    }

    [Fact]
    public void Saved_cases_are_found_again_and_torn_ones_refused()
    {
        PastCases cases = new();
        cases.Add(Day(1), [("vibration", 1), ("suction", -0.5)]);
        ArrayBufferWriter<byte> bytes = new();
        cases.Save(new StateWriter(bytes));
        PastCases restored = new();

        restored.Restore(new StateReader(bytes.WrittenMemory));

        Assert.Equal(cases.Like([("suction", -1), ("vibration", 2)], 1), restored.Like([("suction", -1), ("vibration", 2)], 1));
        Assert.Throws<InvalidDataException>(() => restored.Restore(new StateReader(bytes.WrittenMemory[..20])));
    }

    private static DateTime Day(int days) => Series.Start.AddDays(days);
}
