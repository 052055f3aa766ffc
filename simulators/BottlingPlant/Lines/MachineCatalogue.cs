using Linewatch.BottlingPlant.Failures;
using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Signals;

namespace Linewatch.BottlingPlant.Lines;

/// <summary>The machines of a bottling line with their faults, signals and failure modes; figures from bottling practice.</summary>
internal static class MachineCatalogue
{
    public static MachineModel Depalletiser { get; } = new()
    {
        Id = "depalletiser",
        Name = "Depalletiser",
        Kind = "depalletiser",
        SpeedFactor = 1.30,
        RatedKilowatt = 11,
        Faults =
        [
            new(1001, "Fallen bottle at the infeed", "mechanical", 45, 40, 0.7),
            new(1002, "Layer pad not gripped", "mechanical", 160, 70, 0.6),
            new(1003, "Hoist overload", "electrical", 2400, 900, 0.6),
            new(2101, "Empty pallets missing", "material", 900, 240, 0.6, Condition.LackBranch),
        ],
        Signals =
        [
            new("layer_cycle", "Layer cycle time", "s", 15, 0, 5, 0.35, 0, 60),
            new("air_pressure", "Air pressure", "bar", 6, 6.1, 10, 0.05, 0, 10) { Wear = new(5.2, false, "air seals") },
            new("hoist_current", "Hoist current", "A", 6.5, 0.4, 2, 0.35, 0, 25) { Wear = new(8, true, "hoist chain") },
        ],
        Meters = [Energy(11), Air(1.5, 9)],
        Failures =
        [
            Wear("air-leak", "Air leak", 1004, days: (3, 8), every: 30, new SignalEffect("air_pressure", -0.8), new("layer_cycle", 2.0)) with { Progress = Progress.Linear },
            Wear("chain-wear", "Hoist chain worn", 1005, days: (15, 40), every: 60, new SignalEffect("hoist_current", 1.5, 2)),
        ],
    };

    public static MachineModel Rinser { get; } = new()
    {
        Id = "rinser",
        Name = "Rinser",
        Kind = "rinser",
        SpeedFactor = 1.10,
        RatedKilowatt = 7.5,
        RejectProbability = 0.0004,
        Faults =
        [
            new(1101, "Bottle jam in the star wheel", "mechanical", 90, 45, 0.7),
            new(1102, "Gripper not closed", "mechanical", 260, 80, 0.6),
            new(1103, "Water valve failure", "process", 3200, 1200, 0.5),
        ],
        Signals =
        [
            InfeedFill,
            new("spray_pressure", "Spray pressure", "bar", 2.5, 0.1, 3, 0.04, 0, 6) { Wear = new(3.1, true, "rinse nozzles") },
            new("water_flow", "Rinse water flow", "m3/h", 12, 0, 3, 0.15, 0, 40) { SpeedShare = 0.3 },
            new("suction_pressure", "Pump suction pressure", "bar", 0.6, 0.9, 3, 0.02, -1, 3),
            new("pump_vibration", "Pump vibration", "mm/s", 1.0, 0.1, 2, 0.07, 0, 100),
        ],
        Meters = [Energy(7.5), new("water", "Water", "m3", 0.05, 9, 0.08)],
        Failures =
        [
            Quick("pump-cavitation", "Rinse pump cavitates", 1104, hours: (3, 9), every: 12, new SignalEffect("pump_vibration", 3.4, 3), new("suction_pressure", -0.35, 2), new("water_flow", -1.6, 2)),
            Wear("nozzle-clog", "Rinse nozzles clogged", 1105, days: (2, 6), every: 25, new SignalEffect("spray_pressure", 0.6), new("water_flow", -2.2)),
        ],
    };

