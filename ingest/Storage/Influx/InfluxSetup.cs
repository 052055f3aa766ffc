using System.Globalization;

namespace Linewatch.Storage.Influx;

/// <summary>Creates database and retention (1.x) where missing and allowed.</summary>
internal static class InfluxSetup
{
    public static async Task EnsureCreatedAsync(InfluxHttp http, StorageOptions options, CancellationToken cancellationToken)
    {
        if (options.Create && !options.UsesApi2)
        {
            string database = InfluxQl.Name(options.Database);
            string duration = options.RetentionDays == 0 ? "INF" : string.Create(CultureInfo.InvariantCulture, $"{options.RetentionDays}d");
            (await http.QueryAsync($"CREATE DATABASE {database}", cancellationToken)).Dispose();
            (await http.QueryAsync($"ALTER RETENTION POLICY \"autogen\" ON {database} DURATION {duration}", cancellationToken)).Dispose();
        }
    }
}
