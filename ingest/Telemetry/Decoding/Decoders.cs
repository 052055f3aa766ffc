using Linewatch.Plants;

namespace Linewatch.Telemetry.Decoding;

/// <summary>Makes the decoder that a source names.</summary>
internal static class Decoders
{
    public static IMessageDecoder Create(Source source, PlantSignals signals) => source.Decoder switch
    {
        "json" => new JsonDecoder(source, signals),
        "value" => new ValueDecoder(),
        _ => throw new ArgumentException($"source '{source.Name}': there is no decoder '{source.Decoder}'", nameof(source)),
    };
}
