using Linewatch.Mqtt.Codec;

namespace Linewatch.Mqtt;

/// <summary>SUBSCRIBE and UNSUBSCRIBE on their way on one connection, each waiting for its acknowledgement. Thread-safe.</summary>
/// <param name="outbox">Where they are sent.</param>
/// <param name="longestWait">After so long it is asked whether the broker is silent.</param>
/// <param name="isSilent">Whether it is; one that sends other things has our request still to read.</param>
/// <param name="time">The clock.</param>
/// <param name="closed">Cancelled with the connection.</param>
internal sealed class PendingRequests(Outbox outbox, TimeSpan longestWait, Func<bool> isSilent, TimeProvider time, CancellationToken closed)
{
    /// <summary>They number themselves above the publishes, so that neither asks the other.</summary>
    private const ushort FirstId = 65001;

    private readonly Dictionary<ushort, TaskCompletionSource<SubackPacket>> _open = [];
    private ushort _nextId = FirstId;

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <param name="write">Appends the packet with the identifier given.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="TimeoutException">No answer, and nothing else either, in time.</exception>
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
        while (true)
        {
            try
            {
                return await answer.Task.WaitAsync(longestWait, time, cancellationToken);
            }
            catch (TimeoutException) when (!isSilent())
            {
                // It lives: a new connection would have it send again whatever we have acknowledged and it has yet to read.
            }
        }
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
