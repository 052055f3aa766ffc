using System.Text;
using Linewatch.Analytics.Oee;
using Linewatch.Mqtt;
using Linewatch.Operations;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Server.Flow;
using Linewatch.Server.Live;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Journaling;
using Linewatch.Telemetry.Watching;
using Linewatch.Tests.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Linewatch.Tests.Unit.Ingest;

/// <summary>What is wrong with the ingest becomes an alert in the product's book, and clears when it is over.</summary>
#pragma warning disable CA1001 // xunit disposes it through IAsyncLifetime
public sealed class IngestAlertTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero));
    private readonly CancellationTokenSource _stop = new();
    private ServiceProvider _services = null!;
    private IngestWatch _alerts = null!;
    private Task _consuming = Task.CompletedTask;
    private bool _storeIsAway;

    public async Task InitializeAsync()
    {
        PlantFile plant = PlantFile.Parse("""
            plant: Lab
            site: s
            timeZone: UTC
            silentAfter: 5 min
            clock: { drift: 20 s }
            sources: [{ name: v, topic: "{machine}/{signal}", decoder: value }, { name: j, topic: "{machine}", decoder: json, options: { time: /ts, timeFormat: iso8601, values: /v } }]
            lines:
              - id: l
                area: a
                machines:
                  - { id: m, name: Filler, signals: [{ id: x, stuckAfter: 20 min }, { id: y }] }
            """, "plant.yaml");
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Journal:Folder"] = _folder["journal"],
            ["Journal:MaxBytes"] = "1048576",
            ["Journal:SegmentBytes"] = "65536",
            ["Quarantine:Folder"] = _folder["quarantine"],
            ["Operations:Database:File"] = _folder["operations.db"],
        }).Build();
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton(configuration)
            .AddSingleton(new CurrentPlant(plant.Plant!))
            .AddSingleton<LivePlant>()
            .AddSingleton<PlantTime>()
            .AddTelemetry(configuration)
            .AddReadingConsumer("store", _ => (_, _) => _storeIsAway ? throw new IOException("the store is away.") : ValueTask.CompletedTask, keepsLedger: true)
            .AddOperations()
            .AddSingleton<RuleFlow>()
            .BuildServiceProvider();
        _alerts = ActivatorUtilities.CreateInstance<IngestWatch>(_services);
        _consuming = Storing.RunAsync(_stop.Token);
        await Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _consuming.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _alerts.Dispose();
        await _services.DisposeAsync();
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Silent_signal_and_stuck_value_raise_an_alert_each_and_clear_when_they_speak_again_but_a_silent_machine_is_left_to_the_rules()
    {
        await SayAsync("m/x", "1");
        await SayAsync("m/y", "1");
        Assert.Empty(await LookAsync());

        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Empty(await LookAsync());

        await SayAsync("m/x", "1");
        Assert.Equal(["silent-signal l/m/y active"], await LookAsync());

        await SayAsync("m/y", "2");
        for (int i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(4));
            await SayAsync("m/x", "1");
            await SayAsync("m/y", "2");
        }

        Assert.Equal(["silent-signal l/m/y gone", "stuck-signal l/m/x active"], await LookAsync());

        await SayAsync("m/x", "1.5");
        Assert.Equal(["silent-signal l/m/y gone", "stuck-signal l/m/x gone"], await LookAsync());
    }

    [Fact]
    public async Task Silence_counts_while_the_machine_runs_for_one_that_stands_measures_nothing_of_what_passes_it()
    {
        await SayAsync("m/x", "1");
        await SayAsync("m/y", "1");
        MachineIs(Bucket.SetUp);
        for (int i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(4));
            await SayAsync("m/x", "2");
            Assert.Empty(await LookAsync());
        }

        MachineIs(Bucket.Run);
        _time.Advance(TimeSpan.FromMinutes(4));
        await SayAsync("m/x", "3");
        Assert.Empty(await LookAsync());

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["silent-signal l/m/y active"], await LookAsync());

        void MachineIs(Bucket bucket)
        {
            LivePlant live = _services.GetRequiredService<LivePlant>();
            LineNow line = live.Find("l")!;
            live.Publish(line with { Machines = [line.Machines[0] with { Bucket = bucket }] });
        }
    }

    [Fact]
    public async Task Alert_of_a_silence_outlives_a_restart_until_the_machine_is_heard()
    {
        await SayAsync("m/x", "1");
        await SayAsync("m/y", "1");
        _time.Advance(TimeSpan.FromMinutes(6));
        await SayAsync("m/x", "2");
        await LookAsync();

        // A new watch knows nothing of the machine yet.
        using IngestWatch again = ActivatorUtilities.CreateInstance<IngestWatch>(_services, new SilenceWatch(_services.GetRequiredService<CurrentPlant>().Value));
        await again.LookAsync(default);

        Assert.Equal(["silent-signal l/m/y active"], await ListAsync());
    }

    [Fact]
    public async Task Store_that_stays_away_raises_an_alert_with_its_reason_and_one_that_restarts_does_not()
    {
        _storeIsAway = true;
        await SayAsync("m/x", "1", wait: false);
        await Until(() => Storing.Status.Failure is not null);
        Assert.Empty(await LookAsync());

        _time.Advance(TimeSpan.FromMinutes(1));
        await Until(() => Storing.Status.Failure is not null);
        Assert.Equal(["consumer-failing /store/ active"], await LookAsync());

        _storeIsAway = false;
        while (Storing.Status.PendingMessages > 0)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            await Task.Yield();
        }

        await Until(() => Storing.Status.Failure is null);
        Assert.Equal(["consumer-failing /store/ gone"], await LookAsync());
    }

    [Fact]
    public async Task Journal_that_stays_full_raises_an_alert_until_the_store_has_caught_up()
    {
        _storeIsAway = true;
        await SayAsync("m/x", "1", wait: false);
        while (!Journal.IsFull)
        {
            await SayAsync("m/unknown", new string('1', 60_000), wait: false);
        }

        await Until(() => Storing.Status.Failure is not null);
        Assert.Empty(await LookAsync());
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Contains("journal-full // active", await LookAsync());

        _storeIsAway = false;
        while (Storing.Status.PendingMessages > 0 || Storing.Status.Failure is not null)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            await Task.Yield();
        }

        Assert.Contains("journal-full // gone", await LookAsync());
    }

    [Fact]
    public async Task Journal_that_cannot_be_written_raises_an_alert_at_once_and_clears_when_it_can()
    {
        await SayAsync("m/x", new string('1', 70_000));

        // The next segment cannot be created: something is in its way.
        string obstacle = Path.Combine(_folder["journal"], Journal.SafeThrough.ToString("D20", System.Globalization.CultureInfo.InvariantCulture) + ".segment");
        Directory.CreateDirectory(obstacle);
        Task saying = SayAsync("m/x", "2");
        await Until(() => Journal.Failure is not null);
        Assert.Equal(["journal-failure // active"], await LookAsync());

        Directory.Delete(obstacle);
        await saying;
        Assert.Equal(["journal-failure // gone"], await LookAsync());
    }

    [Fact]
    public async Task Balance_that_is_wrong_by_one_raises_an_alert_that_stays_until_somebody_resets_it()
    {
        await SayAsync("m/x", "1");
        Assert.Empty(await LookAsync());

        // The consumer passes a second message without counting it.
        BatchTally uncounted = new();
        uncounted.Begin(ordinal: 2);
        _services.GetRequiredService<MessageBalance>().Add(uncounted);

        Assert.Equal(["balance // active"], await LookAsync());
        Assert.True(Assert.Single(await _services.GetRequiredService<AlertBook>().ListAsync(new AlertFilter(), default)).Latched);
    }

    [Fact]
    public async Task Clock_that_is_behind_raises_an_alert_for_its_machine_and_clears_when_it_is_set()
    {
        await SayForAsync(TimeSpan.FromMinutes(6), behind: TimeSpan.FromSeconds(45));
        Assert.Equal(["clock-drift l/m/ active"], await LookAsync());

        await SayForAsync(TimeSpan.FromMinutes(6), behind: TimeSpan.Zero);
        Assert.Equal(["clock-drift l/m/ gone"], await LookAsync());

        async Task SayForAsync(TimeSpan length, TimeSpan behind)
        {
            for (DateTimeOffset end = _time.GetUtcNow() + length; _time.GetUtcNow() < end; _time.Advance(TimeSpan.FromSeconds(15)))
            {
                await SayAsync("m", $$$"""{"ts":"{{{_time.GetUtcNow() - behind:yyyy-MM-ddTHH:mm:ssZ}}}","v":{"x":{{{_time.GetUtcNow().ToUnixTimeSeconds()}}}}}""");
            }
        }
    }

    private Journal Journal => _services.GetRequiredService<Journal>();

    private JournalConsumer Storing => _services.GetRequiredKeyedService<JournalConsumer>("store");

    private async Task SayAsync(string topic, string payload, bool wait = true)
    {
        Journal journal = Journal;
        long before = Storing.Status.HandledMessages;
        long receipt = journal.Accept(new PublishView { Topic = Encoding.UTF8.GetBytes(topic), Payload = Encoding.UTF8.GetBytes(payload), QoS = MqttQoS.AtLeastOnce });
        await journal.WaitUntilSafeAsync(receipt, default);
        if (wait)
        {
            await Until(() => Storing.Status.HandledMessages > before);
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(5));
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await poll.WaitForNextTickAsync(limit.Token);
        }
    }

    private async Task<List<string>> LookAsync()
    {
        await _alerts.LookAsync(default);
        await _services.GetRequiredService<RuleFlow>().AdvanceAsync(handledThrough: null, default);
        return await ListAsync();
    }

    private async Task<List<string>> ListAsync() =>
        [.. (await _services.GetRequiredService<AlertBook>().ListAsync(new AlertFilter { OpenOnly = true, Limit = 100 }, default))
            .Select(alert => $"{alert.Rule} {alert.Source} {(alert.IsActive ? "active" : "gone")}").Order(StringComparer.Ordinal)];
}
