namespace Linewatch.BottlingPlant.Signals;

/// <summary>
/// A process signal: a first-order lag behind a target that depends on what the machine does, with noise that has a
/// fast and a slow part.
/// </summary>
/// <param name="Id">As published.</param>
/// <param name="Name">For people.</param>
/// <param name="Unit">UCUM.</param>
/// <param name="Running">Target while running at full speed.</param>
/// <param name="Idle">Target while standing.</param>
/// <param name="TimeConstant">Seconds of the lag.</param>
/// <param name="Noise">Standard deviation around the target while running, in the unit; a tenth of it while standing.</param>
/// <param name="Minimum">Smallest plausible value.</param>
/// <param name="Maximum">Largest plausible value.</param>
internal sealed record SignalModel(
    string Id, string Name, string Unit, double Running, double Idle, double TimeConstant, double Noise, double Minimum, double Maximum)
{
    /// <summary>Change of the running target from standing to full speed that follows the speed, 0 = none, 1 = all.</summary>
    public double SpeedShare { get; init; }

    /// <summary>How far the hall's day, ±1 at 15:00 and 03:00 UTC, moves the signal.</summary>
    public double Ambient { get; init; }

    /// <summary>How far the target moves from one product to another, in the unit.</summary>
    public double ProductStep { get; init; }

    /// <summary>Whether the product's nominal volume is added; such a signal is measured at bottles and silent without.</summary>
    public bool PlusNominal { get; init; }

    /// <summary>Whether it shows how full the conveyor before the machine is, in percent.</summary>
    public bool IsInfeedFill { get; init; }

    /// <summary>For the temperature of a pasteuriser's zone: minutes that a bottle is in it; 0 = not a zone.</summary>
    public int ResidenceMinutes { get; init; }

    /// <summary>Targets of the phases of a cleaning, each of the same length; null where cleaning doesn't move the signal.</summary>
    public IReadOnlyList<double>? CleaningPhases { get; init; }

    /// <summary>Decimals as published.</summary>
    public int Decimals { get; init; } = 3;

    /// <summary>The value at which wear demands maintenance.</summary>
    public WearLimitModel? Wear { get; init; }
}

/// <summary>Where wear demands maintenance.</summary>
internal sealed record WearLimitModel(double Limit, bool Rising, string Component)
{
    /// <summary>Whether the limit is a distance from the median of the like components, because the level depends on the product.</summary>
    public bool AgainstSiblings { get; init; }
}
