using Linewatch.Analytics.Anomalies;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>What a <see cref="Judge"/> says of a row; one object takes the verdicts on all rows of a recording.</summary>
internal sealed class JudgedRow
{
    /// <summary>The verdict on a signal of which nothing was recorded, or which is not judged by itself.</summary>
    public static readonly SignalVerdict NoVerdict = new(VerdictKind.Normal, false, 0, double.NaN, double.NaN, double.NaN);

    /// <param name="signals">Signals in a row.</param>
    public JudgedRow(int signals)
    {
        Shares = new double[signals];
        Signals = new SignalVerdict[signals];
        Array.Fill(Signals, NoVerdict);
    }

    /// <summary>
    /// The score for benchmarks: a threshold on it gives the alarms. Where an anomaly is told of once, as by monitors of single signals, it
    /// stays below the alarm score while the anomaly lasts on.
    /// </summary>
    public double Score { get; set; }

    /// <summary>Whether the product would raise or hold an alarm in this row.</summary>
    public bool IsAlarm { get; set; }

    /// <summary>Whether an anomaly lasts in this row, told of or not.</summary>
    public bool IsAnomaly { get; set; }

    /// <summary>How far the row is from normal, whatever was told.</summary>
    public double Severity { get; set; }

    /// <summary>Each signal's share of the severity, 0 to 1.</summary>
    public double[] Shares { get; }

    /// <summary>The verdict on each signal; <see cref="NoVerdict"/> throughout where rows are judged as a whole.</summary>
    public SignalVerdict[] Signals { get; }
}
