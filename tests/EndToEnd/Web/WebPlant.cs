using System.Text;
using System.Text.Json;
using Linewatch.BottlingPlant;
using Linewatch.Mqtt;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.WorkOrders;
using Linewatch.Plants;
using Linewatch.Server.Hosting;
using Linewatch.Telemetry.Consuming;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Web;

/// <summary>
/// The product on a loopback port, in this process, with three hours of a virtual plant behind it: through the journal
/// into store and analytics, as its broker would hand them over. One for all web tests; they change only what they made.
/// </summary>
#pragma warning disable CA1001 // xunit disposes it through IAsyncLifetime
public sealed class WebPlant : IAsyncLifetime
#pragma warning restore CA1001
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly DateTime _now = TimeProvider.System.GetUtcNow().UtcDateTime;
    private WebApplication? _app;
    private Task _living = Task.CompletedTask;

    /// <summary>Address of pages and API.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>A client of the server.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>The services inside.</summary>
    public IServiceProvider Services => _app!.Services;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        VirtualPlant plant = new(new VirtualPlantOptions { Start = _now.AddHours(-24), Seed = 7, TimeZone = NoonZone.At(_now) });
        string file = _folder["plant.yaml"];
        await File.WriteAllTextAsync(file, plant.PlantYaml);
        Installation installation = Installation.Read(new Dictionary<string, string?>
        {
            ["Plant"] = file,
            ["Data"] = _folder["data"],
            ["Web:Urls"] = $"http://127.0.0.1:{Loopback.FreePort()}",
            ["Mqtt:Listen"] = $"127.0.0.1:{Loopback.FreePort()}",
            ["Logging:LogLevel:Default"] = "Warning",
        });
        _app = LinewatchHost.Build(PlantFile.Read(file).Plant!, installation);
        Address = new Uri(installation.Address);
        Http = new HttpClient { BaseAddress = Address };
        await _app.StartAsync();

        IMessageIntake journal = Services.GetRequiredService<IMessageIntake>();
        IEnumerator<SimulatedMessage> messages = plant.Messages(_now.AddHours(-3)).GetEnumerator();
        while (messages.MoveNext() && messages.Current.PublishTime < _now)
        {
            await journal.WaitForRoomAsync(CancellationToken.None);
            Hand(journal, messages.Current);
        }

        await AddMaintenanceAsync();
        await CaughtUpAsync();
        _living = LiveOnAsync(journal, messages);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _living.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        Http?.Dispose();
        _stop.Dispose();
        _folder.Dispose();
    }

    /// <summary>The JSON that an address of the API answers with; fails the test on any other status.</summary>
    public async Task<JsonElement> GetAsync(string path, int status = 200)
    {
        using HttpResponseMessage response = await Http.GetAsync(new Uri(path, UriKind.Relative));
        string text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{path} answered {(int)response.StatusCode}, expected {status}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>The JSON that a change is answered with.</summary>
    public async Task<JsonElement> PostAsync(string path, object body, int status = 200)
    {
        using HttpResponseMessage response = await Http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{path} answered {(int)response.StatusCode}, expected {status}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>An alert of a rule of the test's own.</summary>
    public Task<Alert> RaiseAsync(string rule, AlertSeverity severity = AlertSeverity.High, string? foundBy = null) =>
        Services.GetRequiredService<AlertBook>().RaiseAsync(
            new AlertCondition
            {
                Rule = rule,
                FoundBy = foundBy,
                Source = AlertSource.Of(Services.GetRequiredService<CurrentPlant>().Value.Signals.First(signal => signal.Wear is not null).Path),
                Severity = severity,
                EventTime = TimeProvider.System.GetUtcNow().UtcDateTime,
                Message = "Main bearing vibration above what is usual at this speed",
                Value = 5.2,
                ExpectedLower = 0.8,
                ExpectedUpper = 1.6,
                Unit = "mm/s",
            },
            CancellationToken.None);

    /// <summary>A proposal of the test's own.</summary>
    public Task<WorkOrder> ProposeAsync(string component) =>
        Services.GetRequiredService<WorkOrderBook>().ProposeAsync(
            new WorkOrderProposal
            {
                Title = $"Replace {component}",
                Line = "line1",
                Machine = "filler",
                Component = component,
                Priority = WorkOrderPriority.High,
                Origin = "forecast",
                Reason = "Vibration rises by 0.21 mm/s a day and reaches its limit of 4.5 mm/s in 4 days (80 %: 3 to 6 days).",
                DueEarliest = _now.AddDays(2),
                DueLatest = _now.AddDays(3),
            },
            "forecast-wear",
            CancellationToken.None);

    private async Task AddMaintenanceAsync()
    {
        await RaiseAsync("bearing-watch");
        await RaiseAsync("speed-watch", AlertSeverity.Medium);
        await ProposeAsync("main bearing");
    }

    private async Task CaughtUpAsync()
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(50));
        while (Services.GetServices<JournalConsumer>().Any(consumer => consumer.Status.PendingMessages > 0))
        {
            await poll.WaitForNextTickAsync();
        }
    }

    /// <summary>Goes on as the plant does, in real time.</summary>
    private async Task LiveOnAsync(IMessageIntake journal, IEnumerator<SimulatedMessage> messages)
    {
        using (messages)
        {
            do
            {
                TimeSpan wait = messages.Current.PublishTime - TimeProvider.System.GetUtcNow().UtcDateTime;
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, TimeProvider.System, _stop.Token);
                }

                Hand(journal, messages.Current);
            }
            while (messages.MoveNext());
        }
    }

    private static void Hand(IMessageIntake journal, SimulatedMessage message) => journal.Accept(new PublishView
    {
        Topic = Encoding.UTF8.GetBytes(message.Topic),
        Payload = message.Payload.Span,
        QoS = MqttQoS.AtLeastOnce,
    });
}

/// <summary>Tests that share one <see cref="WebPlant"/>.</summary>
[CollectionDefinition(Name)]
public sealed class WebTests : ICollectionFixture<WebPlant>
{
    /// <summary>Name of the collection.</summary>
    public const string Name = "web";
}
