using System.Diagnostics.Metrics;
using Linewatch.Operations.Notifications;

namespace Linewatch.Operations;

/// <summary>What this assembly measures.</summary>
public sealed class OperationsMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Linewatch.Operations";

    private readonly Counter<long> _raised;
    private readonly Counter<long> _annunciated;
    private readonly Counter<long> _notifications;

    /// <summary>Creates the instruments.</summary>
    public OperationsMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _raised = meter.CreateCounter<long>("linewatch.alerts.raised", "{alert}", "Alerts raised, silenced ones included.");
        _annunciated = meter.CreateCounter<long>("linewatch.alerts.annunciated", "{alert}", "Alerts that called people.");
        _notifications = meter.CreateCounter<long>("linewatch.notifications.ended", "{notification}", "Notifications sent, cancelled or given up.");
    }

    internal void AlertRaised(bool annunciated)
    {
        _raised.Add(1);
        if (annunciated)
        {
            _annunciated.Add(1);
        }
    }

    internal void NotificationEnded(NotificationState state)
    {
        if (_notifications.Enabled)
        {
            _notifications.Add(1, new KeyValuePair<string, object?>("state", state.ToString()));
        }
    }
}
