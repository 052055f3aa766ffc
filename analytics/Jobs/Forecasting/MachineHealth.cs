namespace Linewatch.Jobs.Forecasting;

/// <summary>The health of a machine, 0–1: that of its worst component, less for what its detectors found odd in the last day.</summary>
/// <param name="Line">Line id.</param>
/// <param name="Machine">Machine id.</param>
/// <param name="Health">1 = as good as it has been, 0 = something is at its limit.</param>
/// <param name="DayBefore">A day before; null = not known.</param>
/// <param name="At">The hour it was scored in, UTC.</param>
/// <param name="Components">Its components, the worst first.</param>
public sealed record MachineHealth(string Line, string Machine, double Health, double? DayBefore, DateTime At, IReadOnlyList<ComponentHealth> Components);

/// <summary>How much of the way from its best level to its limit a component has left, 0–1.</summary>
/// <param name="Component">Component.</param>
/// <param name="Health">Now.</param>
/// <param name="DayBefore">A day before; null = not known.</param>
/// <param name="At">The hour it was scored in, UTC.</param>
public sealed record ComponentHealth(string Component, double Health, double? DayBefore, DateTime At);
