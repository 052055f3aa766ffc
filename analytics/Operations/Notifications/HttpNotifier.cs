using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Linewatch.Operations.Notifications;

/// <summary>
/// HTTP POST of JSON: the plain webhook with the machine payload, and the shapes that Teams and Slack take. The
/// Idempotency-Key is the notification's id. With a secret, <c>X-Linewatch-Signature: t=…,v1=…</c> carries the Unix
/// seconds and the lower-case hex HMAC-SHA-256 of <c>"{t}.{body}"</c>.
/// </summary>
internal sealed class HttpNotifier(NotificationChannelKind kind, IHttpClientFactory clients, TimeProvider clock) : INotifier
{
    /// <summary>Name of the HTTP client.</summary>
    public const string Client = "linewatch-notifications";

    public NotificationChannelKind Kind => kind;

    public async Task SendAsync(NotificationChannel channel, Notification notification, CancellationToken cancellationToken)
    {
        byte[] body = Encoding.UTF8.GetBytes(Body(notification));
        using HttpRequestMessage request = new(HttpMethod.Post, channel.Address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        request.Headers.Add("Idempotency-Key", notification.Id);
        if (channel.Secret.Length > 0)
        {
            request.Headers.Add("X-Linewatch-Signature", Sign(channel.Secret, body, clock.GetUtcNow()));
        }

        using HttpClient client = clients.CreateClient(Client);
        using HttpResponseMessage response = await client.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        string answer = $"{channel.Address} answers {(int)response.StatusCode}";
        throw response.StatusCode is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError
            and not HttpStatusCode.RequestTimeout and not HttpStatusCode.TooManyRequests
            and not HttpStatusCode.Unauthorized and not HttpStatusCode.Forbidden and not HttpStatusCode.NotFound
                ? new NotificationRefusedException(answer)
                : new HttpRequestException(answer, null, response.StatusCode);
    }

    /// <summary>The value of the signature header.</summary>
    internal static string Sign(string secret, byte[] body, DateTimeOffset at)
    {
        string seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(seconds), (byte)'.', .. body];
        return $"t={seconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }

    /// <summary>Whether a signature header was made with the secret for this body, not longer ago than allowed. Takes the same time whatever is wrong.</summary>
    internal static bool IsSignedBy(string secret, string signature, byte[] body, DateTimeOffset now, TimeSpan oldest)
    {
        if (signature.Split(",v1=") is not [['t', '=', ..] time, _] || !long.TryParse(time.AsSpan(2), CultureInfo.InvariantCulture, out long seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - seconds) > oldest.TotalSeconds)
        {
            return false;
        }

        string expected = Sign(secret, body, DateTimeOffset.FromUnixTimeSeconds(seconds));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(signature));
    }

    private string Body(Notification notification) => kind switch
    {
        NotificationChannelKind.Slack => JsonSerializer.Serialize(new { text = $"*{notification.Subject}*\n{notification.Body}" }),
        NotificationChannelKind.Teams => TeamsCard(notification),
        _ => notification.Payload,
    };

    /// <summary>An adaptive card within the message envelope that Teams workflows take.</summary>
    private static string TeamsCard(Notification notification)
    {
        Dictionary<string, object> card = new()
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["body"] = new object[]
            {
                new { type = "TextBlock", text = notification.Subject, weight = "Bolder", wrap = true },
                new { type = "TextBlock", text = notification.Body, wrap = true },
            },
        };
        return JsonSerializer.Serialize(new
        {
            type = "message",
            attachments = new object[] { new { contentType = "application/vnd.microsoft.card.adaptive", content = card } },
        });
    }
}
