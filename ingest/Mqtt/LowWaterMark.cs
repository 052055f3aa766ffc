using System.Buffers.Binary;
using System.Net.Sockets;

namespace Linewatch.Mqtt;

/// <summary>How many bytes must have arrived before the kernel wakes a socket's reader (SO_RCVLOWAT). Linux only. Not thread-safe.</summary>
internal sealed class LowWaterMark(Socket socket)
{
    // <asm-generic/socket.h>, the same on every architecture that .NET runs on.
    private const int SolSocket = 1;
    private const int SoRcvLowat = 18;

    private int _bytes = 1;

    /// <summary>Lets bytes gather for a while: without the mark the kernel would wake the sockets' engine for every piece, though nobody waits for one.</summary>
    /// <param name="length">How long.</param>
    /// <param name="plenty">Bytes at which the engine is woken all the same; the reader sleeps on.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task LetGatherAsync(TimeSpan length, int plenty, TimeProvider time, CancellationToken cancellationToken)
    {
        Set(plenty);
        await Task.Delay(length, time, cancellationToken);
        WakeForTheNextByte();
    }

    /// <summary>Before a read that is to wait for a byte at most: one that finds something does not wait; where it would, the mark must not be what it waits for.</summary>
    public void WakeForTheNextByte()
    {
        try
        {
            if (_bytes > 1 && socket.Available == 0)
            {
                Set(1);
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The next read says so.
        }
    }

    /// <summary>Sets the mark; the kernel looks at once whether so much is there. A socket that is closed by now is left to its read.</summary>
    private void Set(int bytes)
    {
        if (bytes == _bytes)
        {
            return;
        }

        _bytes = bytes;
        Span<byte> option = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(option, bytes);
        try
        {
            socket.SetRawSocketOption(SolSocket, SoRcvLowat, option);
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The read under way says so.
        }
    }
}
