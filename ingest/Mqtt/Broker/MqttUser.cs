using System.Security.Cryptography;
using System.Text;

namespace Linewatch.Mqtt;

/// <summary>A user of the broker.</summary>
public sealed record MqttUser
{
    private const int Iterations = 100_000;
    private const int SaltSize = 16;
    private const int HashSize = 32;

    /// <summary>User name in CONNECT.</summary>
    public required string Name { get; init; }

    /// <summary>Password as <see cref="Hash"/> makes it; null = no password opens this user, only a certificate. Default null.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Common name of a client certificate that stands for user name and password; null = none. Default null.</summary>
    public string? CertificateName { get; init; }

    /// <summary>Access list, first match decides. Default: everything.</summary>
    public IReadOnlyList<MqttAccessRule> Rules { get; init; } = [new("#", MqttAccess.Both)];

    /// <summary>Hashes a password with PBKDF2-SHA-256 and a fresh salt: <c>iterations:salt:hash</c>, the last two in Base64.</summary>
    public static string Hash(string password)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltSize);
        byte[] hash = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, HashSize);
        return $"{Iterations}:{Convert.ToBase64String(salt)}:{Convert.ToBase64String(hash)}";
    }

    /// <summary>Whether a password fits a hash; false as well when the hash is not one.</summary>
    internal static bool Verify(ReadOnlySpan<byte> password, string passwordHash)
    {
        string[] parts = passwordHash.Split(':');
        if (parts.Length != 3 || !int.TryParse(parts[0], out int iterations) || iterations is < 1 or > 10_000_000)
        {
            return false;
        }

        byte[] salt = Convert.FromBase64String(parts[1]);
        byte[] expected = Convert.FromBase64String(parts[2]);
        byte[] actual = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, expected.Length);
        return CryptographicOperations.FixedTimeEquals(actual, expected);
    }

    internal static bool IsHash(string passwordHash)
    {
        string[] parts = passwordHash.Split(':');
        Span<byte> target = stackalloc byte[128];
        return parts.Length == 3 && int.TryParse(parts[0], out int iterations) && iterations is >= 1 and <= 10_000_000
            && Convert.TryFromBase64String(parts[1], target, out int salt) && salt >= 8
            && Convert.TryFromBase64String(parts[2], target, out int hash) && hash >= 16;
    }
}
