using System.Net.ServerSentEvents;
using System.Text.Json;
using Linewatch.Operations.Alerts;
using Linewatch.Server.Live;

namespace Linewatch.Tests.EndToEnd.Web;

/// <summary>The live stream as a browser receives it.</summary>
[Collection(WebTests.Name)]
public sealed class LiveStreamTests(WebPlant plant)
{
    [Fact]
    public async Task A_new_reader_hears_the_clock_and_every_line_at_once()
    {
        HashSet<string> heard = [];
        await foreach ((string kind, JsonElement data) in ListenAsync("api/v1/live"))
        {
            heard.Add(kind == "line" ? data.GetProperty("line").GetString()! : kind);
            if (heard.IsSupersetOf(["beat", "line1", "line2"]))
            {
                return;
            }
        }
    }

    [Fact]
    public async Task A_reader_of_one_line_hears_only_that_line()
    {
        LivePlant live = plant.Services.GetRequiredService<LivePlant>();
        int heard = 0;
        await foreach ((string kind, JsonElement data) in ListenAsync("api/v1/live?line=line2"))
        {
            if (kind == "line")
            {
                Assert.Equal("line2", data.GetProperty("line").GetString());
                live.Publish(live.Find("line1")!);
                live.Publish(live.Find("line2")!);
                if (++heard == 3)
                {
                    return;
                }
            }
        }
    }

    [Fact]
    public async Task A_raised_alert_reaches_the_reader()
    {
        Alert? raised = null;
        await foreach ((string kind, JsonElement data) in ListenAsync("api/v1/live"))
        {
            // Both listeners of the stream are there once the first event has come.
            raised ??= await plant.RaiseAsync(nameof(A_raised_alert_reaches_the_reader));
            if (kind == "alert" && data.GetProperty("id").GetString() == raised.Id)
            {
                return;
            }
        }
    }

    [Fact]
    public async Task Event_ids_grow()
    {
        List<long> ids = [];
        using HttpResponseMessage response = await plant.Http.GetAsync(new Uri("api/v1/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        SseParser<string> parser = SseParser.Create(await response.Content.ReadAsStreamAsync());
        await foreach (SseItem<string> item in parser.EnumerateAsync())
        {
            ids.Add(long.Parse(item.EventId!, System.Globalization.CultureInfo.InvariantCulture));
            if (ids.Count == 3)
            {
                break;
            }
        }

        Assert.Equal([1, 2, 3], ids);
    }

    [Fact]
    public async Task A_reader_that_has_gone_is_forgotten()
    {
        LivePlant live = plant.Services.GetRequiredService<LivePlant>();
        using (HttpResponseMessage response = await plant.Http.GetAsync(new Uri("api/v1/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead))
        {
            SseParser<string> parser = SseParser.Create(await response.Content.ReadAsStreamAsync());
            await foreach (SseItem<string> _ in parser.EnumerateAsync())
            {
                Assert.True(live.Subscribers > 0);
                break;
            }
        }

        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(20));
        while (live.Subscribers > 0)
        {
            await poll.WaitForNextTickAsync();
        }
    }

    [Fact]
    public async Task A_slow_reader_skips_to_the_newest_figures()
    {
        LivePlant live = plant.Services.GetRequiredService<LivePlant>();
        using LiveSubscription slow = live.Subscribe();
        LineNow line = live.Find("line1")!;
        for (int i = 0; i < 10_000; i++)
        {
            live.Publish(line with { Order = i.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        }

        IReadOnlyList<LineNow> first = await slow.NextAsync(CancellationToken.None);

        Assert.Equal("9999", Assert.Single(first, each => each.Line == "line1").Order);
        live.Publish(line);
    }

    private async IAsyncEnumerable<(string Kind, JsonElement Data)> ListenAsync(string path)
    {
        using HttpResponseMessage response = await plant.Http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        SseParser<string> parser = SseParser.Create(await response.Content.ReadAsStreamAsync());
        await foreach (SseItem<string> item in parser.EnumerateAsync())
        {
            yield return (item.EventType, JsonSerializer.Deserialize<JsonElement>(item.Data));
        }
    }
}
