using Linewatch.Plants;
using Linewatch.Telemetry.Sparkplug;

namespace Linewatch.Telemetry.Decoding;

/// <summary>Makes the decoder that a source names.</summary>
internal static class Decoders
{
    public static IMessageDecoder Create(Source source, PlantSignals signals, SparkplugMemory sparkplug) => source.Decoder switch
    {
        "json" => new JsonDecoder(source, signals),
        "value" => new ValueDecoder(),
        "influx" => new InfluxDecoder(source, signals),
        "senml" => new SenmlDecoder(signals),
        "csv" => new CsvDecoder(source, signals),
        "packml" => new StandardTagDecoder(source, StandardTags.PackMl),
        "weihenstephan" => new StandardTagDecoder(source, StandardTags.Weihenstephan),
        "sparkplug" => new SparkplugDecoder(source, signals, sparkplug),
        _ => throw new ArgumentException($"source '{source.Name}': there is no decoder '{source.Decoder}'", nameof(source)),
    };
}
