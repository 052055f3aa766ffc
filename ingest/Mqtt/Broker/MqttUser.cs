namespace Linewatch.Mqtt;

/// <summary>A user of the broker.</summary>
public sealed record MqttUser
{
    /// <summary>User name in CONNECT.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Password as <see cref="Hash"/> or <c>mosquitto_passwd</c> makes it; null = no password opens this user, only a
    /// certificate. Default null.
    /// </summary>
    public string? PasswordHash { get; init; }

    /// <summary>Common name of a client certificate that stands for user name and password; null = none. Default null.</summary>
    public string? CertificateName { get; init; }

    /// <summary>Access list, first match decides. Default: everything.</summary>
    public IReadOnlyList<MqttAccessRule> Rules { get; init; } = [new("#", MqttAccess.Both)];

    /// <summary>Hashes a password with PBKDF2-SHA-256 and a fresh salt: <c>iterations:salt:hash</c>, the last two in Base64.</summary>
    public static string Hash(string password) => PasswordHashing.Hash(password);
}
