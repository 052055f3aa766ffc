namespace Linewatch.Mqtt.Codec;

/// <summary>
/// The outgoing bytes of one connection. Any thread appends packets under <see cref="Gate"/>; whoever flushes first
/// becomes the one sender and writes until nothing is left, so that everything that gathered meanwhile leaves in one
/// write. Buffers return to the pool when empty.
/// </summary>
internal sealed class Outbox(Stream stream, Action<Exception> failed, CancellationToken closed)
{
    private PacketBuffer _pending = new();
    private PacketBuffer _writing = new();
    private TaskCompletionSource? _room;
    private bool _sending;
    private bool _broken;

    /// <summary>Held while a packet is appended to <see cref="Buffer"/>.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Where to append; only under <see cref="Gate"/>, and never kept.</summary>
    public PacketBuffer Buffer => _pending;

    /// <summary>Bytes waiting that no write has taken yet.</summary>
    public int Waiting => _pending.Length;

    /// <summary>Bytes handed to the transport so far.</summary>
    public long Sent { get; private set; }

    /// <summary>Starts sending what was appended, unless a send is under way that will take it.</summary>
    public void Flush()
    {
        lock (Gate)
        {
            if (_sending || _pending.Length == 0)
            {
                return;
            }

            if (_broken)
            {
                _pending.Release();
                return;
            }

            _sending = true;
        }

        _ = SendAsync();
    }

    /// <summary>Completes when fewer than <paramref name="limit"/> bytes wait: the back-pressure for those who can wait.</summary>
    public ValueTask WaitForRoomAsync(int limit, CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            if (_pending.Length < limit || _broken)
            {
                return ValueTask.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task.WaitAsync(cancellationToken));
        }
    }

    /// <summary>Completes when everything appended so far has been handed to the transport.</summary>
    public async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        Flush();
        while (true)
        {
            Task waiting;
            lock (Gate)
            {
                if (!_sending)
                {
                    return;
                }

                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = _room.Task;
            }

            await waiting.WaitAsync(cancellationToken);
        }
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                lock (Gate)
                {
                    _room?.TrySetResult();
                    _room = null;
                    if (_pending.Length == 0)
                    {
                        _sending = false;
                        _pending.Release();
                        return;
                    }

                    (_pending, _writing) = (_writing, _pending);
                }

                await stream.WriteAsync(_writing.WrittenMemory, closed);
                Sent += _writing.Length;
                _writing.Release();
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException or System.Net.WebSockets.WebSocketException or InvalidOperationException)
        {
            lock (Gate)
            {
                _broken = true;
                _sending = false;
                _pending.Release();
                _room?.TrySetResult();
                _room = null;
            }

            failed(exception);
        }
    }
}