    public static MachineModel Filler { get; } = new()
    {
        Id = "filler",
        Name = "Filler",
        Kind = "filler",
        SpeedFactor = 1.05,
        Codes = StateCodes.Weihenstephan,
        RatedKilowatt = 22,
        CounterStart = int.MaxValue - 40_000L,
        Faults =
        [
            new(1201, "Bottle burst in the carousel", "mechanical", 75, 55, 0.6),
            new(1202, "Infeed worm overload", "mechanical", 130, 35, 0.7),
            new(1203, "Bowl level out of range", "process", 420, 100, 0.8),
            new(1204, "Main drive fault", "electrical", 1900, 1300, 0.6),
        ],
        Signals =
        [
            InfeedFill,
            new("bowl_pressure", "Bowl pressure", "bar", 4.0, 3.6, 20, 0.015, 0, 10) { ProductStep = 0.15 },
            new("bowl_level", "Bowl level", "%", 50, 52, 15, 0.6, 0, 100),
            new("product_temperature", "Product temperature", "Cel", 12, 13, 240, 0.15, -5, 60) { Ambient = 0.5, ProductStep = 2 },
            new("fill_volume", "Mean fill volume", "mL", 2, 2, 60, 0.12, 0, 3000) { PlusNominal = true },
            new("drive_current", "Main drive current", "A", 28, 3, 3, 0.5, 0, 80) { SpeedShare = 0.6 },
            new("bearing_temperature", "Main bearing temperature", "Cel", 52, 24, 1200, 0.3, -10, 150) { Ambient = 2, SpeedShare = 0.3 },
            new("cip_temperature", "Return temperature of the cleaning", "Cel", 18, 18, 120, 0.3, 0, 130) { CleaningPhases = [22, 80, 80, 80, 25, 60, 60, 18, 15] },
            new("cip_conductivity", "Return conductivity of the cleaning", "mS/cm", 0.4, 0.4, 60, 0.02, 0, 200) { CleaningPhases = [0.5, 62, 62, 62, 0.8, 34, 34, 0.6, 0.4] },
            new("bearing_vibration", "Main bearing vibration", "mm/s", 1.3, 0.1, 2, 0.05, 0, 100) { SpeedShare = 0.3, Wear = new(4.5, true, "main bearing") },
        ],
        Series = [new("valve_volume", "Fill volume of valve", "mL", "v", 100, 2, 0.25, 0.2, 0, 3000) { PlusNominal = true, Wear = new(-1.7, false, "seal of filling valve") { AgainstSiblings = true } }],
        Meters = [Energy(22), new("co2", "Carbon dioxide", "kg", 0.2, 0, 2.4)],
        Failures =
        [
            Wear("bearing", "Main bearing wear", 1205, days: (24, 36), every: 6, new SignalEffect("bearing_vibration", 3.2, 2), new("bearing_temperature", 12)) with
            {
                Progress = Progress.Cubic, LeftAtStart = TimeSpan.FromDays(8), RepairMinutes = 150,
            },
            Dropout("product_temperature"),
            Frozen("drive_current"),
            Quick("regulator-hunting", "Pressure regulator hunts", 1206, hours: (4, 10), every: 14, new SignalEffect("bowl_pressure", 0, 2.5, 0.25, 45), new("fill_volume", 0, 2)) with { Rejects = 0.004 },
            Wear("valve-seal", "Seal of a filling valve worn", 1208, days: (3, 9), every: 12, new SignalEffect("valve_volume", -1.8, 1.3)) with { Components = 100, Rejects = 0.002, RepairMinutes = 20 },
            Quick("warm-product", "Warm product foams", 1207, hours: (3, 8), every: 16, new SignalEffect("product_temperature", 6), new("fill_volume", -2.5, 2)) with { Rejects = 0.01, RepairMinutes = 12 },
        ],
    };

