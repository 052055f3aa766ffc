using System.Globalization;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Linewatch.Jobs.Forecasting;

/// <summary>
/// Tells the alert rules each quarter of an hour which components are nearly used up (findings of <c>health</c>) and which no longer are,
/// by the newest scores of the wear forecast, on whichever node it ran. One thread at a time.
/// </summary>
public sealed class HealthWatch(
    HealthBook health, CurrentPlant plant, RuleFlow rules, IOptions<ForecastWearOptions> options, TimeProvider clock, ILogger<HealthWatch> logger)
    : FindingWatch(rules, TimeSpan.FromMinutes(15), clock, logger)
{
    /// <summary>Name of the engine in alert rules.</summary>
    public const string Detector = "health";

    /// <summary>It is over this far above the level at which it begins; between the two, what stands goes on.</summary>
    private const double Deadband = 0.1;

    /// <inheritdoc/>
    protected override async Task<IReadOnlyCollection<AlertFinding>> FindAsync(CancellationToken cancellationToken) =>
        [.. Judge(plant.Value, await health.ListAsync(line: null, cancellationToken), options.Value.HealthAlertBelow)];

    /// <summary>What the scores say of every component that is clearly nearly used up, or clearly not.</summary>
    /// <param name="plant">The plant; machines and components that it no longer has say nothing.</param>
    /// <param name="machines">Newest scores.</param>
    /// <param name="below">Health below which a component is nearly used up, 0–1; 0 = none ever is.</param>
    internal static IEnumerable<AlertFinding> Judge(Plant plant, IEnumerable<MachineHealth> machines, double below) =>
        from line in plant.Lines
        from machine in line.Machines
        join scored in machines on (line.Id, machine.Id) equals (scored.Line, scored.Machine)
        from component in scored.Components
        where component.Health < below || component.Health >= below + Deadband
        let signal = machine.Signals.FirstOrDefault(signal => signal.Wear?.Component == component.Component)
        where signal is not null
        select new AlertFinding
        {
            Detector = Detector,
            Source = AlertSource.Of(signal.Path),
            IsActive = component.Health < below,
            EventTime = component.At,
            Message = string.Create(CultureInfo.InvariantCulture, $"{machine.Name}: {component.Component} has {component.Health:P0} of its way to the limit left"),
            Value = Math.Round(component.Health, 3),
            ExpectedLower = below,
            ExpectedUpper = 1,
            Unit = "1",
        };
}
