using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>SUBSCRIBE and UNSUBSCRIBE on their way on one connection, each waiting for its acknowledgement. Thread-safe.</summary>
internal sealed class PendingRequests(Outbox outbox, TimeSpan longestWait, TimeProvider time, CancellationToken closed)
{
    /// <summary>They number themselves above the publishes, so that neither asks the other.</summary>
    private const ushort FirstId = 65001;

    private readonly Dictionary<ushort, TaskCompletionSource<SubackPacket>> _open = [];
    private ushort _nextId = FirstId;

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <param name="write">Appends the packet with the identifier given.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    /// <exception cref="IOException">The connection ended first.</exception>
    public async Task<SubackPacket> SendAsync(Action<PacketBuffer, ushort> write, CancellationToken cancellationToken)
    {
        TaskCompletionSource<SubackPacket> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ushort id;
        lock (_open)
        {
            closed.ThrowIfCancellationRequested();
            do
            {
                id = _nextId++;
                _nextId = Math.Max(_nextId, FirstId);
            }
            while (_open.ContainsKey(id));
            _open.Add(id, answer);
        }

        lock (outbox.Gate)
        {
            write(outbox.Buffer, id);
        }

        outbox.Flush();
        return await answer.Task.WaitAsync(longestWait, time, cancellationToken);
    }

    /// <summary>Takes SUBACK or UNSUBACK; one nobody waits for is ignored.</summary>
    public void Answer(SubackPacket answer)
    {
        lock (_open)
        {
            if (_open.Remove(answer.PacketId, out TaskCompletionSource<SubackPacket>? request))
            {
                request.TrySetResult(answer);
            }
        }
    }

    /// <summary>The connection has ended: nothing will be answered any more.</summary>
    public void Fail()
    {
        lock (_open)
        {
            foreach (TaskCompletionSource<SubackPacket> request in _open.Values)
            {
                request.TrySetException(new IOException("the connection ended before the broker answered"));
            }

            _open.Clear();
        }
    }
}
