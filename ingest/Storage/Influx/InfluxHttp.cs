using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Linewatch.Storage.Influx;

/// <summary>The HTTP API of InfluxDB 1.x, 2.x and 3.x: writes, InfluxQL queries, and what their answers mean. Thread-safe.</summary>
internal sealed class InfluxHttp : IDisposable
{
    /// <summary>Longest part of an error text that is passed on.</summary>
    private const int MaximumError = 500;

    private readonly StorageOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;
    private readonly Uri _write;
    private readonly Uri _writeDownsampled;
    private readonly bool _compresses;

    public InfluxHttp(StorageOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _compresses = options.Compresses;
        Uri root = new(options.Url.EndsWith('/') ? options.Url : options.Url + "/");
        _client = new HttpClient(new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = options.Connections + 4,
            UseCookies = false,
        })
        {
            BaseAddress = root,
            Timeout = TimeSpan.FromSeconds(options.TimeoutSeconds),
        };
        _client.DefaultRequestHeaders.Authorization = Authorization(options);
        _write = WritePath(options, options.Database, "");
        _writeDownsampled = WritePath(options, DownsampledBucket, "&rp=" + InfluxSetup.DownsampledPolicy);
    }

    /// <summary>Name of the bucket of the downsampled series (2.x).</summary>
    public string DownsampledBucket => $"{_options.Database}_{InfluxSetup.DownsampledPolicy}";

    /// <summary>Writes lines.</summary>
    /// <exception cref="StoreUnavailableException">Away, overloaded, or not set up; nothing is known to be stored.</exception>
    public async Task<InfluxOutcome> WriteAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken, bool downsampled = false)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, downsampled ? _writeDownsampled : _write) { Content = Content(lines) };
        using HttpResponseMessage response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        return response.StatusCode switch
        {
            _ when response.IsSuccessStatusCode => default,
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.RequestEntityTooLarge =>
                new InfluxOutcome(await ErrorAsync(response, cancellationToken)),
            _ => throw await UnavailableAsync(response, cancellationToken),
        };
    }

    /// <summary>Runs one InfluxQL statement. The caller disposes the answer.</summary>
    /// <exception cref="StoreUnavailableException">Away, overloaded, or not set up.</exception>
    /// <exception cref="InvalidDataException">The database does not take the statement.</exception>
    public async Task<JsonDocument> QueryAsync(string statement, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "query")
        {
            Content = new FormUrlEncodedContent([new("db", _options.Database), new("epoch", "ns"), new("q", statement)]),
        };
        using HttpResponseMessage response = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode is HttpStatusCode.BadRequest)
        {
            throw new InvalidDataException($"InfluxDB does not take '{statement}': {await ErrorAsync(response, cancellationToken)}");
        }

        if (!response.IsSuccessStatusCode)
        {
            throw await UnavailableAsync(response, cancellationToken);
        }

        JsonDocument document;
        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
            document = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or JsonException)
        {
            throw new StoreUnavailableException($"InfluxDB at {_client.BaseAddress} broke off its answer: {exception.Message}", inner: exception);
        }

        // A statement that was taken may still fail: 200 with an error inside.
        JsonElement result = document.RootElement.GetProperty("results")[0];
        if (result.TryGetProperty("error", out JsonElement error))
        {
            using (document)
            {
                string text = error.GetString() ?? "unknown error";
                throw text.StartsWith("database not found", StringComparison.Ordinal)
                    ? new StoreUnavailableException($"InfluxDB at {_client.BaseAddress}: {text}")
                    : new InvalidDataException($"InfluxDB does not take '{statement}': {text}");
            }
        }

        return document;
    }

    /// <summary>Sends any other request of the API; a failure to reach the database is a <see cref="StoreUnavailableException"/>.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.SendAsync(request, completion, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            string what = exception is OperationCanceledException
                ? string.Create(CultureInfo.InvariantCulture, $"did not answer within {_options.TimeoutSeconds} s")
                : "cannot be reached: " + exception.Message;
            throw new StoreUnavailableException($"InfluxDB at {_client.BaseAddress} {what}", inner: exception);
        }
    }

    /// <summary>The answer as an exception: what it said, when to try again, and which setting may be wrong.</summary>
    public async Task<StoreUnavailableException> UnavailableAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string hint = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "; check Linewatch:Storage:Token",
            HttpStatusCode.NotFound => "; check Linewatch:Storage:Url, Database and Api",
            _ => "",
        };
        string error = await ErrorAsync(response, cancellationToken);
        return new StoreUnavailableException(
            string.Create(CultureInfo.InvariantCulture, $"InfluxDB at {_client.BaseAddress} answered {(int)response.StatusCode}: {error}{hint}"), RetryAfter(response));
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static Uri WritePath(StorageOptions options, string bucket, string policy) => new(
        options.UsesApi2
            ? $"api/v2/write?org={Uri.EscapeDataString(options.Organization)}&bucket={Uri.EscapeDataString(bucket)}&precision=ns"
            : $"write?db={Uri.EscapeDataString(options.Database)}{policy}&precision=ns",
        UriKind.Relative);

    private static AuthenticationHeaderValue? Authorization(StorageOptions options) =>
        string.IsNullOrEmpty(options.Token) ? null
        : options.UsesApi2 ? new AuthenticationHeaderValue("Token", options.Token)
        : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(options.Token)));

    private HttpContent Content(ReadOnlyMemory<byte> lines)
    {
        if (!_compresses)
        {
            return new ReadOnlyMemoryContent(lines);
        }

        MemoryStream compressed = new(lines.Length / 3);
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(lines.Span);
        }

        ByteArrayContent content = new(compressed.GetBuffer(), 0, (int)compressed.Length);
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        TimeSpan? wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _clock.GetUtcNow(),
            _ => null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static async Task<string> ErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string body = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            foreach (string name in (ReadOnlySpan<string>)["error", "message"])
            {
                if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out JsonElement text))
                {
                    body = text.ToString();
                    break;
                }
            }
        }
        catch (JsonException)
        {
            // Not every proxy in between answers in JSON.
        }

        body = body.Trim();
        return body.Length > MaximumError ? body[..MaximumError] + " …" : body;
    }
}
