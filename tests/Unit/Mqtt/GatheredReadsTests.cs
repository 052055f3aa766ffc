using System.Net;
using System.Net.Sockets;
using Linewatch.Mqtt;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>When the bytes of a busy connection gather before its reader is woken.</summary>
public sealed class GatheredReadsTests : IDisposable
{
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
        _reads.Begin(Busy / slowness, owed);

        Send(100);

        Assert.Equal(!gathers, IsWoken());
    }

    [SkippableFact]
    public void Bytes_gather_while_half_of_what_the_broker_sends_ahead_comes()
    {
        // 100 were unacknowledged at once; at 10 a millisecond half of that takes 5 ms.
        _time.Advance(GatheredReads.Interval);
        _reads.Begin(Busy, 100);

        AssertGathersFor(milliseconds: 5);
    }

    [SkippableTheory]
    [InlineData(125, 6.25)] // it sent as much as was let gather, and may send more
    [InlineData(100, 5)] // it stopped at 100 as before
    [InlineData(20, 3.75)] // it sent far less: a quarter is forgotten at a time
    public void Broker_is_probed_for_whether_it_sends_further_ahead(int ahead, double thenMilliseconds)
    {
        BeginProbe(ahead: 100);
        AssertGathersFor(milliseconds: 12.5);
        _stream.ReadExactly(new byte[100]);
        _reads.End();

        _reads.Begin(0, ahead);

        AssertGathersFor(thenMilliseconds);
    }

    [SkippableFact]
    public void Read_that_takes_what_came_before_is_no_probe()
    {
        BeginProbe(ahead: 100);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _reads.End();

        _reads.Begin(0, 20);

        AssertGathersFor(milliseconds: 12.5);
    }

    [SkippableFact]
    public void More_than_its_window_that_a_broker_sent_once_is_forgotten_within_seconds()
    {
        _time.Advance(GatheredReads.Interval);
        _reads.Begin(Busy, 100_000);
        for (TimeSpan passed = TimeSpan.Zero; passed < TimeSpan.FromSeconds(8); passed += GatheredReads.Interval)
        {
            _time.Advance(GatheredReads.Interval);
            _reads.Begin(Busy, 15);
        }

        Send(100);

        Assert.True(IsWoken());
    }

    [SkippableFact]
    public void Reader_is_woken_by_plenty_and_else_when_the_longest_time_is_over()
    {
        _time.Advance(GatheredReads.Interval);
        _reads.Begin(Busy, 0);
        Send(GatheredReads.Plenty);
        Assert.True(IsWoken());
        _stream.ReadExactly(new byte[GatheredReads.Plenty]);
        _reads.End();

        _reads.Begin(1, 0);
        Send(100);
        Assert.False(IsWoken());

        _time.Advance(GatheredReads.Longest);
        Assert.True(IsWoken());
    }

    [SkippableFact]
    public void Bytes_no_longer_gather_once_few_come()
    {
        _time.Advance(GatheredReads.Interval);
        _reads.Begin(Busy, 0);
        _reads.End();

        _time.Advance(GatheredReads.Interval);
        _reads.Begin((Busy / 2) - 1, 0);
        Send(1);

        Assert.True(IsWoken());
    }

    public void Dispose()
    {
        _reads?.Dispose();
        _stream?.Dispose();
        _broker?.Dispose();
    }

    /// <summary>After the broker was seen to send so many ahead.</summary>
    private void BeginProbe(int ahead)
    {
        _time.Advance(GatheredReads.ProbeInterval);
        _reads.Begin(GatheredReads.BusyRate * (int)GatheredReads.ProbeInterval.TotalMilliseconds, ahead);
    }

    private void AssertGathersFor(double milliseconds)
    {
        Send(100);
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds - 0.1));
        Assert.False(IsWoken());

        _time.Advance(TimeSpan.FromMilliseconds(0.1));
        Assert.True(IsWoken());
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
