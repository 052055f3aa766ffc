namespace Linewatch.Analytics.Anomalies;

/// <summary>What became of the rows of a machine with a reading.</summary>
public enum RowChange
{
    /// <summary>Nothing to tell.</summary>
    None,

    /// <summary>The signals no longer go together as they used to.</summary>
    Odd,

    /// <summary>They have gone together as usual for so long that whatever was odd is over.</summary>
    Normal,
}
