namespace Linewatch.Analytics.Anomalies;

/// <summary>What a person said about an alarm.</summary>
public enum Judgement
{
    /// <summary>There was a fault.</summary>
    True,

    /// <summary>There was nothing.</summary>
    False,

    /// <summary>The machine was doing something it should, of which the detector did not know.</summary>
    Duty,
}
