namespace Linewatch.Operations.Alerts;

/// <summary>How soon somebody must act. <see cref="Advisory"/> informs; the others are alarms in the sense of ISA-18.2.</summary>
public enum AlertSeverity
{
    /// <summary>Worth a look in the planner's own time: an anomaly score, a forecast. Not an alarm; not in the alarm KPIs.</summary>
    Advisory,

    /// <summary>Act within the shift.</summary>
    Low,

    /// <summary>Act within the hour.</summary>
    Medium,

    /// <summary>Act now.</summary>
    High,

    /// <summary>Act now; people, product safety or the machine are in danger.</summary>
    Critical,
}
