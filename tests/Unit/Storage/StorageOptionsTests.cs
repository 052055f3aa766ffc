using Linewatch.Storage;
using Linewatch.Storage.Influx;
using Linewatch.Storage.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Linewatch.Tests.Unit.Storage;

public sealed class StorageOptionsTests
{
    [Fact]
    public void Defaults_are_the_embedded_store() => Assert.IsType<SqliteReadingStore>(Services().GetRequiredService<IReadingStore>());

    [Fact]
    public void Kind_influx_is_taken_in_any_case() =>
        Assert.IsType<InfluxReadingStore>(Services(("Kind", "Influx"), ("Url", "https://influx.example:8086")).GetRequiredService<IReadingStore>());

    [Fact]
    public void Every_fault_is_reported_at_once_with_key_found_and_allowed()
    {
        IReadOnlyList<string> faults = Faults(
            ("Kind", "influx"), ("Url", "influx:8086"), ("Database", "a b"), ("Api", "4"), ("Compression", "zip"), ("BatchSize", "7"), ("RetentionDays", "-1"), ("Connections", "99"));

        Assert.Equal(7, faults.Count);
        Assert.Contains("Linewatch:Storage:BatchSize is 7; allowed are 100 to 50000 points", faults);
        Assert.Contains("Linewatch:Storage:Url is 'influx:8086'; allowed is an address such as http://127.0.0.1:8086", faults);
        Assert.Contains("Linewatch:Storage:Compression is 'zip'; allowed are auto, on, off", faults);
    }

    [Theory]
    [InlineData("Kind", "postgres")]
    [InlineData("Path", " ")]
    [InlineData("FlushMilliseconds", "0")]
    [InlineData("TimeoutSeconds", "601")]
    public void Value_outside_its_range_is_refused(string key, string value) =>
        Assert.StartsWith($"Linewatch:Storage:{key} is", Assert.Single(Faults((key, value))), StringComparison.Ordinal);

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("secret", null, true)]
    [InlineData("user:password", null, false)]
    [InlineData("secret", "1", false)]
    [InlineData(null, "2", true)]
    public void Token_decides_the_write_api_unless_it_is_named(string? token, string? api, bool second)
    {
        StorageOptions options = new() { Token = token, Api = api is null ? null : int.Parse(api, System.Globalization.CultureInfo.InvariantCulture) };

        Assert.Equal(second, options.UsesApi2);
    }

    [Theory]
    [InlineData("auto", "http://127.0.0.1:8086", false)]
    [InlineData("auto", "http://localhost:8086", false)]
    [InlineData("auto", "http://influxdb:8086", true)]
    [InlineData("on", "http://127.0.0.1:8086", true)]
    [InlineData("off", "http://influxdb:8086", false)]
    public void Bodies_are_compressed_off_this_machine(string compression, string url, bool compresses) =>
        Assert.Equal(compresses, new StorageOptions { Compression = compression, Url = url }.Compresses);

    private static IReadOnlyList<string> Faults(params (string Key, string Value)[] settings) =>
        [.. Assert.Throws<OptionsValidationException>(() => Services(settings).GetRequiredService<IReadingStore>()).Failures];

    private static ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        IConfiguration section = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        return new ServiceCollection().AddStorage(section).BuildServiceProvider();
    }
}
