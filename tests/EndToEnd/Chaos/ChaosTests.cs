using System.Globalization;
using System.Text.Json;
using Linewatch.Tests.EndToEnd.MainPath;
using Linewatch.Tests.Servers;
using Xunit.Abstractions;

namespace Linewatch.Tests.EndToEnd.Chaos;

/// <summary>
/// Everything that can die dies under load; afterwards the store holds the ledger, exactly. Short by default;
/// <c>LINEWATCH_CHAOS=50</c> makes it 50 kills and minutes of outage, and <c>LINEWATCH_CHAOS_TABLE=file</c> keeps the table.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private static readonly int Long = int.TryParse(Environment.GetEnvironmentVariable("LINEWATCH_CHAOS"), CultureInfo.InvariantCulture, out int kills) ? kills : 0;
    private static readonly TimeSpan Outage = Long > 0 ? TimeSpan.FromMinutes(2) : TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>A proof with fewer messages in it proves little.</summary>
    private const int LeastLoad = 1000;

    private static readonly Lock Table = new();

    [SkippableFact]
    public async Task Linewatch_mosquitto_and_influxd_killed_in_random_order_lose_and_double_nothing_that_was_handed_over()
    {
        await using ChaosPlant plant = new() { Mosquitto = await Mosquitto.StartAsync(), Influx = await Influxd.StartAsync() };
        await plant.StartAsync();
        await using Publishers publishers = plant.Publish(perBeat: 5);
        int kills = Long > 0 ? Long : 3;
        await StrikeAsync(plant, publishers, kills, [plant.KillAsync, () => KillAsync(plant.Mosquitto), () => KillAsync(plant.Influx)]);

        Reckon(await plant.ReckonAsync("kill −9 of linewatch, mosquitto, influxd", kills, publishers), brokerWasKilled: true);
    }

    [SkippableFact]
    public async Task Linewatch_and_influxd_killed_behind_a_mosquitto_that_lives_lose_nothing_at_all()
    {
        await using ChaosPlant plant = new() { Mosquitto = await Mosquitto.StartAsync(), Influx = await Influxd.StartAsync() };
        await plant.StartAsync();
        await using Publishers publishers = plant.Publish(perBeat: 5);
        int kills = Long > 0 ? Long : 2;
        await StrikeAsync(plant, publishers, kills, [plant.KillAsync, () => KillAsync(plant.Influx)]);

        Reckon(await plant.ReckonAsync("kill −9 of linewatch, influxd behind mosquitto", kills, publishers));
    }

    [SkippableFact]
    public async Task Linewatch_as_broker_and_influxd_killed_lose_nothing_that_was_acknowledged()
    {
        await using ChaosPlant plant = new() { Influx = await Influxd.StartAsync() };
        await plant.StartAsync();
        await using Publishers publishers = plant.Publish(perBeat: 5);
        int kills = Long > 0 ? Long : 2;
        await StrikeAsync(plant, publishers, kills, [plant.KillAsync, () => KillAsync(plant.Influx)]);

        Reckon(await plant.ReckonAsync("kill −9 of linewatch (own broker), influxd", kills, publishers));
    }

    [Fact]
    public async Task Linewatch_with_its_own_store_killed_loses_nothing_that_was_acknowledged()
    {
        await using ChaosPlant plant = new();
        await plant.StartAsync();
        await using Publishers publishers = plant.Publish(perBeat: 5);
        int kills = Long > 0 ? Long : 1;
        await StrikeAsync(plant, publishers, kills, [plant.KillAsync]);

        Reckon(await plant.ReckonAsync("kill −9 of linewatch (own broker, SQLite)", kills, publishers));
    }

    [SkippableFact]
    public async Task Influxd_that_hangs_holds_nothing_up_but_itself()
    {
        await using ChaosPlant plant = new() { Influx = await Influxd.StartAsync() };
        await plant.StartAsync();
        await using Publishers publishers = plant.Publish(perBeat: 5);
        await ProgressAsync(publishers, 1000);
        plant.Influx.Process.Signal("STOP");
        await Task.Delay(Outage, TimeProvider.System);
        int acknowledged = publishers.Acknowledged;
        await ProgressAsync(publishers, 500);
        Assert.True(publishers.Acknowledged > acknowledged, "messages are taken while the store hangs");

        // What waits is told by source and hour, and adds up.
        JsonElement balance = await plant.UntilAsync("balance?pending=true", answer => RecordedPlantTests.Total(answer, "pending") > 0, Patience);
        Assert.Contains(balance.GetProperty("rows").EnumerateArray(), row => row.GetProperty("source").GetString() == "machines" && row.GetProperty("pending").GetInt64() > 0);
        Assert.Equal(0, RecordedPlantTests.Total(balance, "difference"));
        plant.Influx.Process.Signal("CONT");

        Reckon(await plant.ReckonAsync(FormattableString.Invariant($"influxd stopped for {Outage.TotalSeconds:0} s (SIGSTOP)"), 1, publishers));
    }

    [SkippableFact]
    public async Task Network_cut_and_slowed_between_linewatch_and_the_rest_loses_nothing()
    {
        NetworkNamespace network = await NetworkNamespace.CreateAsync();
        await using ChaosPlant plant = new()
        {
            Network = network,
            Mosquitto = await Mosquitto.StartAsync(FormattableString.Invariant($"listener {network.BrokerPort} {network.Outside}")),
            Influx = await Influxd.StartAsync(network.Outside),
        };
        await plant.StartAsync();
        await using Publishers publishers = plant.Publish(perBeat: 2);
        await plant.UntilAsync("balance", balance => RecordedPlantTests.Total(balance, "stored") > 100, Patience);
        int blows = Long > 0 ? 10 : 1;
        for (int blow = 0; blow < blows; blow++)
        {
            await network.CutAsync();
            await Task.Delay(Long > 0 ? TimeSpan.FromSeconds(Random.Shared.Next(1, 20)) : Outage, TimeProvider.System);
            await network.MendAsync();
            await network.SlowAsync();
            await Task.Delay(Long > 0 ? TimeSpan.FromSeconds(20) : Outage, TimeProvider.System);
            await network.SpeedUpAsync();
        }

        Reckon(await plant.ReckonAsync($"network cut and slowed ({network.Slowness})", 2 * blows, publishers));
    }

    [SkippableFact]
    public async Task Full_disk_stops_the_acknowledgements_and_room_makes_them_go_on()
    {
        using SmallDisk disk = SmallDisk.Mount(64);
        await using ChaosPlant plant = new(disk.Path);
        await plant.StartAsync();
        await using Publishers publishers = plant.Publish(perBeat: 5);
        await ProgressAsync(publishers, 1000);
        int blows = Long > 0 ? 5 : 1;
        for (int blow = 0; blow < blows; blow++)
        {
            disk.Fill();
            await plant.UntilAsync("status", status => !status.GetProperty("isOk").GetBoolean(), Patience);
            await Task.Delay(Long > 0 ? TimeSpan.FromSeconds(20) : Outage, TimeProvider.System);
            disk.MakeRoom();
            await ProgressAsync(publishers, 1000);
        }

        Reckon(await plant.ReckonAsync("disk full and recovered (tmpfs)", blows, publishers));
    }

    private void Reckon(Reckoning reckoning, bool brokerWasKilled = false)
    {
        string table = $"{Reckoning.Head}\n{reckoning}";
        output.WriteLine(table);
        if (Environment.GetEnvironmentVariable("LINEWATCH_CHAOS_TABLE") is { Length: > 0 } file)
        {
            lock (Table)
            {
                File.AppendAllText(file, (File.Exists(file) ? "" : Reckoning.Head + "\n") + reckoning + "\n");
            }
        }

        Assert.True(reckoning is { Missing: 0, Doubled: 0, Wrong: 0, Quarantined: 0, BalanceDifference: 0 }, table);
        Assert.True(brokerWasKilled || reckoning.LostByBroker == 0, table);
        Assert.True(reckoning.Acknowledged > LeastLoad, table);
        Assert.True(reckoning.Stored == reckoning.Acknowledged - reckoning.LostByBroker, table);
    }

    /// <summary>One blow after the other, each once the load has got on since the last.</summary>
    private static async Task StrikeAsync(ChaosPlant plant, Publishers publishers, int blows, Func<Task>[] ways)
    {
        for (int blow = 0; blow < blows; blow++)
        {
            await ProgressAsync(publishers, 200);
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(50, 1000)), TimeProvider.System);

            // Each way once, then at random.
            await ways[blow < ways.Length ? blow : Random.Shared.Next(ways.Length)]();
        }

        await ProgressAsync(publishers, Math.Max(0, LeastLoad + 1 - publishers.Acknowledged));
    }

    private static async Task ProgressAsync(Publishers publishers, int messages)
    {
        int goal = publishers.Acknowledged + messages;
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(20));
        using CancellationTokenSource limit = new(Patience);
        while (publishers.Acknowledged < goal)
        {
            await poll.WaitForNextTickAsync(limit.Token);
        }
    }

    private static async Task KillAsync(RestartableServer server)
    {
        await server.KillAsync();
        await server.StartAgainAsync();
    }
}
