using Linewatch.Operations;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Server.Live;
using Linewatch.Server.Quality;
using Linewatch.Storage;
using Linewatch.Telemetry;
using Linewatch.Tests.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Linewatch.Tests.Unit.Flow;

/// <summary>One bad head among many is named by an alert, without anybody looking at a chart.</summary>
public sealed class QualityWatchTests : IAsyncDisposable
{
    private const int Heads = 12;

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero));
    private readonly ServiceProvider _services;
    private readonly QualityWatch _watch;
    private readonly Random _random = new(5);

    public QualityWatchTests()
    {
        Plant plant = PlantFile.Parse($$"""
            plant: Lab
            site: s
            timeZone: UTC
            sources: [{ name: v, topic: "{machine}/{signal}", decoder: value }]
            lines:
              - id: l
                area: a
                machines:
                  - { id: c, name: Capper, signals: [{{string.Join(", ", Enumerable.Range(1, Heads).Select(head => $"{{ id: torque_h{head:D2}, name: Torque of head {head}, unit: N.m }}"))}}] }
            """, "plant.yaml").Plant!;
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Journal:Folder"] = _folder["journal"],
            ["Quarantine:Folder"] = _folder["quarantine"],
            ["Operations:Database:File"] = _folder["operations.db"],
            ["Storage:Path"] = _folder["readings.db"],
        }).Build();
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton(configuration)
            .AddSingleton(new CurrentPlant(plant))
            .AddTelemetry(configuration)
            .AddStorage(configuration.GetSection("Storage"))
            .AddOperations()
            .AddAlertRules()
            .AddSingleton<LivePlant>()
            .AddSingleton<QualityView>()
            .BuildServiceProvider();
        _watch = ActivatorUtilities.CreateInstance<QualityWatch>(_services, NullLogger<QualityWatch>.Instance);
    }

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task The_head_that_differs_is_told_once_and_clears_when_it_is_like_the_others_again(int hours)
    {
        await _services.GetRequiredService<IReadingStore>().EnsureCreatedAsync(default);
        await CapAsync(hours, weakHead: 7);
        await _watch.LookAsync(default);
        await _watch.LookAsync(default);

        Alert alert = Assert.Single(await OpenAsync());
        Assert.Equal(("spc", "l/c/torque_h07", true), (alert.Rule, alert.Source.ToString(), alert.IsActive));
        Assert.StartsWith("Torque of head 7 of Capper differs from the 11 others: its mean by -0.", alert.Message, StringComparison.Ordinal);
        Assert.InRange(alert.Value!.Value, -0.4, -0.2);

        await CapAsync(hours, weakHead: null);
        await _watch.LookAsync(default);
        Assert.DoesNotContain(await OpenAsync(), open => open.IsActive);
    }

    [Fact]
    public async Task Too_few_values_and_a_line_never_heard_of_say_nothing()
    {
        await _services.GetRequiredService<IReadingStore>().EnsureCreatedAsync(default);
        await _watch.LookAsync(default);
        await CapAsync(hours: 1, weakHead: 7, values: 10);
        await _watch.LookAsync(default);

        Assert.Empty(await OpenAsync());
    }

    /// <summary>Some hours of capping, at the end of which the line stands now.</summary>
    private async Task CapAsync(int hours, int? weakHead, int values = 60)
    {
        IReadOnlyList<Signal> signals = _services.GetRequiredService<CurrentPlant>().Value.Signals;
        _time.Advance(TimeSpan.FromMinutes(1));
        DateTime start = Now;
        List<Reading> readings = [];
        for (int value = 1; value <= values; value++)
        {
            readings.AddRange(signals.Select((signal, head) => new Reading(
                signal, start + (TimeSpan.FromHours(hours) * value / values), 1.8 + ((_random.NextDouble() - 0.5) * 0.2) - (head + 1 == weakHead ? 0.3 : 0))));
        }

        await _services.GetRequiredService<IReadingStore>().WriteAsync(readings.ToArray(), default);
        _time.Advance(TimeSpan.FromHours(hours));
        LivePlant live = _services.GetRequiredService<LivePlant>();
        live.Publish(live.Find("l")! with { DataTime = Now });
    }

    private Task<IReadOnlyList<Alert>> OpenAsync() =>
        _services.GetRequiredService<AlertBook>().ListAsync(new AlertFilter { OpenOnly = true, Limit = 100 }, default);
}
