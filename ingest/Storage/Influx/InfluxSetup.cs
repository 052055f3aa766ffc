using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Linewatch.Storage.Influx;

/// <summary>
/// Creates database and retention policies (1.x), or buckets and the mapping that lets InfluxQL find them (2.x), where
/// missing and allowed. A 2.x-like database without those paths is left as it is: the first write tells.
/// </summary>
internal static class InfluxSetup
{
    /// <summary>Retention policy of the downsampled series, which are kept for ever.</summary>
    public const string DownsampledPolicy = "downsampled";

    public static Task EnsureCreatedAsync(InfluxHttp http, StorageOptions options, CancellationToken cancellationToken) =>
        !options.Create ? Task.CompletedTask
        : options.UsesApi2 ? CreateBucketsAsync(http, options, cancellationToken)
        : CreateDatabaseAsync(http, options, cancellationToken);

    private static async Task CreateDatabaseAsync(InfluxHttp http, StorageOptions options, CancellationToken cancellationToken)
    {
        string database = InfluxQl.Name(options.Database);
        string duration = options.RetentionDays == 0 ? "INF" : string.Create(CultureInfo.InvariantCulture, $"{options.RetentionDays}d");
        string policy = InfluxQl.Name(DownsampledPolicy);
        foreach (string statement in (string[])[
            $"CREATE DATABASE {database}",
            $"ALTER RETENTION POLICY \"autogen\" ON {database} DURATION {duration} DEFAULT",
            $"CREATE RETENTION POLICY {policy} ON {database} DURATION INF REPLICATION 1"])
        {
            (await http.QueryAsync(statement, cancellationToken)).Dispose();
        }
    }

    private static async Task CreateBucketsAsync(InfluxHttp http, StorageOptions options, CancellationToken cancellationToken)
    {
        JsonElement? organizations = await SendAsync(http, HttpMethod.Get, $"api/v2/orgs?org={Uri.EscapeDataString(options.Organization)}", null, cancellationToken);
        if (Items(organizations, "orgs").FirstOrDefault() is not { ValueKind: JsonValueKind.Object } organization)
        {
            return;
        }

        string organizationId = organization.GetProperty("id").GetString()!;
        await CreateBucketAsync(options.Database, "autogen", TimeSpan.FromDays(options.RetentionDays));
        await CreateBucketAsync(http.DownsampledBucket, DownsampledPolicy, TimeSpan.Zero);

        async Task CreateBucketAsync(string name, string policy, TimeSpan retention)
        {
            JsonElement? buckets = await SendAsync(http, HttpMethod.Get, $"api/v2/buckets?orgID={organizationId}&name={Uri.EscapeDataString(name)}", null, cancellationToken);
            JsonElement bucket = Items(buckets, "buckets").FirstOrDefault();
            if (bucket.ValueKind != JsonValueKind.Object)
            {
                object[] rules = retention == TimeSpan.Zero ? [] : [new { type = "expire", everySeconds = (long)retention.TotalSeconds }];
                bucket = await SendAsync(http, HttpMethod.Post, "api/v2/buckets", new { orgID = organizationId, name, retentionRules = rules }, cancellationToken) ?? default;
            }

            if (bucket.ValueKind != JsonValueKind.Object)
            {
                return;
            }

            JsonElement? mappings = await SendAsync(http, HttpMethod.Get, $"api/v2/dbrps?orgID={organizationId}&db={Uri.EscapeDataString(options.Database)}&rp={policy}", null, cancellationToken);
            if (!Items(mappings, "content").Any(mapping => !mapping.TryGetProperty("virtual", out JsonElement made) || !made.GetBoolean()))
            {
                await SendAsync(
                    http,
                    HttpMethod.Post,
                    "api/v2/dbrps",
                    new { orgID = organizationId, bucketID = bucket.GetProperty("id").GetString(), database = options.Database, retention_policy = policy, @default = policy == "autogen" },
                    cancellationToken);
            }
        }
    }

    /// <summary>The answer, or null where the path does not exist or is not allowed.</summary>
    /// <exception cref="StoreUnavailableException">Away, overloaded, or the token is wrong.</exception>
    private static async Task<JsonElement?> SendAsync(InfluxHttp http, HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests || (int)response.StatusCode >= 500)
        {
            throw await http.UnavailableAsync(response, cancellationToken);
        }

        return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken) : null;
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement? answer, string name) =>
        answer is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(name, out JsonElement items) && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray()
            : default;
}
