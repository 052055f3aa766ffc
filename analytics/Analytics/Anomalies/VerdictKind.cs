namespace Linewatch.Analytics.Anomalies;

/// <summary>What a monitor says about one reading.</summary>
public enum VerdictKind : byte
{
    /// <summary>Within what is expected.</summary>
    Normal,

    /// <summary>The baseline is too young to judge; the reading was learned.</summary>
    Learning,

    /// <summary>The machine was not producing, or had only just begun to: neither judged nor learned.</summary>
    Excluded,

    /// <summary>Not newer than the reading before it: ignored.</summary>
    OutOfOrder,

    /// <summary>The process behaves oddly.</summary>
    Anomaly,

    /// <summary>Data fault: no value, or an infinite one.</summary>
    Missing,

    /// <summary>Data fault: the value has not moved for far longer than it ever stood still before.</summary>
    Frozen,

    /// <summary>Data fault: the value fell to the sensor's resting value (exactly 0) in one step and stays there.</summary>
    Dropout,

    /// <summary>Data fault: the reading before this one stood alone, far from both of its neighbours.</summary>
    Spike,

    /// <summary>Data fault: the sensor moves away from a second one that measures the same.</summary>
    Drift,

    /// <summary>Data fault: the sensor has become noisier than it was, a second one that measures the same has not.</summary>
    Noise,
}
