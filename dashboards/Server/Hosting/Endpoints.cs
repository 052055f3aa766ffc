using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Linewatch.Server.Hosting;

/// <summary>Addresses to listen on.</summary>
internal static class Endpoints
{
    /// <summary>Reads <c>address:port</c> or <c>http://address:port</c>; <c>*</c>, <c>+</c> and <c>0.0.0.0</c> mean every address.</summary>
    /// <exception cref="InvalidDataException">It is neither; the message names the setting.</exception>
    public static IPEndPoint Parse(string text, string setting)
    {
        string rest = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? text[7..].TrimEnd('/') : text;
        int colon = rest.LastIndexOf(':');
        if (colon < 0
            || !int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port is < 1 or > 65535)
        {
            throw new InvalidDataException($"{setting} '{text}' is not address:port with a port of 1 to 65535");
        }

        string host = rest[..colon];
        IPAddress? address = host switch
        {
            "*" or "+" or "0.0.0.0" => IPAddress.Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? parsed) ? parsed : null,
        };
        return new IPEndPoint(
            address ?? throw new InvalidDataException($"{setting} '{text}': '{host}' is neither an IP address of this machine nor localhost nor *"), port);
    }

    /// <summary>Why nothing can listen there, in words that name the port and the setting; null when it is free.</summary>
    public static string? Conflict(IPEndPoint endpoint, string setting, string option)
    {
        string variable = "LINEWATCH__" + setting.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant();
        try
        {
            using TcpListener probe = new(endpoint);
            probe.Start();
            return null;
        }
        catch (SocketException fault)
        {
            return fault.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? $"port {endpoint.Port} of {endpoint.Address} is in use by another program; choose another with {option} or {variable}"
                : $"cannot listen on {endpoint} ({fault.Message}); change it with {option} or {variable}";
        }
    }
}
