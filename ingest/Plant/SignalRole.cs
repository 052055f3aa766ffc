namespace Linewatch.Plants;

/// <summary>What a signal means to the engines; in plant.yaml written in kebab case (<c>count-total</c>).</summary>
public enum SignalRole
{
    /// <summary>A process value: pressure, temperature, current, torque, vibration …</summary>
    Process,

    /// <summary>The machine's state code (PackML, Weihenstephan or own).</summary>
    State,

    /// <summary>The machine's mode code (production, maintenance, manual …).</summary>
    Mode,

    /// <summary>The programme code (production, clean, changeover, break …).</summary>
    Program,

    /// <summary>The code of the first fault of the current stop.</summary>
    FaultCode,

    /// <summary>Whether the machine waits for units to come (PackML <c>EquipmentStarved</c>); 0 = no.</summary>
    Starved,

    /// <summary>Whether the machine waits for room behind it (PackML <c>EquipmentBlocked</c>); 0 = no.</summary>
    Blocked,

    /// <summary>Cumulative count of all units processed, good and bad.</summary>
    CountTotal,

    /// <summary>Cumulative count of good units.</summary>
    CountGood,

    /// <summary>Cumulative count of rejected units.</summary>
    CountReject,

    /// <summary>Current speed, units per hour.</summary>
    Speed,

    /// <summary>Identifier of the product now made (text).</summary>
    Product,

    /// <summary>Identifier of the order now made (text).</summary>
    Order,

    /// <summary>Other text worth keeping.</summary>
    Text,

    /// <summary>A meter: energy, water, compressed air, running hours; cumulative.</summary>
    Meter,
}
