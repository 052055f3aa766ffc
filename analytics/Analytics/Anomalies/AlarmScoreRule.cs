namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// How judgements move the alarm score of one signal. Immutable. A false alarm or one on duty lifts the score by half a decade
/// of surprise; three true ones in a row lower it by a quarter, for what was missed is never judged and only false alarms speak
/// up by themselves. The score stays within three decades of where it began, so that no run of clicks makes a signal deaf.
/// </summary>
/// <param name="Initial">Alarm score to begin with, decades.</param>
/// <param name="Lift">What the judgements added so far, decades; −3 to 3.</param>
/// <param name="TrueInARow">True alarms since the last that was not.</param>
/// <param name="Trues">True alarms so far.</param>
/// <param name="Falses">Alarms judged false or duty so far.</param>
public sealed record AlarmScoreRule(double Initial, double Lift = 0, int TrueInARow = 0, int Trues = 0, int Falses = 0)
{
    private const double Raise = 0.5;
    private const double Lower = 0.25;
    private const double Most = 3;
    private const int Streak = 3;

    /// <summary>The alarm score now in force.</summary>
    public double AlarmScore => Initial + Lift;

    /// <summary>Share of judged alarms that were true; null before any was judged.</summary>
    public double? Precision => Trues + Falses == 0 ? null : (double)Trues / (Trues + Falses);

    /// <summary>The rule after one more judgement.</summary>
    public AlarmScoreRule After(Judgement judgement) => judgement switch
    {
        Judgement.True when TrueInARow + 1 == Streak => this with { Lift = Math.Max(Lift - Lower, -Most), TrueInARow = 0, Trues = Trues + 1 },
        Judgement.True => this with { TrueInARow = TrueInARow + 1, Trues = Trues + 1 },
        _ => this with { Lift = Math.Min(Lift + Raise, Most), TrueInARow = 0, Falses = Falses + 1 },
    };

    /// <summary>False alarms a machine-week.</summary>
    /// <param name="machineTime">Time watched, summed over the machines; more than 0.</param>
    public double FalsesPerMachineWeek(TimeSpan machineTime) => Falses / (machineTime / TimeSpan.FromDays(7));
}
