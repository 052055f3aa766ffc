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

        return
        [
            .. (await RowsAsync(plant, string.Create(CultureInfo.InvariantCulture, $"lab/hall/line/m{machine}/"))).Select(cells => (
                DateTime.Parse(cells[1], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal),
                double.Parse(cells[2], CultureInfo.InvariantCulture))),
        ];
    }

    /// <summary>The numbers of the messages that a signal holds; of plants with a store of their own.</summary>
    public static async Task<IReadOnlyList<int>> NumbersAsync(ChaosPlant plant, string signal) =>
        [.. (await RowsAsync(plant, signal)).Select(cells => int.Parse(cells[2], CultureInfo.InvariantCulture))];

    private static async Task<IEnumerable<string[]>> RowsAsync(ChaosPlant plant, string prefix) =>
        (await plant.ExportAsync()).Skip(1).Where(line => line.StartsWith(prefix, StringComparison.Ordinal)).Select(line => line.Split(','));
}
