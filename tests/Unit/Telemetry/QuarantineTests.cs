using System.Text;
using Linewatch.Plants;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;
using Linewatch.Telemetry.Quarantining;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Telemetry;

public sealed class QuarantineTests
{
    private const string Values = """[{ name: v, topic: "{line}/{machine}/{signal}", decoder: value }]""";
    private byte[] _buffer = new byte[64];

    [Fact]
    public void What_is_kept_is_listed_counted_and_survives_a_restart()
    {
        using TemporaryFolder folder = new();
        QuarantineOptions options = new() { Folder = folder.Path };
        using (Quarantine quarantine = new(options, TimeProvider.System))
        {
            Add(quarantine, 0, "a", "1", QuarantineReason.UnknownTopic);
            Add(quarantine, 100, "a", "2", QuarantineReason.UnknownTopic);
            Add(quarantine, 200, "b", "3", QuarantineReason.OutOfRange);
        }

        using Quarantine again = new(options, TimeProvider.System);

        Assert.Equal(["a UnknownTopic 2", "b OutOfRange 1"], again.Groups().Select(group => $"{group.Topic} {group.Reason} {group.Count}"));
        Assert.Equal(["1", "2"], again.List(new QuarantineFilter(Topic: "a"), 10).Select(Text));
        Assert.Equal(["3"], again.List(new QuarantineFilter(Reason: QuarantineReason.OutOfRange), 10).Select(Text));
        Assert.Equal(["1"], again.List(new QuarantineFilter(), 1).Select(Text));
        Assert.Equal("2", Text(again.Find(100)!));
        Assert.Null(again.Find(101));
    }

    [Fact]
    public void Beyond_its_limit_the_oldest_are_dropped_and_counted()
    {
        using TemporaryFolder folder = new();
        QuarantineOptions options = new() { Folder = folder.Path, MaxBytes = 64 << 10 };
        long kept;
        using (Quarantine quarantine = new(options, TimeProvider.System))
        {
            for (int i = 0; i < 1000; i++)
            {
                Add(quarantine, i * 100, "t", new string('x', 200), QuarantineReason.Malformed);
            }

            kept = quarantine.Count;
            Assert.Equal(1000, kept + quarantine.Dropped);
            Assert.InRange(kept, 100, 300);
            Assert.True(Directory.GetFiles(folder.Path).Sum(file => new FileInfo(file).Length) <= options.MaxBytes + 1000);
        }

        using Quarantine again = new(options, TimeProvider.System);
        Assert.Equal((kept, 1000 - kept), (again.Count, again.Dropped));
    }

    [Fact]
    public void A_record_torn_by_a_crash_is_forgotten()
    {
        using TemporaryFolder folder = new();
        QuarantineOptions options = new() { Folder = folder.Path };
        using (Quarantine quarantine = new(options, TimeProvider.System))
        {
            Add(quarantine, 0, "a", "1", QuarantineReason.Malformed);
            Add(quarantine, 100, "a", "2", QuarantineReason.Malformed);
        }

        string file = Assert.Single(Directory.GetFiles(folder.Path, "*.quarantine"));
        using (FileStream torn = new(file, FileMode.Open))
        {
            torn.SetLength(torn.Length - 1);
        }

        using Quarantine again = new(options, TimeProvider.System);
        Assert.Equal(["1"], again.List(new QuarantineFilter(), 10).Select(Text));
    }

