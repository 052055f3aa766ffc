using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Linewatch.Mqtt;

namespace Linewatch.Tests.EndToEnd.Chaos;

/// <summary>
/// Machines that publish at QoS 1 without a pause, whatever happens to the other end, and the ledger of what was acknowledged
/// to them. Message n of a machine has the event time <see cref="TimeOf"/>(n) and the value n.
/// </summary>
internal sealed class Publishers : IAsyncDisposable
{
    public const int Machines = 4;
    private const int Window = 200;

    /// <summary>Pause between two rounds of one machine's messages.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);

    private static readonly DateTime Start = new(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly List<MqttClient> _clients = [];
    private readonly ConcurrentDictionary<int, byte>[] _acknowledged = [.. Enumerable.Range(0, Machines).Select(_ => new ConcurrentDictionary<int, byte>())];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    public Publishers(string host, int port, int perBeat)
    {
        for (int machine = 0; machine < Machines; machine++)
        {
            MqttClient client = new(new MqttClientOptions
            {
                Host = host,
                Port = port,
                ClientId = string.Create(CultureInfo.InvariantCulture, $"machine{machine}"),
                CleanStart = false,
                SessionExpiry = TimeSpan.FromDays(1),
                MaximumInFlight = Window,
                ReconnectMinimum = TimeSpan.FromMilliseconds(50),
                ReconnectMaximum = TimeSpan.FromMilliseconds(500),
            });
            client.Start();
            _clients.Add(client);
        }

        _work = Task.WhenAll(Enumerable.Range(0, Machines).Select(machine => Task.Run(() => PublishAsync(machine, perBeat))));
    }

    /// <summary>Messages acknowledged so far.</summary>
    public int Acknowledged => _acknowledged.Sum(machine => machine.Count);

    /// <summary>The numbers of a machine's messages that were acknowledged to it.</summary>
    public IReadOnlyCollection<int> Ledger(int machine) => [.. _acknowledged[machine].Keys];

    public static DateTime TimeOf(int number) => Start.AddMilliseconds(number * 10L);

    public static string Topic(int machine) => string.Create(CultureInfo.InvariantCulture, $"lab/hall/line/m{machine}/data");

    /// <summary>Stops and waits until every message that was handed over is acknowledged.</summary>
    public async Task FinishAsync(TimeSpan limit)
    {
        await _stop.CancelAsync();
        await _work.WaitAsync(limit, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (MqttClient client in _clients)
        {
            await client.DisposeAsync();
        }

        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task PublishAsync(int machine, int perBeat)
    {
        string topic = Topic(machine);
        Queue<Task> outstanding = new();
        using PeriodicTimer beat = new(Beat);
        int number = 0;
        while (!_stop.IsCancellationRequested)
        {
            await beat.WaitForNextTickAsync();
            for (int i = 0; i < perBeat; i++)
            {
                if (outstanding.Count == Window)
                {
                    await outstanding.Dequeue();
                }

                outstanding.Enqueue(PublishAsync(machine, topic, number++));
            }
        }

        await Task.WhenAll(outstanding);
    }

    private async Task PublishAsync(int machine, string topic, int number)
    {
        byte[] payload = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $$$"""{"ts":"{{{TimeOf(number):yyyy-MM-ddTHH:mm:ss.fffZ}}}","values":{"x":{{{number}}}}}"""));
        await _clients[machine].PublishAsync(topic, payload, MqttQoS.AtLeastOnce, retain: false, CancellationToken.None);
        _acknowledged[machine][number] = 0;
    }
}