    public static MachineModel Capper { get; } = new()
    {
        Id = "capper",
        Name = "Capper",
        Kind = "capper",
        SpeedFactor = 1.05,
        Codes = StateCodes.Weihenstephan,
        RatedKilowatt = 5.5,
        RejectProbability = 0.0002,
        Faults =
        [
            new(1301, "Cap jam in the chute", "mechanical", 95, 40, 0.6),
            new(1302, "Cap missing on several bottles", "process", 300, 70, 0.6),
            new(2301, "Cap hopper empty", "material", 800, 180, 0.6, Condition.LackBranch),
        ],
        Signals =
        [
            new("cap_torque", "Mean cap torque", "N.m", 1.7, 1.7, 60, 0.01, 0, 5),
            new("top_load", "Top load", "N", 180, 0, 2, 4, 0, 500),
            new("hopper_level", "Cap hopper level", "%", 65, 65, 600, 3, 0, 100),
        ],
        Series = [new("head_torque", "Cap torque of head", "N.m", "h", 20, 1.7, 0.03, 0.02, 0, 5) { Wear = new(1.42, false, "clutch of capping head") }],
        Meters = [Energy(5.5)],
        Failures =
        [
            Wear("clutch-wear", "Clutch of a capping head worn", 1303, days: (5, 14), every: 30, new SignalEffect("head_torque", -0.3, 2.5)) with { Rejects = 0.008, Components = 20 },
            Quick("low-top-load", "Top load too low", 1304, hours: (3, 9), every: 25, new SignalEffect("top_load", -45, 1.5)) with { Rejects = 0.006, RepairMinutes = 15 },
        ],
    };

    public static MachineModel Inspector { get; } = new()
    {
        Id = "inspector",
        Name = "Fill level and cap inspector",
        Kind = "inspector",
        SpeedFactor = 1.25,
        Codes = StateCodes.Weihenstephan,
        RejectProbability = 0.004,
        RatedKilowatt = 1.5,
        Faults =
        [
            new(1401, "Too many rejects in a row", "process", 380, 60, 0.6),
            new(1402, "Reject bin full", "material", 700, 90, 0.5),
        ],
        Signals =
        [
            InfeedFill,
            new("lamp_level", "Lamp level", "%", 92, 92, 30, 0.4, 0, 110) { Wear = new(83, false, "optics") },
            new("gain", "Camera gain", "1", 6, 6, 30, 0.1, 0, 40),
        ],
        Meters = [Energy(1.5)],
        Failures =
        [
            Wear("dirty-optics", "Dirty optics", 1403, days: (1.5, 4), every: 12, new SignalEffect("lamp_level", -9), new("gain", 3)) with { Rejects = 0.008, RepairMinutes = 9 },
        ],
    };

    public static MachineModel Pasteuriser { get; } = new()
    {
        Id = "pasteuriser",
        Name = "Pasteuriser",
        Kind = "pasteuriser",
        SpeedFactor = 1.05,
        Codes = StateCodes.Weihenstephan,
        RatedKilowatt = 30,
        RejectProbability = 0.0005,
        Faults =
        [
            new(1501, "Bottle jam at the discharge", "mechanical", 300, 80, 0.6),
            new(1502, "Belt drive overload", "electrical", 4200, 1500, 0.5),
        ],
        Signals =
        [
            InfeedFill,
            new("zone1_temperature", "Zone 1 temperature", "Cel", 35, 35, 300, 0.15, 0, 100) { ResidenceMinutes = 10 },
            new("zone2_temperature", "Zone 2 temperature", "Cel", 50, 50, 300, 0.15, 0, 100) { ResidenceMinutes = 10 },
            new("zone3_temperature", "Zone 3 temperature", "Cel", 62, 62, 300, 0.15, 0, 100) { ResidenceMinutes = 10 },
            new("spray_pressure", "Spray pressure", "bar", 1.1, 1.1, 10, 0.03, 0, 5) { Wear = new(1.4, true, "spray nozzles") },
            new("belt_current", "Belt current", "A", 18, 2, 3, 0.5, 0, 60),
        ],
        Meters = [Energy(30), new("water", "Water", "m3", 0.1, 2.5), new("steam", "Steam", "kg", 60, 900)],
        Failures =
        [
            Quick("steam-valve", "Steam valve sticks", 1503, hours: (3, 8), every: 18, new SignalEffect("zone3_temperature", -2.2, 2, 0.8, 400), new("zone2_temperature", -1)) with { Rejects = 0.01 },
            Wear("nozzle-clog", "Spray nozzles clogged", 1504, days: (3, 9), every: 30, new SignalEffect("spray_pressure", 0.3)),
        ],
    };

