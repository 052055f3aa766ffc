namespace Linewatch.BottlingPlant.Flow;

/// <summary>What a machine really does; the truth behind its state code.</summary>
internal enum Condition
{
    NotScheduled,
    PlannedDown,
    SetUp,
    OwnFailure,
    External,
    LackBranch,
    Waiting,
    Lack,
    Tailback,
    Run,
}

/// <summary>What the plan makes the whole line do.</summary>
internal enum Programme
{
    Off = 0,
    Production = 1,
    StartUp = 2,
    RunDown = 4,
    Clean = 8,
    Changeover = 16,
    Maintenance = 32,
    Break = 64,
}
