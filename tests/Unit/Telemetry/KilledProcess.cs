using System.Globalization;
using System.Text;
using Linewatch.Mqtt;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Journaling;
using Linewatch.Telemetry.Quarantining;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Linewatch.Tests.Unit.Telemetry;

/// <summary>
/// What the process does that <see cref="KillTests"/> kills: four senders put numbered messages into a journal and print each
/// number once it is safe; a consumer appends what it reads to a file, the store, and keeps the balance.
/// </summary>
internal static class KilledProcess
{
    public const string FolderVariable = "LINEWATCH_TEST_KILLED_FOLDER";
    public const string FirstVariable = "LINEWATCH_TEST_KILLED_FIRST";
    private const int Senders = 4;
    private const int Burst = 20;

    public static async Task RunAsync(string folder, long first)
    {
        await using Parts parts = new(folder);
        Task consuming = parts.Consumer.RunAsync(CancellationToken.None);
        await Task.WhenAny(consuming, Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => SendAsync(parts.Journal, first + sender))));
    }

    /// <summary>Consumes what is left, in this process.</summary>
    public static async Task<BalanceTotals> FinishAsync(string folder)
    {
        await using Parts parts = new(folder);
        using CancellationTokenSource stop = new();
        Task consuming = parts.Consumer.RunAsync(stop.Token);
        await Bench.Until(() => parts.Balance.Totals() is { Pending: 0, Received: > 0 } && parts.Consumer.Status.PendingMessages == 0);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => consuming);
        return parts.Balance.Totals();
    }

    private static async Task SendAsync(Journal journal, long number)
    {
        byte[] payload = new byte[32];
        StringBuilder safe = new();
        while (true)
        {
            long receipt = 0;
            safe.Clear();
            for (int i = 0; i < Burst; i++, number += Senders)
            {
                receipt = Accept(journal, number, payload);
                safe.Append(CultureInfo.InvariantCulture, $"{number}\n");
            }

            await journal.WaitUntilSafeAsync(receipt, CancellationToken.None);
            lock (typeof(KilledProcess))
            {
                Console.Out.Write(safe);
                Console.Out.Flush();
            }

            await journal.WaitForRoomAsync(CancellationToken.None);
        }
    }

    private static long Accept(Journal journal, long number, byte[] payload)
    {
        number.TryFormat(payload, out int length, default, CultureInfo.InvariantCulture);

        // Every tenth cannot be decoded, so that the quarantine is at work as well.
        ReadOnlySpan<byte> topic = number % 10 == 0 ? "nobody/knows"u8 : "m/x"u8;
        return journal.Accept(new PublishView { Topic = topic, Payload = payload.AsSpan(0, length), QoS = MqttQoS.AtLeastOnce });
    }

    private sealed class Parts : IAsyncDisposable
    {
        private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        private readonly FileStream _store;
        private readonly Quarantine _quarantine;

        public Parts(string folder)
        {
            JournalOptions options = new() { Folder = Path.Combine(folder, "journal"), SegmentBytes = 64 << 10, SyncMilliseconds = 1 };
            Journal = Journal.Open(options, new TelemetryMetrics(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()), TimeProvider.System, NullLogger<Journal>.Instance);
            _quarantine = new Quarantine(new QuarantineOptions { Folder = Path.Combine(folder, "quarantine") }, TimeProvider.System);
            Balance = new MessageBalance(Path.Combine(folder, "balance"));
            _store = new FileStream(Path.Combine(folder, "store"), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            CurrentPlant plant = new(Bench.Plant("""[{ name: v, topic: "{machine}/{signal}", decoder: value }]"""));
            Consumer = new JournalConsumer("store", Journal, plant, StoreAsync, new Ledger(Balance, _quarantine), TimeProvider.System, NullLogger<JournalConsumer>.Instance);
        }

        public Journal Journal { get; }

        public MessageBalance Balance { get; }

        public JournalConsumer Consumer { get; }

        public async ValueTask DisposeAsync()
        {
            await Journal.DisposeAsync();
            _quarantine.Dispose();
            await _store.DisposeAsync();
            await _services.DisposeAsync();
        }

        private ValueTask StoreAsync(Linewatch.Telemetry.Decoding.ReadingBatch batch, CancellationToken cancellationToken)
        {
            StringBuilder lines = new();
            foreach (ref readonly Linewatch.Telemetry.Reading reading in batch.Readings.Span)
            {
                lines.Append(CultureInfo.InvariantCulture, $"{reading.Value}\n");
            }

            return _store.WriteAsync(Encoding.ASCII.GetBytes(lines.ToString()), cancellationToken);
        }
    }
}
