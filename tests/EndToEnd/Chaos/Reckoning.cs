using System.Globalization;

namespace Linewatch.Tests.EndToEnd.Chaos;

/// <summary>What came of one scenario.</summary>
/// <param name="Scenario">What was done.</param>
/// <param name="Blows">How often.</param>
/// <param name="Acknowledged">Messages acknowledged to the publishers: the ledger.</param>
/// <param name="Received">Messages in the balance, redeliveries among them.</param>
internal sealed record Reckoning(string Scenario, int Blows, int Acknowledged, int Received)
{
    /// <summary>Distinct messages in the store.</summary>
    public int Stored { get; set; }

    /// <summary>Acknowledged, handed over to Linewatch, and not in the store.</summary>
    public int Missing { get; set; }

    /// <summary>In the store more than once.</summary>
    public int Doubled { get; set; }

    /// <summary>In the store with an event time that is not theirs.</summary>
    public int Wrong { get; set; }

    /// <summary>Acknowledged by mosquitto, which was then killed with them in its memory: they never came to Linewatch.</summary>
    public int LostByBroker { get; set; }

    public int Duplicates { get; init; }

    public int Quarantined { get; init; }

    public int BalanceDifference { get; init; }

    public static string Head => "| scenario | blows | acknowledged | received | duplicates | stored | missing | doubled | wrong | lost in a killed mosquitto | balance |\n|---|---|---|---|---|---|---|---|---|---|---|";

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Scenario} | {Blows} | {Acknowledged:#,0} | {Received:#,0} | {Duplicates:#,0} | {Stored:#,0} | {Missing} | {Doubled} | {Wrong} | {LostByBroker} | {BalanceDifference} |");
}