    public static MachineModel Labeller { get; } = new()
    {
        Id = "labeller",
        Name = "Labeller",
        Kind = "labeller",
        SpeedFactor = 1.10,
        Codes = StateCodes.Weihenstephan,
        RatedKilowatt = 15,
        RejectProbability = 0.0015,
        CounterMaximum = 999_999,
        Faults =
        [
            new(1601, "Label web torn", "process", 70, 60, 0.6),
            new(1602, "Label not transferred", "process", 110, 30, 0.7),
            new(1603, "Glue pump failure", "electrical", 2200, 1100, 0.6),
            new(2601, "Label reel empty", "material", 400, 150, 0.5, Condition.LackBranch),
        ],
        Signals =
        [
            InfeedFill,
            new("glue_temperature", "Hot melt temperature", "Cel", 150, 145, 300, 0.5, 0, 220),
            new("vacuum", "Vacuum drum pressure", "bar", -0.74, -0.1, 3, 0.008, -1, 0.2),
            new("web_tension", "Web tension", "N", 25, 5, 1, 0.8, 0, 100),
            new("cutter_current", "Cutter current", "A", 3.2, 0.3, 1, 0.12, 0, 20) { Wear = new(4.5, true, "cutter") },
        ],
        Meters = [Energy(15), Air(1, 6)],
        Failures =
        [
            Quick("heater-loss", "Glue heater lost", 1604, hours: (0.8, 2.5), every: 14, new SignalEffect("glue_temperature", -32)) with { Progress = Progress.Saturating, Rejects = 0.02 },
            Quick("vacuum-leak", "Vacuum leak", 1605, hours: (4, 12), every: 15, new SignalEffect("vacuum", 0.24, 2)) with { Rejects = 0.012 },
            StuckPhotoEye(1607),
            Wear("blunt-cutter", "Cutter blunt", 1606, days: (6, 14), every: 25, new SignalEffect("cutter_current", 1.3, 1.8)) with { Rejects = 0.006, RepairMinutes = 25 },
        ],
    };

    public static MachineModel Packer { get; } = new()
    {
        Id = "packer",
        Name = "Packer",
        Kind = "packer",
        SpeedFactor = 1.20,
        Codes = StateCodes.Weihenstephan,
        RatedKilowatt = 18,
        RejectProbability = 0.0002,
        CountersResetWithOrder = true,
        Faults =
        [
            new(1701, "Carton not erected", "process", 60, 45, 0.6),
            new(1702, "Bottle dropped by the gripper", "mechanical", 150, 70, 0.7),
            new(1703, "Servo following error", "electrical", 1700, 1500, 0.6),
            new(2701, "Cartons missing", "material", 500, 200, 0.6, Condition.LackBranch),
        ],
        Signals =
        [
            InfeedFill,
            new("hot_melt_temperature", "Hot melt temperature", "Cel", 167, 160, 300, 0.6, 0, 230),
            new("vacuum_build_time", "Gripper vacuum build-up time", "ms", 210, 210, 20, 5, 0, 2000) { Wear = new(305, true, "gripper cups") },
            new("servo_torque", "Servo torque", "N.m", 42, 2, 1, 1.2, 0, 150),
            new("following_error", "Servo following error", "mm", 0.35, 0.02, 1, 0.03, 0, 20),
        ],
        Meters = [Energy(18), Air(2, 18)],
        Failures =
        [
            Frozen("hot_melt_temperature"),
            StuckPhotoEye(1706),
            Wear("cup-wear", "Gripper cups worn", 1704, days: (4, 10), every: 20, new SignalEffect("vacuum_build_time", 95, 1.8)) with { RepairMinutes = 35 },
            Quick("slack-belt", "Drive belt slack", 1705, hours: (5, 12), every: 22, new SignalEffect("following_error", 0.5, 2.5), new("servo_torque", 4, 2)) with { RepairMinutes = 40 },
        ],
    };

