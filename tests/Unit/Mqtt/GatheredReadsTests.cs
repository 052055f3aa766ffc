using System.Net;
using System.Net.Sockets;
using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>When the bytes of a busy connection gather before they are read.</summary>
public sealed class GatheredReadsTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly int Busy = GatheredReads.BusyRate * (int)GatheredReads.Interval.TotalMilliseconds;

    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));
    private readonly Socket _broker;
    private readonly NetworkStream _stream;
    private readonly GatheredReads _reads;

    public GatheredReadsTests()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "only Linux wakes a reader for so many bytes");
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Socket client = new(SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndpoint);
        _broker = listener.AcceptSocket();
        _stream = new NetworkStream(client, ownsSocket: true);
        _reads = GatheredReads.Of(_stream, _time)!;
    }

    [SkippableTheory]
    [InlineData(1, 0, true)] // QoS 0: nobody waits for us
    [InlineData(1, 1_000, true)] // QoS 1, and the broker goes on while many are unacknowledged
    [InlineData(1, 15, false)] // it may be waiting for our acknowledgements
    [InlineData(2, 1_000, false)] // not busy
    public void Bytes_gather_on_a_busy_connection_unless_its_window_may_be_small(int slowness, int owed, bool gathers)
    {
        _time.Advance(GatheredReads.Interval);

        Assert.Equal(gathers, !AfterRead(Busy / slowness, owed).IsCompleted);
    }

    [SkippableFact]
    public async Task Bytes_gather_while_half_of_what_the_broker_sends_ahead_comes()
    {
        // 100 were unacknowledged at once; at 10 a millisecond half of that takes 5 ms.
        _time.Advance(GatheredReads.Interval);

        await AssertGathersAsync(AfterRead(Busy, 100), milliseconds: 5);
    }

    [SkippableTheory]
    [InlineData(125, 6.25)] // it sent as much as was let gather, and may send more
    [InlineData(100, 5)] // it stopped at 100 as before
    [InlineData(20, 3.75)] // it sent far less: a quarter is forgotten at a time
    public async Task Broker_is_probed_for_whether_it_sends_further_ahead(int ahead, double thenMilliseconds)
    {
        _time.Advance(GatheredReads.ProbeInterval);
        Task probe = AfterRead(GatheredReads.BusyRate * (int)GatheredReads.ProbeInterval.TotalMilliseconds, 100);
        await AssertGathersAsync(probe, milliseconds: 12.5);

        await AssertGathersAsync(AfterRead(0, ahead), thenMilliseconds);
    }

    [SkippableFact]
    public async Task More_than_its_window_that_a_broker_sent_once_is_forgotten_within_seconds()
    {
        _time.Advance(GatheredReads.Interval);
        Task gathering = AfterRead(Busy, 100_000);
        for (TimeSpan passed = TimeSpan.Zero; passed < TimeSpan.FromSeconds(8); passed += 2 * GatheredReads.Longest)
        {
            _time.Advance(2 * GatheredReads.Longest);
            await gathering.WaitAsync(Limit);
            gathering = AfterRead(2 * Busy, 15);
        }

        // The last may have been a probe.
        _time.Advance(GatheredReads.Shortest);
        Assert.True(gathering.IsCompleted);
    }

    [SkippableFact]
    public async Task Of_a_fast_connection_no_more_than_plenty_gathers()
    {
        // Plenty in every 5 ms.
        _time.Advance(GatheredReads.Interval);

        await AssertGathersAsync(AfterRead(Busy, 0, bytes: 4 * GatheredReads.Plenty), milliseconds: 5);
    }

    [SkippableFact]
    public async Task Nobody_is_woken_while_bytes_gather_and_then_by_the_next_byte()
    {
        _time.Advance(GatheredReads.Interval);
        Task gathering = AfterRead(Busy, 0);
        Send(100);
        Assert.False(IsWoken());
        _stream.ReadExactly(new byte[100]);

        _time.Advance(GatheredReads.Longest);
        await gathering.WaitAsync(Limit);
        Send(1);
        Assert.True(IsWoken());
    }

    [SkippableFact]
    public void Read_that_took_as_much_as_it_could_is_followed_by_the_next_at_once()
    {
        _time.Advance(GatheredReads.Interval);

        Assert.True(_reads.AfterReadAsync(Busy, 1, isFull: true, owed: 0).IsCompleted);
    }

    [SkippableFact]
    public async Task Bytes_no_longer_gather_once_few_come()
    {
        _time.Advance(GatheredReads.Interval);
        Task gathering = AfterRead(Busy, 0);
        _time.Advance(GatheredReads.Longest);
        await gathering.WaitAsync(Limit);

        Assert.True(AfterRead((GatheredReads.BusyRate / 2 * (int)GatheredReads.Longest.TotalMilliseconds) - 1, 0).IsCompleted);
        Send(1);
        Assert.True(IsWoken());
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _broker?.Dispose();
    }

    private Task AfterRead(int messages, int owed, int bytes = 1) => _reads.AfterReadAsync(messages, bytes, isFull: false, owed);

    private async Task AssertGathersAsync(Task gathering, double milliseconds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(Math.Floor(milliseconds) - 0.1));
        Assert.False(gathering.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1.1));
        await gathering.WaitAsync(Limit);
    }

    /// <summary>Returns when it has arrived.</summary>
    private void Send(int bytes)
    {
        _broker.Send(new byte[bytes]);
        Assert.True(SpinWait.SpinUntil(() => _stream.Socket.Available == bytes, TimeSpan.FromSeconds(20)));
    }

    /// <summary>The kernel's poll keeps to the low-water mark as its wake-up does.</summary>
    private bool IsWoken() => _stream.Socket.Poll(0, SelectMode.SelectRead);
}
