using System.Net;
using System.Net.Sockets;
using Linewatch.Mqtt;
using Linewatch.Tests.Servers;
using Microsoft.AspNetCore.Connections;

namespace Linewatch.Tests.Unit.Mqtt;

/// <summary>When what a busy client sends gathers before the broker reads it.</summary>
public sealed class ReadPauseTests : IAsyncLifetime, IDisposable
{
    private static readonly int Busy = 2 * ReadPause.LeastRate * (int)ReadPause.Interval.TotalMilliseconds;

    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));
    private readonly Socket _client = new(SocketType.Stream, ProtocolType.Tcp);
    private SocketTransport.Connection _connection = null!;
    private ReadPause _pause = null!;

    public async Task InitializeAsync()
    {
        await using IConnectionListener listener = await new SocketTransport().BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        await _client.ConnectAsync(listener.EndPoint);
        _connection = (SocketTransport.Connection)(await listener.AcceptAsync())!;
        _pause = ReadPause.Of(_connection, _time)!;
    }

    public async Task DisposeAsync() => await _connection.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [SkippableTheory]
    [InlineData(ReadPause.LeastRate - 1, false)]
    [InlineData(ReadPause.LeastRate, true)]
    [InlineData(ReadPause.MostRate, true)]
    [InlineData(ReadPause.MostRate + 1, false)] // sends large pieces anyway
    public void Messages_gather_on_a_busy_connection(int messagesAMillisecond, bool pauses)
    {
        OnLinux();
        Pass(messagesAMillisecond * (int)ReadPause.Interval.TotalMilliseconds);

        Assert.Equal(pauses, _pause.Pauses);
    }

    [SkippableFact]
    public void A_client_that_waits_for_its_acknowledgements_is_left_alone_each_time_for_longer()
    {
        OnLinux();
        List<int> rests = [];
        Pass(Busy);
        for (int i = 0; i < 3; i++)
        {
            Assert.True(_pause.Pauses);
            Pass(Busy / 4);
            int rest = 0;
            while (!_pause.Pauses)
            {
                Pass(Busy);
                rest++;
            }

            rests.Add(rest);
        }

        int first = (int)(ReadPause.FirstRest / ReadPause.Interval) + 1;
        Assert.Equal([first, (2 * first) - 1, (4 * first) - 3], rests);
    }

    [SkippableFact]
    public async Task A_read_waits_for_the_end_of_the_pause_and_nobody_is_woken_meanwhile()
    {
        OnLinux();
        Pass(Busy);

        Task paused = _pause.AfterReadAsync(1, isFull: false, CancellationToken.None);
        Send(100);
        Assert.False(IsWoken());
        Assert.False(paused.IsCompleted);
        _time.Advance(ReadPause.Length);
        await paused;
        Take(100);

        // Nothing has come during a pause: the next byte wakes.
        paused = _pause.AfterReadAsync(1, isFull: false, CancellationToken.None);
        _time.Advance(ReadPause.Length);
        await paused;
        Send(1);
        Assert.True(IsWoken());
    }

    [SkippableFact]
    public async Task After_a_full_read_what_is_left_is_read_at_once_and_the_next_byte_wakes()
    {
        OnLinux();
        Pass(Busy);
        Task paused = _pause.AfterReadAsync(1, isFull: false, CancellationToken.None);
        Send(100);
        _time.Advance(ReadPause.Length);
        await paused;
        Take(100);

        Assert.True(_pause.AfterReadAsync(1, isFull: true, CancellationToken.None).IsCompletedSuccessfully);
        Send(1);
        Assert.True(IsWoken());
    }

    private static void OnLinux() => Skip.IfNot(OperatingSystem.IsLinux(), "only Linux wakes a reader for so many bytes");

    /// <summary>Lets an interval pass in which so many messages come.</summary>
    private void Pass(int messages)
    {
        _time.Advance(ReadPause.Interval);
        _pause.Count(messages);
    }

    /// <summary>Returns when it has arrived.</summary>
    private void Send(int bytes)
    {
        _client.Send(new byte[bytes]);
        Assert.True(SpinWait.SpinUntil(() => _connection.Socket.Available == bytes, TimeSpan.FromSeconds(20)));
    }

    private void Take(int bytes) => Assert.Equal(bytes, _connection.Socket.Receive(new byte[bytes]));

    /// <summary>The kernel's poll keeps to the low-water mark as its wake-up does.</summary>
    private bool IsWoken() => _connection.Socket.Poll(0, SelectMode.SelectRead);
}
