namespace Linewatch.Mqtt;

/// <summary>
/// Where received messages are made safe before they are acknowledged to their sender. The client and the broker both
/// hand every application message to one; Linewatch's journal is the intake that matters. Thread-safe.
/// </summary>
public interface IMessageIntake
{
    /// <summary>
    /// Takes a copy of the message and returns at once with its receipt. Receipts grow; they are not dense. Never waits
    /// for I/O, so that one connection's batch is taken in one go; the caller respects <see cref="WaitForRoomAsync"/>
    /// before it reads more. Whoever accepts QoS 1 or 2 owes an acknowledgement and asks by <see cref="WaitUntilSafeAsync"/>;
    /// what nobody asks for is made safe a little later.
    /// </summary>
    long Accept(in PublishView message);

    /// <summary>Every message whose receipt is at most this is safe and may be acknowledged.</summary>
    long SafeThrough { get; }

    /// <summary>Completes once <see cref="SafeThrough"/> has reached <paramref name="receipt"/>.</summary>
    /// <exception cref="IOException">The intake failed for good; nothing after <see cref="SafeThrough"/> may be acknowledged.</exception>
    ValueTask WaitUntilSafeAsync(long receipt, CancellationToken cancellationToken);

    /// <summary>
    /// Completes at once while there is room, else when there is room again. A caller that waits here does not read its
    /// socket: that is the back-pressure.
    /// </summary>
    ValueTask WaitForRoomAsync(CancellationToken cancellationToken);
}
