using System.Text.Json;
using Linewatch.BottlingPlant;

namespace Linewatch.Tests.Unit.BottlingPlant;

public sealed class MessageTests
{
    [Fact]
    public void Same_seed_gives_the_same_messages()
    {
        Assert.Equal(Text(TestLine.Options(seed: 5), 0, 2), Text(TestLine.Options(seed: 5), 0, 2));
        Assert.NotEqual(Text(TestLine.Options(seed: 5), 0, 2), Text(TestLine.Options(seed: 6), 0, 2));
    }

    [Fact]
    public void Resumed_plant_goes_on_with_the_same_messages()
    {
        string[] whole = [.. Text(TestLine.Options(), 0, 6).Where(line => line.CompareOrdinal(TestLine.Start.AddHours(5)))];

        Assert.Equal(whole.Order(), Text(TestLine.Options(), 5, 6).Order());
    }

    [Fact]
    public void Finer_sampling_from_now_on_changes_nothing_else()
    {
        VirtualPlantOptions fine = new() { Lines = 2, Seed = 1, Start = TestLine.Start, LiveFrom = TestLine.Start.AddHours(2), LiveProcessInterval = TimeSpan.FromSeconds(2) };
        List<string> sampledFine = Text(fine, 0, 4);

        Assert.Empty(Text(TestLine.Options(), 0, 2).Except(sampledFine));
        Assert.True(sampledFine.Count > 2 * Text(TestLine.Options(), 0, 4).Count);
        Assert.Empty(Changes(Text(TestLine.Options(), 2, 4)).Except(Changes(sampledFine)));
    }

    [Fact]
    public void Cleaning_shows_caustic_then_acid_then_clear_water()
    {
        // Wednesday 07:00 to 09:00 local is the weekly cleaning.
        DateTime from = new(2026, 11, 18, 6, 0, 0, DateTimeKind.Utc);
        List<(double Value, int Program)> series = [];
        foreach (SimulatedMessage message in new VirtualPlant(TestLine.Options(lines: 1)).Messages(from, from.AddMinutes(119)))
        {
            using JsonDocument json = JsonDocument.Parse(message.Payload);
            JsonElement values = json.RootElement.GetProperty("values");
            if (values.TryGetProperty("cip_conductivity", out JsonElement value))
            {
                series.Add((value.GetDouble(), values.GetProperty("program").GetInt32()));
            }
        }

        Assert.All(series, sample => Assert.Equal(8, sample.Program));
        Assert.InRange(series.Take(60).Max(sample => sample.Value), 60, 64);
        Assert.InRange(series.Skip(60).Take(30).Max(sample => sample.Value), 32, 36);
        Assert.InRange(series[^1].Value, 0, 1);
    }

    [Fact]
    public void Messages_come_in_order_of_publish_time_and_never_before_their_event()
    {
        DateTime last = default;
        foreach (SimulatedMessage message in new VirtualPlant(TestLine.Options()).Messages(TestLine.Start, TestLine.Start.AddHours(1)))
        {
            Assert.True(message.PublishTime >= last);
            Assert.True(message.PublishTime > message.EventTime);
            last = message.PublishTime;
        }
    }

    [Fact]
    public void Every_machine_sends_state_and_counters_at_every_ten_seconds()
    {
        VirtualPlant plant = new(TestLine.Options(lines: 1));
        var filler = plant.Messages(TestLine.Start, TestLine.Start.AddMinutes(30)).Where(message => message.Topic == "demo/hall1/line1/filler/data").ToList();

        Assert.Equal(180, filler.Count(message => message.EventTime.Ticks % TimeSpan.FromSeconds(10).Ticks == 0));
        Assert.All(filler, message =>
        {
            using JsonDocument json = JsonDocument.Parse(message.Payload);
            JsonElement values = json.RootElement.GetProperty("values");
            Assert.Equal(message.EventTime, json.RootElement.GetProperty("ts").GetDateTime());
            Assert.True(values.TryGetProperty("state", out _) && values.TryGetProperty("total", out _));
        });
    }

    /// <summary>Messages off the heartbeat: changes of state, with everything they carry besides process values.</summary>
    private static IEnumerable<string> Changes(List<string> lines) =>
        lines.Where(line => line[18..27] != "0.0000000").Select(line => line.Split(",\"good\"")[0]);

    private static List<string> Text(VirtualPlantOptions options, double fromHour, double toHour) =>
        [.. new VirtualPlant(options).Messages(TestLine.Start.AddHours(fromHour), TestLine.Start.AddHours(toHour))
            .Select(message => $"{message.EventTime:O} {message.Topic} {System.Text.Encoding.UTF8.GetString(message.Payload.Span)}")];
}

file static class MessageText
{
    /// <summary>Whether a line of text belongs to an instant or later; it begins with its event time.</summary>
    public static bool CompareOrdinal(this string line, DateTime from) => string.CompareOrdinal(line, $"{from:O}") >= 0;
}
