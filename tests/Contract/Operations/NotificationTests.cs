using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Incidents;
using Linewatch.Operations.Notifications;
using Linewatch.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Linewatch.Tests.Contract.Operations;

/// <summary>Incidents to real receivers on loopback: a web server and a mail server.</summary>
public sealed class NotificationTests : IDisposable
{
    private static readonly DateTime Start = new(2026, 11, 23, 9, 0, 0, DateTimeKind.Utc);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _clock = new(Start);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Incident_is_mailed_once_with_its_notification_as_message_id()
    {
        await using SmtpSink mail = new();
        await using OperationsHost host = await StartAsync(Smtp(mail.Port));

        await host.Alerts.RaiseAsync(TestPlant.Pressure(Start), default);
        string text = await mail.NextMailAsync();

        Notification sent = Assert.Single(await EndedAsync(host, 1));
        Assert.Equal(NotificationState.Sent, sent.State);
        Assert.Contains($"<{sent.Id}@linewatch.plant.example>", text, StringComparison.Ordinal);
        Assert.Contains("Subject: [Medium] Line 1: Pressure is 4.4 bar (band)", text, StringComparison.Ordinal);
        Assert.Contains("2026-11-23 10:00:00 (Europe/Berlin)", text, StringComparison.Ordinal);
        Assert.False(mail.HasMail);
    }

    [Fact]
    public async Task Webhook_carries_payload_key_and_signature_that_the_receiver_can_check()
    {
        await using WebhookReceiver hook = await WebhookReceiver.StartAsync(Loopback.FreePort());
        await using OperationsHost host = await StartAsync(Webhook(hook.Address));

        await host.Alerts.RaiseAsync(TestPlant.Pressure(Start), default);
        WebhookRequest request = await hook.NextAsync();

        using JsonDocument json = JsonDocument.Parse(request.Body);
        Assert.Equal("line1", json.RootElement.GetProperty("line").GetString());
        Assert.Equal((await host.Notifications.ListAsync(null, 10, default))[0].Id, request.IdempotencyKey);
        string[] parts = request.Signature.Split(["t=", ",v1="], StringSplitOptions.None);
        Assert.Equal(Hmac("secret", $"{parts[1]}.{request.Body}"), parts[2]);
    }

