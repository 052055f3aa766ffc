using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Quarantining;
using Linewatch.Telemetry.Sparkplug;
using Linewatch.Telemetry.Watching;

namespace Linewatch.Telemetry.Consuming;

/// <summary>What the one consumer that accounts for every message keeps besides its cursor.</summary>
/// <param name="Balance">Counts what becomes of every message.</param>
/// <param name="Quarantine">Keeps what could not be used.</param>
/// <param name="Rebirths">Where Sparkplug rebirths are asked for; null = they are not.</param>
/// <param name="Watch">Notices silent and stuck signals; null = nobody does.</param>
/// <param name="Metrics">Counts outcomes; null = nobody does.</param>
/// <param name="Clocks">Notices clocks that are off; null = nobody asks.</param>
public sealed record Ledger(
    MessageBalance Balance, Quarantine Quarantine, RebirthRequests? Rebirths = null, SilenceWatch? Watch = null, TelemetryMetrics? Metrics = null, ClockWatch? Clocks = null);
