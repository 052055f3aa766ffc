namespace Linewatch.Mqtt.Codec;

/// <summary>One control packet as it lies in a receive buffer: framing is done, nothing is decoded yet.</summary>
internal readonly ref struct Frame
{
    /// <summary>First byte: type and flags.</summary>
    public required byte Header { get; init; }

    /// <summary>Everything after the remaining length.</summary>
    public required ReadOnlySpan<byte> Body { get; init; }

    /// <summary>Bytes of the whole packet, fixed header included.</summary>
    public required int Length { get; init; }

    public PacketType Type => (PacketType)(Header >> 4);

    public int Flags => Header & 0x0F;
}
