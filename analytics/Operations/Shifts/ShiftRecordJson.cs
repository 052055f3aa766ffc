using System.Text.Json;
using System.Text.Json.Serialization;
using Linewatch.Analytics.Oee;

namespace Linewatch.Operations.Shifts;

/// <summary>Shift records as JSON: base quantities to the tick and the unit, so that what is read back computes the same figures to the last bit.</summary>
public static class ShiftRecordJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        IgnoreReadOnlyProperties = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new QuantitiesConverter(), new JsonStringEnumConverter() },
    };

    /// <summary>The record as JSON.</summary>
    public static string Write(ShiftRecord record) => JsonSerializer.Serialize(record, Options);

    /// <summary>The record of a JSON text written by <see cref="Write"/>.</summary>
    /// <exception cref="JsonException">The text is not a shift record.</exception>
    public static ShiftRecord Read(string json) =>
        JsonSerializer.Deserialize<ShiftRecord>(json, Options) ?? throw new JsonException("a shift record is expected, found null");

    private sealed record Stored(Dictionary<LossCategory, TimeSpan> Times, IReadOnlyList<ProductCount> Products, bool IsCounted);

    private sealed class QuantitiesConverter : JsonConverter<Quantities>
    {
        public override Quantities Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            Stored stored = JsonSerializer.Deserialize<Stored>(ref reader, options) ?? throw new JsonException("quantities are expected, found null");
            return Quantities.Of(stored.Times, stored.Products, stored.IsCounted);
        }

        public override void Write(Utf8JsonWriter writer, Quantities value, JsonSerializerOptions options) => JsonSerializer.Serialize(
            writer,
            new Stored(
                Enum.GetValues<LossCategory>().Where(category => value[category] != TimeSpan.Zero).ToDictionary(category => category, category => value[category]),
                value.Products,
                value.IsCounted),
            options);
    }
}
