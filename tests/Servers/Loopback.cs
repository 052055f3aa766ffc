using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Linewatch.Tests.Servers;

/// <summary>Free ports on 127.0.0.1, and waiting for a server to listen on one.</summary>
public static class Loopback
{
    /// <summary>
    /// Below the ports that the system gives to outgoing connections (32768 and up on Linux): there, one of them could take the
    /// port before the server does or while it restarts, and a client that tries a port again and again may even reach itself.
    /// </summary>
    private const int Lowest = 10_000;
    private const int Highest = 32_767;

    private static int _last = Random.Shared.Next(Highest);

    /// <summary>A TCP port nobody listens on now, another one at each call. Another process may still take it: start the server at once.</summary>
    public static int FreePort()
    {
        while (true)
        {
            int port = Lowest + (Interlocked.Increment(ref _last) % (Highest - Lowest + 1));
            try
            {
                using TcpListener listener = new(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    /// <summary>Completes once something accepts connections on the port.</summary>
    /// <exception cref="TimeoutException">Nothing listened within <paramref name="limit"/> (default 30 s).</exception>
    public static async Task WaitForListenerAsync(int port, Process? server = null, TimeSpan? limit = null)
    {
        long started = Stopwatch.GetTimestamp();
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            try
            {
                using TcpClient probe = new();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                if (server is { HasExited: true })
                {
                    throw new InvalidOperationException($"{server.StartInfo.FileName} ended with code {server.ExitCode} before it listened on port {port}");
                }

                if (Stopwatch.GetElapsedTime(started) > (limit ?? TimeSpan.FromSeconds(30)))
                {
                    throw new TimeoutException($"nothing listens on port {port}");
                }

                await poll.WaitForNextTickAsync();
            }
        }
    }
}
