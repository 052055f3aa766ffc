using Linewatch.Plants;
using Linewatch.Storage;
using Linewatch.Tests.Servers;
using static Linewatch.Tests.Contract.Storage.TestSignals;

namespace Linewatch.Tests.Contract.Storage;

/// <summary>The contract against a real influxd 1.x, one server for the class, a database a test.</summary>
public sealed class InfluxStoreTests(SharedInfluxd shared) : ReadingStoreContract, IClassFixture<SharedInfluxd>
{
    [SkippableFact]
    public async Task Field_type_conflict_refuses_those_readings_and_stores_the_rest()
    {
        Signal torque = Signal("torque");
        Signal speed = Signal("speed");
        await WriteAsync(TextAt(Signal("torque"), 0, "text"));

        // The numeric signal torque_text takes the field that the texts of torque already have.
        Signal clash = Signal("torque_text");
        IReadOnlyList<RefusedReading> refused = await Store.WriteAsync(
            new[] { At(torque, 1, 1), At(speed, 1, 2), At(clash, 1, 3), At(speed, 2, 4), At(clash, 3, 5) }, default);

        Assert.Equal([At(clash, 1, 3), At(clash, 3, 5)], refused.Select(one => one.Reading));
        Assert.All(refused, one => Assert.Contains("field type conflict", one.Reason, StringComparison.Ordinal));
        Assert.Equal([2.0, 4.0], (await RangeAsync(speed)).Select(sample => sample.Value));
    }

    protected override async Task<IReadingStore> OpenAsync() => StoreFactory.Open(
        ("Kind", "influx"),
        ("Url", (await shared.StartedAsync()).Address.ToString()),
        ("Database", "contract_" + Guid.NewGuid().ToString("N")),
        ("RetentionDays", "0"));

    protected override Task CloseAsync() => Task.CompletedTask;
}

/// <summary>One influxd for a class of tests, started by the first that needs it.</summary>
public sealed class SharedInfluxd : IAsyncDisposable, IAsyncLifetime
{
    private Influxd? _server;

    public async Task<Influxd> StartedAsync() => _server ??= await Influxd.StartAsync();

    public Task InitializeAsync() => Task.CompletedTask;

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
