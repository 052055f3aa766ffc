namespace Linewatch.Mqtt;

/// <summary>What a client is doing.</summary>
public enum MqttClientState
{
    /// <summary>Not started.</summary>
    Idle,

    /// <summary>Making the first connection.</summary>
    Connecting,

    /// <summary>Connected, every subscription confirmed.</summary>
    Connected,

    /// <summary>The connection was lost or could not be made; trying again.</summary>
    Reconnecting,

    /// <summary>Disposed.</summary>
    Closed,
}
