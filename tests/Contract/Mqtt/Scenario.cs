using Linewatch.Mqtt;

namespace Linewatch.Tests.Contract.Mqtt;

/// <summary>One thing every broker must do, as seen on the wire.</summary>
/// <param name="Name">What it must do, for people.</param>
/// <param name="Run">Does it and asserts.</param>
internal sealed record Scenario(string Name, Func<ScenarioWorld, Task> Run)
{
    /// <summary>The one version that knows it; null = both.</summary>
    public MqttVersion? Only { get; init; }

    /// <summary>Whether it needs the access rules of <see cref="ConformanceBrokers"/>.</summary>
    public bool NeedsRules { get; init; }

    /// <summary>Whether it waits for seconds of the broker's clock: then it is run once, and not again with users and rules.</summary>
    public bool IsTimed { get; init; }

    /// <summary>Why mosquitto 2.0.11 does not pass; null = it does.</summary>
    public string? MosquittoDiffers { get; init; }

    /// <summary>Whether <see cref="MosquittoDiffers"/> is about one version only; null = every version it runs in.</summary>
    public MqttVersion? MosquittoDiffersIn { get; init; }

    /// <summary>Every scenario there is.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
        [
            .. ConnectionScenarios.All, .. BrokenPacketScenarios.All, .. DeliveryScenarios.All, .. RetainedScenarios.All, .. SessionScenarios.All,
            .. V5Scenarios.All, .. SharedScenarios.All, .. FlowScenarios.All, .. AcknowledgementScenarios.All, .. AccessScenarios.All,
        ];
}
