using System.Security.Cryptography;
using System.Text;

namespace Linewatch.Mqtt;

/// <summary>
/// Hashes of passwords: ours, <c>iterations:salt:hash</c> with PBKDF2-SHA-256, and those of <c>mosquitto_passwd</c>,
/// <c>$7$iterations$salt$hash</c> (PBKDF2-SHA-512) and <c>$6$salt$hash</c> (SHA-512 of password and salt). Salt and hash are
/// Base64.
/// </summary>
internal static class PasswordHashing
{
    private const int Iterations = 100_000;
    private const int SaltSize = 16;
    private const int HashSize = 32;
    private const int MostIterations = 10_000_000;

    private enum Kind
    {
        Pbkdf2Sha256,
        Pbkdf2Sha512,
        Sha512,
    }

    public static string Hash(string password)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltSize);
        byte[] hash = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, HashSize);
        return $"{Iterations}:{Convert.ToBase64String(salt)}:{Convert.ToBase64String(hash)}";
    }

    /// <summary>Whether a text is a hash of one of the three kinds.</summary>
    public static bool IsHash(string text) => TryParse(text, out _, out _, out _, out _);

    /// <summary>Whether a password fits a hash; false as well when the hash is not one. Takes the same time whether it fits or not.</summary>
    public static bool Verify(ReadOnlySpan<byte> password, string passwordHash)
    {
        if (!TryParse(passwordHash, out Kind kind, out int iterations, out byte[] salt, out byte[] expected))
        {
            return false;
        }

        byte[] actual = kind switch
        {
            Kind.Pbkdf2Sha256 => Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, expected.Length),
            Kind.Pbkdf2Sha512 => Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA512, expected.Length),
            _ => SHA512.HashData([.. password, .. salt]),
        };
        return CryptographicOperations.FixedTimeEquals(actual, expected);
    }

    private static bool TryParse(string text, out Kind kind, out int iterations, out byte[] salt, out byte[] hash)
    {
        string[] parts = text.Split(text.StartsWith('$') ? '$' : ':');
        (kind, string count, string[] rest) = parts switch
        {
            [string number, string first, string second] => (Kind.Pbkdf2Sha256, number, new[] { first, second }),
            ["", "7", string number, string first, string second] => (Kind.Pbkdf2Sha512, number, [first, second]),
            ["", "6", string first, string second] => (Kind.Sha512, "1", [first, second]),
            _ => (default, "", []),
        };
        (salt, hash) = ([], []);
        return int.TryParse(count, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out iterations)
            && iterations is >= 1 and <= MostIterations
            && TryDecode(rest[0], 8, out salt)
            && TryDecode(rest[1], 16, out hash);
    }

    private static bool TryDecode(string text, int least, out byte[] bytes)
    {
        Span<byte> target = stackalloc byte[128];
        bool decoded = text.Length <= 128 && Convert.TryFromBase64String(text, target, out int written) && written >= least;
        bytes = decoded ? Convert.FromBase64String(text) : [];
        return decoded;
    }
}
