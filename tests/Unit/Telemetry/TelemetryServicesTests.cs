using Linewatch.Mqtt;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Journaling;
using Linewatch.Tests.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Linewatch.Tests.Unit.Telemetry;

public sealed class TelemetryServicesTests
{
    [Fact]
    public async Task A_message_handed_to_the_intake_reaches_the_registered_consumer()
    {
        using TemporaryFolder folder = new();
        TaskCompletionSource<double> arrived = new();
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Journal:Folder"] = folder["journal"], ["Quarantine:Folder"] = folder["quarantine"] });
        builder.Services.AddSingleton(new CurrentPlant(Bench.Plant("""[{ name: v, topic: "{machine}/{signal}", decoder: value }]""")));
        builder.Services.AddTelemetry(builder.Configuration);
        builder.Services.AddReadingConsumer("store", _ => (batch, _) =>
        {
            arrived.TrySetResult(batch.Readings.Span[0].Value);
            return ValueTask.CompletedTask;
        }, keepsLedger: true);
        using IHost host = builder.Build();
        await host.StartAsync();

        IMessageIntake intake = host.Services.GetRequiredService<IMessageIntake>();
        intake.Accept(new PublishView { Topic = "m/x"u8, Payload = "42"u8 });

        Assert.Equal(42, await arrived.Task.WaitAsync(TestContext.Limit()));
        Assert.Equal("store", Assert.Single(host.Services.GetServices<JournalConsumer>()).Name);
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Theory]
    [InlineData("Journal:MaxBytes", "5", "MaxBytes")]
    [InlineData("Journal:SyncMilliseconds", "0", "SyncMilliseconds")]
    [InlineData("Journal:Folder", "", "Folder")]
    [InlineData("Quarantine:MaxAgeDays", "0", "MaxAgeDays")]
    public void A_setting_out_of_its_range_is_named(string key, string value, string named)
    {
        ConfigurationManager configuration = new() { [key] = value };
        ServiceProvider services = new ServiceCollection().AddTelemetry(configuration).BuildServiceProvider();

        OptionsValidationException fault = Assert.Throws<OptionsValidationException>(() => key.StartsWith('J')
            ? (object)services.GetRequiredService<IOptions<JournalOptions>>().Value
            : services.GetRequiredService<IOptions<Linewatch.Telemetry.Quarantining.QuarantineOptions>>().Value);
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }
}
