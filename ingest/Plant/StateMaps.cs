namespace Linewatch.Plants;

/// <summary>The state maps that are built in, mapped as <c>domain.md</c> §2.4 says.</summary>
public static class StateMaps
{
    /// <summary>PackML (ISA-TR88.00.02) state codes 0–17 and modes 0–3.</summary>
    public static StateMap PackMl { get; } = Build("packml",
        [
            (0, "Undefined", Bucket.NoData),
            (1, "Clearing", null),
            (2, "Stopped", Bucket.Waiting),
            (3, "Starting", null),
            (4, "Idle", Bucket.Waiting),

            // Suspended is an external cause; which side it lies on is for the line's neighbours to tell.
            (5, "Suspended", Bucket.Lack),
            (6, "Execute", Bucket.Run),
            (7, "Stopping", null),
            (8, "Aborting", null),
            (9, "Aborted", Bucket.OwnFailure),
            (10, "Holding", null),
            (11, "Held", Bucket.OwnFailure),
            (12, "Unholding", null),
            (13, "Suspending", null),
            (14, "Unsuspending", null),
            (15, "Resetting", null),
            (16, "Completing", null),
            (17, "Complete", Bucket.Waiting),
        ],
        modes: new() { [2] = Bucket.UnplannedMaintenance, [3] = Bucket.UnplannedMaintenance },
        programs: [],
        phases: []);

    /// <summary>
    /// Weihenstephan WS_Cur_State, WS_Cur_Mode and WS_Cur_Prog, bit-coded. The bits 8192 and 16384 have no agreed meaning
    /// and stay unknown.
    /// </summary>
    public static StateMap Weihenstephan { get; } = Build("weihenstephan",
        [
            (0, "None", Bucket.NoData),
            (1, "Stopped", Bucket.Waiting),
            (2, "Starting", null),
            (4, "Prepared", Bucket.Waiting),
            (8, "Lack", Bucket.Lack),
            (16, "Tailback", Bucket.Tailback),
            (32, "Lack branch line", Bucket.LackBranchLine),
            (64, "Tailback branch line", Bucket.TailbackBranchLine),
            (128, "Operating", Bucket.Run),
            (256, "Stopping", null),
            (512, "Aborting", null),
            (1024, "Equipment failure", Bucket.OwnFailure),
            (2048, "External failure", Bucket.ExternalFailure),
            (4096, "Emergency stop", Bucket.OwnFailure),
            (32768, "Idle", Bucket.Waiting),
        ],
        modes: new() { [2] = Bucket.UnplannedMaintenance },
        programs: new()
        {
            [8] = Bucket.UnplannedMaintenance,
            [16] = Bucket.SetUp,
            [32] = Bucket.UnplannedMaintenance,
            [64] = Bucket.PlannedDown,
        },
        phases: new() { [2] = ProgramPhase.StartUp, [4] = ProgramPhase.RunDown });

    private static StateMap Build(string name, (int Code, string Name, Bucket? Bucket)[] states, Dictionary<int, Bucket> modes, Dictionary<int, Bucket> programs, Dictionary<int, ProgramPhase> phases) => new()
    {
        Name = name,
        States = states.ToDictionary(state => state.Code, state => state.Bucket),
        StateNames = states.ToDictionary(state => state.Code, state => state.Name),
        Modes = modes,
        Programs = programs,
        Phases = phases,
    };
}