    [Fact]
    public async Task Accepting_a_mapping_replays_what_was_kept()
    {
        await using Bench bench = new();
        CurrentPlant plant = new(Bench.Plant("[]"));
        List<double> stored = [];
        JournalConsumer consumer = bench.Consumer("store", plant, (batch, _) =>
        {
            stored.AddRange(batch.Readings.ToArray().Select(reading => reading.Value));
            return ValueTask.CompletedTask;
        }, bench.OpenLedger());
        using CancellationTokenSource stop = new();
        Task run = consumer.RunAsync(stop.Token);
        await bench.AcceptSafelyAsync("l/m/x", "1");
        await bench.AcceptSafelyAsync("l/m/x", "broken");
        await bench.AcceptSafelyAsync("l/m/x", "3");
        await Bench.Until(() => consumer.Status is { HandledMessages: 3 });
        Assert.Equal(0, (await consumer.ReplayAsync(new QuarantineFilter(), 100, TestContext.Limit())).Released);

        plant.Replace(Bench.Plant(Values));
        ReplayResult result = await consumer.ReplayAsync(new QuarantineFilter(Reason: QuarantineReason.UnknownTopic), 100, TestContext.Limit());

        Assert.Equal((2, 1), (result.Released, result.Remaining));
        Assert.Equal([1, 3], stored);
        Assert.Equal(new BalanceTotals(3, 2, 0, 1, 0, 0, 0), bench.Balance.Totals());
        Assert.Equal("broken", Text(Assert.Single(bench.Quarantine.List(new QuarantineFilter(), 10))));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task What_a_replay_releases_reaches_the_other_consumers_too_as_late_readings()
    {
        await using Bench bench = new();
        CurrentPlant plant = new(Bench.Plant("[]"));
        List<(double Value, long Through)> figures = [];
        JournalConsumer storing = bench.Consumer("store", plant, (_, _) => ValueTask.CompletedTask, bench.OpenLedger());
        JournalConsumer analytics = bench.Consumer("analytics", plant, (batch, _) =>
        {
            figures.AddRange(batch.Readings.ToArray().Select(reading => (reading.Value, batch.Through)));
            return ValueTask.CompletedTask;
        });
        using CancellationTokenSource stop = new();
        Task[] runs = [storing.RunAsync(stop.Token), analytics.RunAsync(stop.Token)];
        foreach (string payload in new[] { "1", "broken", "3" })
        {
            await bench.AcceptSafelyAsync("l/m/x", payload);
        }

        await Bench.Until(() => storing.Status is { HandledMessages: 3 } && analytics.Status is { HandledMessages: 3 });
        plant.Replace(Bench.Plant(Values));
        ReplayResult first = await storing.ReplayAsync(new QuarantineFilter(), 2, TestContext.Limit());
        ReplayResult second = await storing.ReplayAsync(new QuarantineFilter(After: first.Last), 2, TestContext.Limit());
        await analytics.TakeAsync([.. first.Messages, .. second.Messages], TestContext.Limit());

        Assert.Equal((1, 1, 1, 0), (first.Released, first.Remaining, second.Released, second.Remaining));
        Assert.Equal([(1, -1), (3, -1)], figures);
        await Assert.ThrowsAsync<InvalidOperationException>(() => storing.TakeAsync(first.Messages, default));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(runs));
    }

