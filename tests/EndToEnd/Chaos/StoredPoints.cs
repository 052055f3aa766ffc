using System.Globalization;
using System.Text.Json;
using Linewatch.Tests.EndToEnd.MainPath;

namespace Linewatch.Tests.EndToEnd.Chaos;

/// <summary>What the store really holds, asked past the product where that is possible.</summary>
internal static class StoredPoints
{
    public static async Task<List<(DateTime EventTime, double Value)>> ReadAsync(ChaosPlant plant, int machine)
    {
        if (plant.Influx is { } influx)
        {
            IReadOnlyList<JsonElement[]> rows = await InfluxQuery.RowsAsync(
                influx.Address, string.Create(CultureInfo.InvariantCulture, $"SELECT x FROM telemetry WHERE machine = 'm{machine}' GROUP BY *"));
            return [.. rows.Select(row => (DateTime.UnixEpoch.AddTicks(row[0].GetInt64() / 100), row[1].GetDouble()))];
        }

        string signal = string.Create(CultureInfo.InvariantCulture, $"lab/hall/line/m{machine}/x");
        return [.. (await plant.ExportAsync()).Skip(1).Select(line => line.Split(',')).Where(cells => cells[0] == signal).Select(cells => (
            DateTime.Parse(cells[1], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal),
            double.Parse(cells[2], CultureInfo.InvariantCulture)))];
    }
}