    [Theory]
    [InlineData("Slack", "text")]
    [InlineData("Teams", "attachments")]
    public async Task Chat_gets_the_shape_it_takes(string kind, string property)
    {
        await using WebhookReceiver hook = await WebhookReceiver.StartAsync(Loopback.FreePort());
        Dictionary<string, string?> configuration = Webhook(hook.Address);
        configuration["Operations:Notifications:Channels:hook:Kind"] = kind;
        await using OperationsHost host = await StartAsync(configuration);

        await host.Alerts.RaiseAsync(TestPlant.Pressure(Start), default);

        using JsonDocument json = JsonDocument.Parse((await hook.NextAsync()).Body);
        Assert.Contains("Pressure is 4.4 bar", json.RootElement.GetProperty(property).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mqtt_publishes_through_the_delegate()
    {
        TaskCompletionSource<(string Topic, string Payload)> published = new();
        Dictionary<string, string?> configuration = Route("out");
        configuration["Operations:Notifications:Channels:out:Kind"] = "Mqtt";
        configuration["Operations:Notifications:Channels:out:Topic"] = "rhine/alerts";
        await using OperationsHost host = await StartAsync(configuration, services => services.AddSingleton<PublishNotification>((topic, payload, _) =>
        {
            published.SetResult((topic, Encoding.UTF8.GetString(payload.Span)));
            return Task.CompletedTask;
        }));

        await host.Alerts.RaiseAsync(TestPlant.Pressure(Start), default);

        (string topic, string payload) = await published.Task;
        Assert.Equal("rhine/alerts", topic);
        Assert.Contains("\"severity\":\"Medium\"", payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receiver_that_is_down_gets_everything_once_it_is_up_and_nothing_twice()
    {
        int port = Loopback.FreePort();
        await using OperationsHost host = await StartAsync(Webhook($"http://127.0.0.1:{port}/hook"));
        for (int i = 0; i < 5; i++)
        {
            await host.Alerts.RaiseAsync(TestPlant.Pressure(Start, "rule" + i) with { Source = new AlertSource("line1", "machine" + i) }, default);
        }

        await UntilAsync(async () => (await host.Notifications.ListAsync(null, 10, default)).All(notification => notification.LastError.Length > 0));
        await using WebhookReceiver hook = await WebhookReceiver.StartAsync(port);
        HashSet<string> keys = [];
        for (int i = 0; i < 5; i++)
        {
            keys.Add((await NextAsync(hook)).IdempotencyKey);
        }

        Assert.All(await EndedAsync(host, 5), notification => Assert.Equal(NotificationState.Sent, notification.State));
        Assert.Equal(5, keys.Count);
        Assert.False(hook.HasRequest);
    }

    [Fact]
    public async Task Server_error_is_tried_again_with_the_same_key()
    {
        await using WebhookReceiver hook = await WebhookReceiver.StartAsync(Loopback.FreePort());
        hook.Answers.Enqueue(503);
        hook.Answers.Enqueue(429);
        await using OperationsHost host = await StartAsync(Webhook(hook.Address));

        await host.Alerts.RaiseAsync(TestPlant.Pressure(Start), default);
        WebhookRequest[] requests = [await NextAsync(hook), await NextAsync(hook), await NextAsync(hook)];

        Assert.Equal([503, 429, 200], requests.Select(request => request.Answered));
        Assert.Single(requests.Select(request => request.IdempotencyKey).Distinct());
    }

    [Fact]
    public async Task Refusal_for_good_is_given_up_and_says_why()
    {
        await using WebhookReceiver hook = await WebhookReceiver.StartAsync(Loopback.FreePort());
        hook.Answers.Enqueue(400);
        await using OperationsHost host = await StartAsync(Webhook(hook.Address));

        await host.Alerts.RaiseAsync(TestPlant.Pressure(Start), default);

        Notification ended = Assert.Single(await EndedAsync(host, 1));
        Assert.Equal((NotificationState.Failed, $"{hook.Address} answers 400"), (ended.State, ended.LastError));
    }

    [Fact]
    public async Task Unknown_mailbox_is_given_up()
    {
        await using SmtpSink mail = new();
        mail.Unknown.Add("shift@plant.example");
        await using OperationsHost host = await StartAsync(Smtp(mail.Port));

        await host.Alerts.RaiseAsync(TestPlant.Pressure(Start), default);

        Assert.Equal(NotificationState.Failed, Assert.Single(await EndedAsync(host, 1)).State);
    }

    [Fact]
    public async Task Channel_that_is_down_delays_no_other_channel()
    {
        await using SmtpSink mail = new();
        Dictionary<string, string?> configuration = Smtp(mail.Port);
        foreach ((string key, string? value) in Webhook($"http://127.0.0.1:{Loopback.FreePort()}/hook"))
        {
            configuration[key.Replace("Routes:0", "Routes:1", StringComparison.Ordinal)] = value;
        }

        configuration["Operations:Notifications:Routes:1:Name"] = "second";
        await using OperationsHost host = await StartAsync(configuration);

        await host.Alerts.RaiseAsync(TestPlant.Pressure(Start), default);

        Assert.Contains("Pressure", await mail.NextMailAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public async Task Escalation_goes_on_only_while_nobody_acknowledges(bool acknowledge, int expected)
    {
        await using WebhookReceiver hook = await WebhookReceiver.StartAsync(Loopback.FreePort());
        Dictionary<string, string?> configuration = Webhook(hook.Address);
        configuration["Operations:Notifications:Routes:0:Steps:1:Channel"] = "hook";
        configuration["Operations:Notifications:Routes:0:Steps:1:After"] = "00:15:00";
        await using OperationsHost host = await StartAsync(configuration);
        Alert alert = await host.Alerts.RaiseAsync(TestPlant.Pressure(Start), default);
        await hook.NextAsync();

        if (acknowledge)
        {
            await host.Alerts.AcknowledgeAsync(alert.Id, "ann", "", default);
        }

        _clock.Advance(TimeSpan.FromMinutes(15));

        Assert.Equal(expected, (await EndedAsync(host, 2)).Count(notification => notification.State == NotificationState.Sent));
    }

    [Fact]
    public async Task What_fell_due_while_the_program_was_away_is_stale_and_can_be_sent_by_hand()
    {
        await using WebhookReceiver hook = await WebhookReceiver.StartAsync(Loopback.FreePort());
        await using OperationsHost host = new(new Dictionary<string, string?>(Webhook(hook.Address)) { ["Operations:Database:File"] = _folder["operations.db"] }, _clock);
        await host.Alerts.RaiseAsync(TestPlant.Pressure(Start), default);
        _clock.Advance(TimeSpan.FromHours(3));
        await host.StartAsync();

        Notification stale = Assert.Single(await EndedAsync(host, 1));
        Assert.Equal(NotificationState.Stale, stale.State);
        Assert.Contains("3 h old when it could be sent", stale.LastError, StringComparison.Ordinal);
        Assert.False(hook.HasRequest);

        Assert.True((await host.Notifications.RetryAsync(stale.Id, "ann", default)).IsDone);
        await NextAsync(hook);
    }

    [Theory]
    [InlineData("AtLeast", "High")]
    [InlineData("Lines:0", "line9")]
    [InlineData("Shifts:0", "Night")]
    public async Task Route_that_does_not_match_tells_nobody(string key, string value)
    {
        await using WebhookReceiver hook = await WebhookReceiver.StartAsync(Loopback.FreePort());
        Dictionary<string, string?> configuration = Webhook(hook.Address);
        configuration["Operations:Notifications:Routes:0:" + key] = value;
        await using OperationsHost host = await StartAsync(configuration);

        await host.Alerts.RaiseAsync(TestPlant.Pressure(Start), default);

        Assert.Empty(await host.Notifications.ListAsync(null, 10, default));
    }

    [Fact]
    public async Task Broken_configuration_lists_every_fault()
    {
        Dictionary<string, string?> configuration = Route("nobody");
        configuration["Operations:Notifications:Channels:mail:Kind"] = "Smtp";
        configuration["Operations:Notifications:Channels:mail:From"] = "nonsense";
        configuration["Operations:Notifications:Channels:hook:Kind"] = "Webhook";
        configuration["Operations:Notifications:Channels:hook:Address"] = "ftp://x";
        configuration["Operations:Database:File"] = _folder["operations.db"];
        await using OperationsHost host = new(configuration, _clock);

        OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);

        Assert.Equal(5, refused.Failures.Count());
    }

    private async Task<OperationsHost> StartAsync(Dictionary<string, string?> configuration, Action<IServiceCollection>? configure = null)
    {
        configuration["Operations:Database:File"] = _folder["operations.db"];
        OperationsHost host = new(configuration, _clock, configure);
        await host.StartAsync();
        return host;
    }

    /// <summary>Moves the clock on until enough notifications have ended.</summary>
    private async Task<IReadOnlyList<Notification>> EndedAsync(OperationsHost host, int count)
    {
        IReadOnlyList<Notification> ended = [];
        await UntilAsync(async () =>
        {
            ended = [.. (await host.Notifications.ListAsync(null, 100, default)).Where(notification => notification.EndedAt is not null)];
            return ended.Count >= count;
        });
        return ended;
    }

    private async Task<WebhookRequest> NextAsync(WebhookReceiver hook)
    {
        await UntilAsync(() => Task.FromResult(hook.HasRequest));
        return await hook.NextAsync();
    }

    private async Task UntilAsync(Func<Task<bool>> condition)
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(10));
        while (!await condition())
        {
            await poll.WaitForNextTickAsync();
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private static Dictionary<string, string?> Route(string channel) => new()
    {
        ["Operations:Notifications:Routes:0:Name"] = "all",
        ["Operations:Notifications:Routes:0:Steps:0:Channel"] = channel,
    };

    private static Dictionary<string, string?> Webhook(string address) => new(Route("hook"))
    {
        ["Operations:Notifications:Channels:hook:Kind"] = "Webhook",
        ["Operations:Notifications:Channels:hook:Address"] = address,
        ["Operations:Notifications:Channels:hook:Secret"] = "secret",
    };

    private static Dictionary<string, string?> Smtp(int port) => new(Route("mail"))
    {
        ["Operations:Notifications:Channels:mail:Kind"] = "Smtp",
        ["Operations:Notifications:Channels:mail:Host"] = "127.0.0.1",
        ["Operations:Notifications:Channels:mail:Port"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["Operations:Notifications:Channels:mail:UseTls"] = "false",
        ["Operations:Notifications:Channels:mail:From"] = "linewatch@plant.example",
        ["Operations:Notifications:Channels:mail:To:0"] = "shift@plant.example",
    };

    private static string Hmac(string key, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text)));
}
