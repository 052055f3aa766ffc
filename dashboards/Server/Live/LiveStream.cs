using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Linewatch.Operations.Alerts;

namespace Linewatch.Server.Live;

/// <summary>
/// What one reader of the live stream receives. Nothing queues up for a reader that falls behind: it holds up its own
/// listeners, and these skip to the newest figures.
/// </summary>
internal sealed class LiveStream(LivePlant live, AlertBook alerts, TimeProvider clock, JsonSerializerOptions json)
{
    /// <summary>How often a reader hears the server's clock, by which it knows that the stream lives.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    private long _id;

    /// <summary>Events until the reader goes away.</summary>
    /// <param name="only">Only this line; null = all.</param>
    /// <param name="cancellationToken">The reader has gone.</param>
    public async IAsyncEnumerable<SseItem<string>> EventsAsync(string? only, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<(string Kind, object Data)> events = Channel.CreateBounded<(string, object)>(1);
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using LiveSubscription lines = live.Subscribe();
        using AlertSubscription changes = alerts.Changes.Subscribe();
        Task[] listeners =
        [
            LinesAsync(lines, only, events.Writer, gone.Token),
            AlertsAsync(changes, only, events.Writer, gone.Token),
            BeatsAsync(events.Writer, gone.Token),
        ];
        try
        {
            while (true)
            {
                (string kind, object data) = await events.Reader.ReadAsync(cancellationToken);
                yield return new SseItem<string>(JsonSerializer.Serialize(data, data.GetType(), json), kind)
                {
                    EventId = (++_id).ToString(CultureInfo.InvariantCulture),
                };
            }
        }
        finally
        {
            await gone.CancelAsync();
            await Task.WhenAll(listeners).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task LinesAsync(LiveSubscription lines, string? only, ChannelWriter<(string, object)> events, CancellationToken cancellationToken)
    {
        while (await lines.NextAsync(cancellationToken) is { Count: > 0 } changed)
        {
            foreach (LineNow line in changed.Where(line => only is null || line.Line == only))
            {
                await events.WriteAsync(("line", line), cancellationToken);
            }
        }
    }

    private static async Task AlertsAsync(AlertSubscription changes, string? only, ChannelWriter<(string, object)> events, CancellationToken cancellationToken)
    {
        await foreach (Alert alert in changes.Changes.ReadAllAsync(cancellationToken))
        {
            if (only is null || alert.Line == only)
            {
                await events.WriteAsync(("alert", alert), cancellationToken);
            }
        }
    }

    private async Task BeatsAsync(ChannelWriter<(string, object)> events, CancellationToken cancellationToken)
    {
        while (true)
        {
            await events.WriteAsync(("beat", new LiveBeat(clock.GetUtcNow().UtcDateTime)), cancellationToken);
            await Task.Delay(Beat, clock, cancellationToken);
        }
    }
}

/// <summary>The server's clock, UTC.</summary>
internal sealed record LiveBeat(DateTime Now);
