using Linewatch.Analytics.Anomalies;
using Linewatch.Plants;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class RowMonitorTests
{
    /// <summary>Three signals that follow one load; the third leaves the others from a row on.</summary>
    private static double[][] Rows(int seed, int count, int faultFrom = int.MaxValue)
    {
        double[][] noise = [.. Enumerable.Range(seed, 4).Select(one => Series.Noise(one, count))];
        return [.. Enumerable.Range(0, count).Select(i => new[]
        {
            noise[0][i] + (0.1 * noise[1][i]), (2 * noise[0][i]) + (0.1 * noise[2][i]), -noise[0][i] + (0.1 * noise[3][i]) + (i >= faultFrom ? 0.8 : 0),
        })];
    }

    [Fact]
    public void A_broken_relation_is_in_alarm_while_it_lasts_and_its_signal_named()
    {
        RowMonitor monitor = RowMonitor.Fit(RowDetector.PrincipalComponents, Rows(300, 1000));
        double[] shares = new double[3];
        bool[] alarms = [.. Rows(310, 800, faultFrom: 400).Select(row => monitor.Observe(row, shares).IsAlarm)];

        Assert.InRange(alarms[..400].Count(alarm => alarm), 0, 4);
        Assert.InRange(alarms[400..].Count(alarm => alarm), 380, 400);
        Assert.Equal(2, Array.IndexOf(shares, shares.Max()));
        Assert.Equal(1, shares.Sum(), 9);
    }

    [Fact]
    public void What_comes_later_changes_no_verdict_and_a_missing_value_holds_the_last()
    {
        RowMonitor fitted = RowMonitor.Fit(RowDetector.KernelRegression, Rows(300, 500));
        double[][] rows = Rows(320, 300, faultFrom: 150);
        IRowMonitor whole = fitted.Fresh();
        IRowMonitor part = fitted.Fresh();

        Assert.Equal(rows.Select(row => whole.Observe(row)).Take(200), rows[..200].Select(row => part.Observe(row)));
        RowVerdict last = part.Observe(rows[200]);
        Assert.Equal(last, part.Observe([1, double.NaN, 0]));
    }
}
