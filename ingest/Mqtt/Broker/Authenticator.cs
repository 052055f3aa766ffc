using System.Collections.Concurrent;
using System.Security.Cryptography;
using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>Decides who a client is: by certificate, by user and password, or anonymous.</summary>
internal sealed class Authenticator(MqttBrokerOptions options)
{
    private readonly Dictionary<string, MqttUser> _users = options.Users.ToDictionary(user => user.Name, StringComparer.Ordinal);
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    // A reconnecting plant would spend seconds on PBKDF2: passwords that fitted are remembered under a key of this process.
    private readonly ConcurrentDictionary<string, byte[]> _verified = new(StringComparer.Ordinal);

    /// <summary>The user's name and access rules, or the reason for refusal.</summary>
    public MqttReasonCode Authenticate(ConnectPacket connect, string? certificateName, out string? user, out IReadOnlyList<MqttAccessRule> rules)
    {
        user = null;
        rules = options.AnonymousRules;
        if (certificateName is not null && options.Users.FirstOrDefault(known => known.CertificateName == certificateName) is { } owner)
        {
            (user, rules) = (owner.Name, owner.Rules);
            return MqttReasonCode.Success;
        }

        if (connect.UserName is null || _users.Count == 0)
        {
            return options.AllowAnonymous ? MqttReasonCode.Success : MqttReasonCode.NotAuthorized;
        }

        if (!_users.TryGetValue(connect.UserName, out MqttUser? found) || found.PasswordHash is null || !Fits(found, connect.Password ?? []))
        {
            return MqttReasonCode.BadUserNameOrPassword;
        }

        (user, rules) = (found.Name, found.Rules);
        return MqttReasonCode.Success;
    }

    private bool Fits(MqttUser user, byte[] password)
    {
        byte[] mark = HMACSHA256.HashData(_key, password);
        if (_verified.TryGetValue(user.Name, out byte[]? known) && CryptographicOperations.FixedTimeEquals(mark, known))
        {
            return true;
        }

        if (!PasswordHashing.Verify(password, user.PasswordHash!))
        {
            return false;
        }

        _verified[user.Name] = mark;
        return true;
    }
}
