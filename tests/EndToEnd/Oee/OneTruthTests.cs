using System.Globalization;
using System.Text;
using Linewatch.Analytics.Oee;
using Linewatch.BottlingPlant;
using Linewatch.Mqtt;
using Linewatch.Operations.Shifts;
using Linewatch.Plants;
using Linewatch.Server.Commands;
using Linewatch.Server.Flow;
using Linewatch.Server.Hosting;
using Linewatch.Server.Live;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Journaling;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Oee;

/// <summary>
/// One figure for one shift: live, after a restart and computed anew from the store it is the same to the last bit; late
/// readings and a changed calendar restate the shifts they touch, and no other.
/// </summary>
public sealed class OneTruthTests : IAsyncDisposable
{
    private static readonly TimeSpan Length = TimeSpan.FromHours(31);

    private readonly TemporaryFolder _folder = new();
    private readonly VirtualPlant _virtualPlant;
    private readonly SimulatedMessage[] _messages;
    private readonly DateTime _end;
    private WebApplication? _app;

    public OneTruthTests()
    {
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
        DateTime start = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMinute)) - Length;
        _virtualPlant = new VirtualPlant(new VirtualPlantOptions { Lines = 1, Seed = 11, Start = start, TimeZone = NoonZone.At(now), ProcessInterval = TimeSpan.FromHours(1) });
        _messages = [.. _virtualPlant.Messages(start, start + Length)];
        _end = start + Length;
        File.WriteAllText(PlantPath, _virtualPlant.PlantYaml);
    }

    private string PlantPath => _folder["plant.yaml"];

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Live_restarted_and_recomputed_figures_are_the_same_to_the_last_bit_and_only_touched_shifts_are_restated()
    {
        // A machine was off the network for an hour of one shift and hands in its messages a day later: at eight on its clock,
        // since readings near a change of shift rightly decide about both (a counter's next reading, the length of a stop).
        DateTime away = _end.AddHours(-28);
        SimulatedMessage[] late = [.. _messages.Where(message => message.Topic.Contains("/filler/", StringComparison.Ordinal)
            && message.EventTime >= away && message.EventTime < away.AddHours(1))];
        SimulatedMessage[] timely = [.. _messages.Except(late)];
        await StartAsync();
        await IngestAsync(timely);
        DateTime lateTime = late[0].EventTime;
        await NothingToRestateAsync();
        await AssertKeptAsync(Engine(timely));
        Dictionary<DateTime, long> revisions = await RevisionsAsync();

        await IngestAsync(late);
        LineEngine all = Engine(_messages);
        ShiftInstance lateShift = all.Line.Shifts.At(lateTime)!;
        ShiftRevision touched = await RevisionAsync(lateTime, ++revisions[lateShift.Start]);
        AssertSame(all.Compute(lateShift), touched.Record);
        Assert.NotEqual((await RevisionAsync(lateTime, touched.Revision - 1)).Record.Figures, touched.Record.Figures);
        await AssertKeptAsync(all);
        await AssertSnapshotFromStoreAsync(all);
        Assert.Equal(revisions, await RevisionsAsync());
        OutputNow made = Service<LivePlant>().Find("line1")!.Output;

        await StopAsync();
        await StartAsync();
        await UntilAsync(() => Service<LivePlant>().Find("line1")!.Output.Total == made.Total);
        Assert.Equal((made.Good, made.Reject), (Service<LivePlant>().Find("line1")!.Output.Good, Service<LivePlant>().Find("line1")!.Output.Reject));
        await RecomputeEverythingAsync();
        Assert.Equal(revisions, await RevisionsAsync());
        await AssertKeptAsync(all);

        // An hour of planned maintenance that nobody had written into the calendar.
        ShiftInstance replanned = all.Line.Shifts.Between(_end.AddHours(-24), _end.AddHours(-9)).Last(shift => shift.End < _end.AddHours(-8));
        Plan(replanned.Start.AddHours(2));
        ShiftRevision restated = await RevisionAsync(replanned.Start, ++revisions[replanned.Start]);
        ShiftRevision before = await RevisionAsync(replanned.Start, restated.Revision - 1);
        Assert.True(restated.Record.Quantities[LossCategory.PlannedDown] > before.Record.Quantities[LossCategory.PlannedDown]);
        Assert.Contains("calendar", restated.Reason, StringComparison.Ordinal);
        Assert.Equal(revisions, await RevisionsAsync());
    }

    [Fact]
    public async Task Figures_that_begin_anew_are_those_of_the_whole_journal_though_the_store_is_ahead()
    {
        await StartAsync();
        await IngestAsync(_messages);
        await StopAsync();
        File.Delete(_folder["data/operations.db"]);
        foreach (string cursor in Directory.EnumerateFiles(_folder["data"], $"{AnalyticsFlow.Consumer}.cursor*", SearchOption.AllDirectories))
        {
            File.Delete(cursor);
        }

        await StartAsync();
        await ConsumedAsync(Service<Journal>().SafeThrough);
        await NothingToRestateAsync();

        await AssertKeptAsync(Engine(_messages));
        Assert.All(await RevisionsAsync(), shift => Assert.Equal(1, shift.Value));
    }

    private static void AssertSame(ShiftRecord expected, ShiftRecord found)
    {
        Assert.True(expected.SameAs(found), $"shift from {expected.Start:u} differs: expected {ShiftRecordJson.Write(expected)}, found {ShiftRecordJson.Write(found)}");
        Assert.Equal(expected.Figures, found.Figures);
        Assert.Equal(expected.Losses, found.Losses);
    }

    /// <summary>The engine alone, fed with decoded messages: no journal, no store, no restart.</summary>
    private LineEngine Engine(IEnumerable<SimulatedMessage> messages)
    {
        Plant plant = PlantFile.Parse(_virtualPlant.PlantYaml, "plant.yaml").Plant!;
        LineEngine engine = new(plant, plant.Lines[0]);
        RecordedDecoder decoder = new(plant);
        foreach (SimulatedMessage message in messages)
        {
            decoder.Decode(message.PublishTime, message.Topic, message.Payload.Span);
        }

        engine.Accept(decoder.Batch.Readings.Span);
        return engine;
    }

    private async Task AssertKeptAsync(LineEngine engine)
    {
        ShiftRecord[] kept = [.. (await LatestAsync()).Select(shift => shift.Record)];
        Assert.True(kept.Length >= 3, $"{kept.Length} shifts are kept");
        Assert.All(kept, record => AssertSame(engine.Compute(engine.Line.Shifts.At(record.Start)!), record));
    }

    private async Task AssertSnapshotFromStoreAsync(LineEngine live)
    {
        DateTime at = _end.AddSeconds(-3);
        Line line = Service<CurrentPlant>().Value.Lines[0];
        LineEngine rebuilt = new(Service<CurrentPlant>().Value, line);
        foreach (Reading reading in await Service<LineHistory>().ReadAsync(line, rebuilt.RebuildFrom(at), DateTime.MaxValue, CancellationToken.None))
        {
            rebuilt.Accept(reading);
        }

        AssertSame(live.Snapshot(at).Record, rebuilt.Snapshot(at).Record);
    }

    private async Task RecomputeEverythingAsync()
    {
        Line line = Service<CurrentPlant>().Value.Lines[0];
        await Service<RestatementQueue>().MarkAsync([new Restatement(line.Id, _end - Length, _end, "asked for")], CancellationToken.None);
        await NothingToRestateAsync();
    }

    /// <summary>A machine so busy that messages stand still for a minute closes a shift early and restates it: that is over.</summary>
    private Task NothingToRestateAsync() =>
        UntilAsync(async () => (await Service<RestatementQueue>().DueAsync(TimeSpan.Zero, CancellationToken.None)).Count == 0);

    private void Plan(DateTime from)
    {
        string Local(DateTime utc) => TimeZoneInfo.ConvertTimeFromUtc(utc, Service<CurrentPlant>().Value.TimeZone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        string changed = _virtualPlant.PlantYaml.Replace(
            "\nplannedStops:\n",
            $"\nplannedStops:\n  - {{ kind: maintenance, start: \"{Local(from)}\", end: \"{Local(from.AddHours(1))}\", lines: [line1] }}\n",
            StringComparison.Ordinal);
        Service<CurrentPlant>().Replace(PlantFile.Parse(changed, "plant.yaml").Plant!);
    }

    private async Task<ShiftRevision> RevisionAsync(DateTime at, long number)
    {
        ShiftRevision? found = null;
        await UntilAsync(async () =>
        {
            DateTime start = (await LatestAsync()).First(shift => shift.Record.Start <= at && at < shift.Record.End).Record.Start;
            found = await Service<ShiftBook>().RevisionAsync("line1", start, number, CancellationToken.None);
            return found is not null;
        });
        return found!;
    }

    private Task<IReadOnlyList<ShiftRevision>> LatestAsync() =>
        Service<ShiftBook>().LatestAsync("line1", _end.AddDays(-10), _end.AddDays(1), CancellationToken.None);

    private async Task<Dictionary<DateTime, long>> RevisionsAsync() =>
        (await LatestAsync()).ToDictionary(shift => shift.Record.Start, shift => shift.Revision);

    private T Service<T>()
        where T : notnull => _app!.Services.GetRequiredService<T>();

    private async Task StartAsync()
    {
        Installation installation = Installation.Read(new Dictionary<string, string?>
        {
            ["Plant"] = PlantPath,
            ["Data"] = _folder["data"],
            ["Web:Urls"] = $"http://127.0.0.1:{Loopback.FreePort()}",
            ["Mqtt:Listen"] = $"127.0.0.1:{Loopback.FreePort()}",
            ["Logging:LogLevel:Default"] = "Warning",
        });
        _app = LinewatchHost.Build(PlantFile.Read(PlantPath).Plant!, installation);
        await _app.StartAsync();
    }

    private async Task StopAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            _app = null;
        }
    }

    private async Task IngestAsync(IEnumerable<SimulatedMessage> messages)
    {
        IMessageIntake journal = Service<IMessageIntake>();
        long last = 0;
        foreach (SimulatedMessage message in messages)
        {
            await journal.WaitForRoomAsync(CancellationToken.None);
            last = journal.Accept(new PublishView { Topic = Encoding.UTF8.GetBytes(message.Topic), Payload = message.Payload.Span, QoS = MqttQoS.AtLeastOnce });
        }

        // Nothing pending is not enough: what is not synced yet is not pending yet.
        await ConsumedAsync(last);
    }

    private Task ConsumedAsync(long position) =>
        UntilAsync(() => _app!.Services.GetServices<JournalConsumer>().All(consumer => consumer.Status.Position >= position));

    private static Task UntilAsync(Func<bool> isSo) => UntilAsync(() => Task.FromResult(isSo()));

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(50));
        while (!await isSo())
        {
            await poll.WaitForNextTickAsync(limit.Token);
        }
    }
}