    public static MachineModel Palletiser { get; } = new()
    {
        Id = "palletiser",
        Name = "Palletiser",
        Kind = "palletiser",
        SpeedFactor = 1.30,
        RatedKilowatt = 20,
        Faults =
        [
            new(1801, "Film torn", "process", 120, 90, 0.6),
            new(1802, "Layer not complete", "mechanical", 170, 45, 0.6),
            new(1803, "Hoist fault", "electrical", 3000, 1600, 0.5),
            new(2801, "Pallets missing", "material", 900, 260, 0.6, Condition.LackBranch),
        ],
        Signals =
        [
            InfeedFill,
            new("layer_cycle", "Layer cycle time", "s", 14, 0, 5, 0.3, 0, 60),
            new("hoist_current", "Hoist current", "A", 9, 0.5, 2, 0.4, 0, 40),
            new("gearbox_temperature", "Gearbox temperature", "Cel", 48, 24, 1500, 0.4, -10, 150) { Ambient = 1.5, Wear = new(68, true, "gearbox oil") },
            new("position_error", "Hoist position error", "mm", 1.2, 1.2, 10, 0.15, -50, 50) { Wear = new(4.7, true, "hoist chain") },
        ],
        Meters = [Energy(20), Air(1, 5)],
        Failures =
        [
            Dropout("hoist_current"),
            Wear("low-oil", "Gearbox low on oil", 1804, days: (1, 3), every: 20, new SignalEffect("gearbox_temperature", 21)) with { RepairMinutes = 45 },
            Wear("chain-stretch", "Hoist chain stretched", 1805, days: (14, 40), every: 60, new SignalEffect("position_error", 3.5)),
        ],
    };

    private static SignalModel InfeedFill =>
        new("infeed_fill", "Buffer before the machine", "%", 0, 0, 1, 0.4, 0, 100) { IsInfeedFill = true, Decimals = 1 };

    private static MeterModel Energy(double ratedKilowatt) =>
        new("energy", "Electrical energy", "kW.h", ratedKilowatt * 0.12, ratedKilowatt * 0.55);

    private static MeterModel Air(double leakPerHour, double perRunHour) =>
        new("compressed_air", "Compressed air", "m3", leakPerHour, perRunHour);

    /// <summary>The eye that watches the buffer shows the same whatever happens before it.</summary>
    private static FailureMode StuckPhotoEye(int code) =>
        Quick("stuck-photo-eye", "Photo-eye of the infeed stuck", code, (2, 10), 18, new SignalEffect("infeed_fill", 0, Kind: EffectKind.Stuck)) with { RepairMinutes = 6 };

    /// <summary>Nothing is wrong with the machine: the sensor is silent for a while.</summary>
    private static FailureMode Dropout(string signal) => Confounder("dropout-" + signal.Replace('_', '-'), "Sensor silent", (0.1, 0.8), signal, EffectKind.Dropout);

    /// <summary>Nothing is wrong with the machine: the sensor shows the same value for a while.</summary>
    private static FailureMode Frozen(string signal) => Confounder("stuck-" + signal.Replace('_', '-'), "Sensor value stuck", (0.5, 4), signal, EffectKind.Stuck);

    private static FailureMode Confounder(string id, string name, (double Shortest, double Longest) hours, string signal, EffectKind kind) =>
        Quick(id, name, 0, hours, 8, new SignalEffect(signal, 0, Kind: kind)) with { Benign = true, RepairMinutes = 0 };

    private static FailureMode Quick(string id, string name, int code, (double Shortest, double Longest) hours, double every, params SignalEffect[] effects) =>
        new()
        {
            Id = id,
            Name = name,
            FaultCode = code,
            Effects = effects,
            Course = (TimeSpan.FromHours(hours.Shortest), TimeSpan.FromHours(hours.Longest)),
            MeanBetween = TimeSpan.FromDays(every),
        };

    private static FailureMode Wear(string id, string name, int code, (double Shortest, double Longest) days, double every, params SignalEffect[] effects) =>
        Quick(id, name, code, (days.Shortest * 24, days.Longest * 24), every, effects) with { RepairMinutes = 60 };
}
