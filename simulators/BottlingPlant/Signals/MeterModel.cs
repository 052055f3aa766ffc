namespace Linewatch.BottlingPlant.Signals;

/// <summary>A cumulative meter: energy, water, compressed air. Its reading follows exactly from time, running time and bottles.</summary>
/// <param name="Id">As published.</param>
/// <param name="Name">For people.</param>
/// <param name="Unit">UCUM.</param>
/// <param name="PerHour">Use an hour, whatever the machine does.</param>
/// <param name="PerRunHour">Use in addition an hour of running.</param>
/// <param name="PerThousand">Use in addition for a thousand bottles.</param>
internal sealed record MeterModel(string Id, string Name, string Unit, double PerHour, double PerRunHour, double PerThousand = 0);
