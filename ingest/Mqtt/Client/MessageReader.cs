using System.Threading.Channels;

namespace Linewatch.Mqtt;

/// <summary>
/// The intake behind <see cref="MqttClient.ReadAllAsync"/>: copies messages into a channel; a message is safe once it and
/// all before it are acknowledged by the reader.
/// </summary>
internal sealed class MessageReader(int capacity) : IMessageIntake
{
    private readonly Lock _gate = new();

    // Bounded by WaitForRoomAsync, which the connection respects before it reads its socket again.
    private readonly Channel<MqttMessage> _messages = Channel.CreateUnbounded<MqttMessage>();
    private readonly HashSet<long> _doneEarly = [];
    private long _accepted;
    private long _safe;
    private TaskCompletionSource? _progress;
    private TaskCompletionSource? _room;
    private int _unread;

    public long SafeThrough => Volatile.Read(ref _safe);

    public long Accept(in PublishView message)
    {
        MqttMessage owned = new(message, message.QoS == MqttQoS.AtMostOnce ? null : Done);
        lock (_gate)
        {
            owned.Receipt = ++_accepted;
            _unread++;
        }

        _messages.Writer.TryWrite(owned);
        if (message.QoS == MqttQoS.AtMostOnce)
        {
            Done(owned);
        }

        return owned.Receipt;
    }

    public ValueTask WaitUntilSafeAsync(long receipt, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _safe >= receipt ? ValueTask.CompletedTask : new ValueTask(WaitAsync(receipt, cancellationToken));
        }
    }

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_unread < capacity)
            {
                return ValueTask.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task.WaitAsync(cancellationToken));
        }
    }

    public async IAsyncEnumerable<MqttMessage> ReadAllAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (MqttMessage message in _messages.Reader.ReadAllAsync(cancellationToken))
        {
            lock (_gate)
            {
                if (--_unread < capacity)
                {
                    _room?.TrySetResult();
                    _room = null;
                }
            }

            yield return message;
        }
    }

    /// <summary>Ends the enumeration after what is already there.</summary>
    public void Complete() => _messages.Writer.TryComplete();

    private void Done(MqttMessage message)
    {
        lock (_gate)
        {
            if (message.Receipt != _safe + 1)
            {
                _doneEarly.Add(message.Receipt);
                return;
            }

            _safe++;
            while (_doneEarly.Remove(_safe + 1))
            {
                _safe++;
            }

            _progress?.TrySetResult();
            _progress = null;
        }
    }

    private async Task WaitAsync(long receipt, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task progress;
            lock (_gate)
            {
                if (_safe >= receipt)
                {
                    return;
                }

                _progress ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                progress = _progress.Task;
            }

            await progress.WaitAsync(cancellationToken);
        }
    }
}
