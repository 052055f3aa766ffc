using System.Diagnostics.Metrics;
using System.Text;
using Linewatch.Mqtt;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Journaling;
using Linewatch.Telemetry.Quarantining;
using Linewatch.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Linewatch.Tests.Unit.Telemetry;

/// <summary>A journal in a folder of its own, with what is needed around it; <see cref="Reopen"/> is a restart.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly TemporaryFolder _folder = new();

    public Bench(Action<JournalOptions>? configure = null, TimeProvider? time = null)
    {
        Time = time ?? TimeProvider.System;
        Options = new JournalOptions { Folder = _folder["journal"], SyncMilliseconds = 1 };
        configure?.Invoke(Options);
        Journal = Open();
    }

    public TimeProvider Time { get; }

    public JournalOptions Options { get; }

    public Journal Journal { get; private set; }

    public MessageBalance Balance { get; private set; } = null!;

    public Quarantine Quarantine { get; private set; } = null!;

    public string LastSegment => Directory.GetFiles(Options.Folder, "*.segment").Order(StringComparer.Ordinal).Last();

    public static Plant Plant(string sources, string signals = "{ id: x }, { id: y, unit: bar, min: 0, max: 10 }, { id: state, role: state }, { id: product, role: product }", string top = "")
    {
        PlantFile file = PlantFile.Parse($$"""
            plant: P
            site: s
            timeZone: UTC
            {{top}}
            sources: {{sources}}
            lines:
              - id: l
                area: a
                machines:
                  - { id: m, signals: [{{signals}}] }
                  - { id: n, signals: [{ id: x }] }
            """, "plant.yaml");
        Assert.Empty(file.Faults);
        return file.Plant!;
    }

    public long Accept(string topic, string payload, bool duplicate = false) => Accept(topic, Encoding.UTF8.GetBytes(payload), duplicate);

    public long Accept(string topic, byte[] payload, bool duplicate = false) => Journal.Accept(new PublishView
    {
        Topic = Encoding.UTF8.GetBytes(topic),
        Payload = payload,
        QoS = MqttQoS.AtLeastOnce,
        Duplicate = duplicate,
    });

    /// <summary>Accepts and waits until it is safe.</summary>
    public async Task<long> AcceptSafelyAsync(string topic, string payload)
    {
        long receipt = Accept(topic, payload);
        await Journal.WaitUntilSafeAsync(receipt, TestContext.Limit());
        return receipt;
    }

    public async Task CloseAsync() => await Journal.DisposeAsync();

    /// <summary>Closes and opens again; between the two, files can be damaged.</summary>
    public async Task ReopenAsync(Action? between = null)
    {
        await CloseAsync();
        between?.Invoke();
        Journal = Open();
    }

    public Ledger OpenLedger()
    {
        Quarantine?.Dispose();
        Quarantine = new Quarantine(new QuarantineOptions { Folder = _folder["quarantine"] }, Time);
        Balance = new MessageBalance(_folder["balance"]);
        return new Ledger(Balance, Quarantine);
    }

    public JournalConsumer Consumer(string name, CurrentPlant plant, ReadingHandler handler, Ledger? ledger = null) =>
        new(name, Journal, plant, handler, ledger, Time, NullLogger<JournalConsumer>.Instance);

    /// <summary>Reads everything that is safe as "topic payload".</summary>
    public static List<string> ReadAll(JournalReader reader)
    {
        List<string> messages = [];
        while (reader.TryLoad(1 << 16))
        {
            while (reader.TryRead(out JournalRecord record))
            {
                messages.Add(Encoding.UTF8.GetString(record.Topic) + " " + Encoding.UTF8.GetString(record.Payload));
            }
        }

        return messages;
    }

    /// <summary>Waits for what another thread brings about; looks again every few milliseconds.</summary>
    public static async Task Until(Func<bool> condition)
    {
        CancellationToken limit = TestContext.Limit();
        while (!condition())
        {
            limit.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, limit);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Quarantine?.Dispose();
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private Journal Open() => Journal.Open(Options, new TelemetryMetrics(_services.GetRequiredService<IMeterFactory>()), Time, NullLogger<Journal>.Instance);
}

/// <summary>The longest any awaited thing may take before a test fails instead of hanging.</summary>
internal static class TestContext
{
    public static CancellationToken Limit() => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;
}