    [Fact]
    public async Task A_replay_that_waits_when_the_consumer_ends_is_called_off()
    {
        await using Bench bench = new();
        using CancellationTokenSource stop = new();
        await bench.AcceptSafelyAsync("l/m/x", "1");
        JournalConsumer storing = bench.Consumer("store", new CurrentPlant(Bench.Plant(Values)), async (_, cancellation) => await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation), bench.OpenLedger());
        Task run = storing.RunAsync(stop.Token);
        Task<ReplayResult> replay = storing.ReplayAsync(new QuarantineFilter(), 1, TestContext.Limit());

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => replay);
    }

    [Fact]
    public void A_list_ends_at_its_bytes_and_goes_on_behind_them()
    {
        using TemporaryFolder folder = new();
        using Quarantine quarantine = new(new QuarantineOptions { Folder = folder.Path }, TimeProvider.System);
        for (int i = 0; i < 5; i++)
        {
            Add(quarantine, i * 1000, i < 3 ? "a" : "b", new string('x', 100), QuarantineReason.UnknownTopic);
        }

        Assert.Equal([0, 1000], quarantine.List(new QuarantineFilter(), 10, 150).Select(message => message.Id));
        Assert.Equal([2000, 3000, 4000], quarantine.List(new QuarantineFilter(After: 1000), 10, 1000).Select(message => message.Id));
        Assert.Equal([0, 3000], quarantine.Samples(QuarantineReason.UnknownTopic, new HashSet<string> { "a", "b", "c" }).Select(message => message.Id).Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_during_a_replay_neither_loses_nor_doubles_it(bool committed)
    {
        await using Bench bench = new();
        await bench.AcceptSafelyAsync("l/m/x", "1");
        await ConsumeAsync(bench, Bench.Plant("[]"));
        Assert.Equal(1, bench.Balance.Totals().Quarantined);
        string folder = bench.Quarantine.Folder;
        long id = bench.Quarantine.List(new QuarantineFilter(), 1)[0].Id;

        if (committed)
        {
            // The commit counted the replay and then the process died before the release.
            await ConsumeAsync(bench, Bench.Plant(Values), replay: true);
            await bench.AcceptSafelyAsync("nobody/knows", "1");
            await ConsumeAsync(bench, Bench.Plant("[]"));
        }

        ReplayNote.Write(folder, committed ? bench.Balance.LastReplay : bench.Balance.LastReplay + 1, [id]);
        await ConsumeAsync(bench, Bench.Plant("[]"));

        Assert.Equal(committed ? 1 : 0, bench.Balance.Totals().Stored);
        Assert.Equal(1, bench.Balance.Totals().Quarantined);
        Assert.Equal(1, bench.Quarantine.Count);
        Assert.Equal(0, bench.Balance.Totals().Difference);
        Assert.False(File.Exists(Path.Combine(folder, "replay")));
    }

    [Theory]
    [InlineData("s/hall/m/raw", """{"ts":"2026-11-22T10:00:00Z","values":{"x":1,"new":2}}""", "{ name: m-0, topic: \"{site}/hall/{machine}/raw\", decoder: json, options: { time: \"/ts\", timeFormat: iso8601, values: \"/values\" } }", "{ id: \"new\" }")]
    [InlineData("gw/m", """[{"Bowl":{"Level":2},"Recipe":"cola","x":null,"list":[1]}]""", "{ name: m-0, topic: \"gw/{machine}\", decoder: json, options: { samples: \"\" } }", "{ id: \"bowl.level\", source: \"Bowl.Level\" } { id: \"recipe\", source: \"Recipe\", role: text }")]
    [InlineData("plc/l/m/Recipe", "cola", "{ name: m-0, topic: \"plc/{line}/{machine}/{signal}\", decoder: value }", "{ id: \"recipe\", source: \"Recipe\", role: text }")]
    [InlineData("plc/l/m/x", "3.98", "{ name: m-0, topic: \"plc/{line}/{machine}/{signal}\", decoder: value }", "")]
    [InlineData("gw/m", """{"timestamp":1795348740000,"x":1}""", "{ name: m-0, topic: \"gw/{machine}\", decoder: json, options: { time: \"/timestamp\", timeFormat: unix-ms } }", "")]
    [InlineData("gw/m", """[{"n":"x","v":1}]""", "{ name: m-0, topic: \"gw/{machine}\", decoder: senml }", "")]
    [InlineData("spBv1.0/g/DDATA/l/m", "\u0008", "{ name: sparkplug, topic: \"spBv1.0/#\", decoder: sparkplug }", "")]
    public void A_mapping_is_proposed_for_an_unknown_topic(string topic, string payload, string yaml, string unknown)
    {
        MappingProposal proposal = MappingProposal.For(topic, Encoding.UTF8.GetBytes(payload), Bench.Plant("[]"))!;

        Assert.Equal(yaml, proposal.Yaml);
        Assert.Equal(unknown, string.Join(' ', proposal.Missing.Select(signal => signal.ToYaml(signal.Id))));
    }

    [Fact]
    public void A_topic_that_names_nothing_of_the_plant_gets_no_proposal()
    {
        Assert.Null(MappingProposal.For("weather/outside", "12"u8, Bench.Plant("[]")));
    }

    [Theory]
    [InlineData("plant: P\nsources:\n  - { name: a, topic: \"q/{machine}\", decoder: json }\nlines:\n")]
    [InlineData("plant: P\nsources:   # where from\n- { name: a, topic: \"q/{machine}\", decoder: json }\nlines:\n")]
    [InlineData("plant: P\nsources: []\nlines:\n")]
    [InlineData("plant: P\nlines:\n")]
    public void An_accepted_mapping_makes_the_plant_file_decode_the_topic(string head)
    {
        string file = head + "  - { id: l, area: a, machines: [{ id: m, signals: [{ id: x }] }] }\nsite: s\ntimeZone: UTC\n";
        MappingProposal proposal = MappingProposal.For("new/m/x", "1"u8, Bench.Plant("[]"))!;

        PlantFile changed = PlantFile.Parse(proposal.AddTo(file), "plant.yaml");

        Assert.Empty(changed.Faults);
        Decoding decoding = new(changed.Plant!);
        decoding.Decode("new/m/x", "1");
        Assert.Equal("m.x=1@now", decoding.Readings);
    }

    private static async Task ConsumeAsync(Bench bench, Plant plant, bool replay = false)
    {
        Ledger ledger = bench.OpenLedger();
        JournalConsumer consumer = bench.Consumer("store", new CurrentPlant(plant), (_, _) => ValueTask.CompletedTask, ledger);
        using CancellationTokenSource stop = new();
        Task run = consumer.RunAsync(stop.Token);
        await Bench.Until(() => ledger.Balance.Totals() is { Pending: 0, Received: > 0 } && consumer.Status.PendingMessages == 0 && consumer.Status.Position > 0);
        if (replay)
        {
            await consumer.ReplayAsync(new QuarantineFilter(), 10, TestContext.Limit());
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    private void Add(Quarantine quarantine, long position, string topic, string payload, QuarantineReason reason) =>
        quarantine.Add(JournalRecord.Rebuild(ref _buffer, position, Decoding.Noon, Encoding.UTF8.GetBytes(topic), Encoding.UTF8.GetBytes(payload)), "unknown", reason, "detail");

    private static string Text(QuarantinedMessage message) => Encoding.UTF8.GetString(message.Payload.Span);
}
