namespace Linewatch.Analytics.Spc;

/// <summary>Tests for special causes; several may fire at one point.</summary>
[Flags]
public enum RunRule
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Nelson 1: one point beyond 3σ.</summary>
    Nelson1 = 1 << 0,

    /// <summary>Nelson 2: nine points in a row on one side of the centre.</summary>
    Nelson2 = 1 << 1,

    /// <summary>Nelson 3: six points in a row steadily rising or falling.</summary>
    Nelson3 = 1 << 2,

    /// <summary>Nelson 4: fourteen points in a row alternating up and down.</summary>
    Nelson4 = 1 << 3,

    /// <summary>Nelson 5: two of three points beyond 2σ on the same side.</summary>
    Nelson5 = 1 << 4,

    /// <summary>Nelson 6: four of five points beyond 1σ on the same side.</summary>
    Nelson6 = 1 << 5,

    /// <summary>Nelson 7: fifteen points in a row within 1σ.</summary>
    Nelson7 = 1 << 6,

    /// <summary>Nelson 8: eight points in a row beyond 1σ, on either side.</summary>
    Nelson8 = 1 << 7,

    /// <summary>Western Electric 1: one point beyond 3σ.</summary>
    WesternElectric1 = 1 << 8,

    /// <summary>Western Electric 2: two of three points beyond 2σ on the same side.</summary>
    WesternElectric2 = 1 << 9,

    /// <summary>Western Electric 3: four of five points beyond 1σ on the same side.</summary>
    WesternElectric3 = 1 << 10,

    /// <summary>Western Electric 4: eight points in a row on one side of the centre.</summary>
    WesternElectric4 = 1 << 11,

    /// <summary>All of Nelson's eight.</summary>
    Nelson = 0xFF,

    /// <summary>All of Western Electric's four.</summary>
    WesternElectric = 0xF00,

    /// <summary>Nelson 1 to 4, the only ones that suit ranges, deviations and moving ranges, which are not symmetric.</summary>
    NelsonForSpread = Nelson1 | Nelson2 | Nelson3 | Nelson4,
}

/// <summary>
/// Applies run rules to a stream of points, each given as its distance from the centre in σ of the plotted statistic
/// (<see cref="ControlLimits.Score"/>). Comparisons are strict: a point exactly on 3σ is inside, a tie or a point on the
/// centre line breaks a run. Not thread-safe.
/// </summary>
public sealed class RunRules(RunRule rules = RunRule.Nelson | RunRule.WesternElectric)
{
    private readonly double[] _last = new double[5];
    private int _count;
    private int _side;
    private int _sideRun;
    private int _trend;
    private int _trendRun;
    private int _alternations;
    private int _within;
    private int _beyond;

    /// <summary>Takes the next point; returns the rules that fire at it.</summary>
    public RunRule Add(double score)
    {
        double previous = _count > 0 ? _last[(_count - 1) % 5] : double.NaN;
        _last[_count % 5] = score;
        _count++;

        int side = Math.Sign(score);
        _sideRun = side == 0 ? 0 : side == _side ? _sideRun + 1 : 1;
        _side = side;

        int trend = double.IsNaN(previous) ? 0 : Math.Sign(score.CompareTo(previous));
        bool alternates = trend != 0 && trend == -_trend;
        _trendRun = trend == 0 ? 1 : trend == _trend ? _trendRun + 1 : 2;
        _alternations = trend == 0 ? 1 : alternates ? _alternations + 1 : 2;
        _trend = trend;

        _within = Math.Abs(score) < 1 ? _within + 1 : 0;
        _beyond = Math.Abs(score) > 1 ? _beyond + 1 : 0;

        RunRule fired = RunRule.None;
        Fire(Math.Abs(score) > 3, RunRule.Nelson1 | RunRule.WesternElectric1);
        Fire(_sideRun >= 9, RunRule.Nelson2);
        Fire(_sideRun >= 8, RunRule.WesternElectric4);
        Fire(_trendRun >= 6, RunRule.Nelson3);
        Fire(_alternations >= 14, RunRule.Nelson4);
        Fire(Among(2, 3, 2), RunRule.Nelson5 | RunRule.WesternElectric2);
        Fire(Among(4, 5, 1), RunRule.Nelson6 | RunRule.WesternElectric3);
        Fire(_within >= 15, RunRule.Nelson7);
        Fire(_beyond >= 8, RunRule.Nelson8);
        return fired & rules;

        void Fire(bool condition, RunRule rule) => fired |= condition ? rule : RunRule.None;
    }

    /// <summary>Whether so many of the last points lie beyond a distance on the newest point's side, the newest among them.</summary>
    private bool Among(int needed, int last, double sigmas)
    {
        int side = _side;
        if (side == 0 || side * _last[(_count - 1) % 5] <= sigmas)
        {
            return false;
        }

        int found = 0;
        for (int i = Math.Max(0, _count - last); i < _count; i++)
        {
            found += side * _last[i % 5] > sigmas ? 1 : 0;
        }

        return found >= needed;
    }
}
