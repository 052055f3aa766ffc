using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Linewatch.Tests.Contract.Operations;

/// <summary>A mail server on loopback that speaks SMTP (RFC 5321) and keeps what it accepts.</summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Channel<string> _mails = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    public SmtpSink(int port = 0)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Recipients that are refused with 550.</summary>
    public HashSet<string> Unknown { get; } = [];

    /// <summary>The next accepted mail with its headers, as sent between DATA and the dot.</summary>
    public async Task<string> NextMailAsync() => await _mails.Reader.ReadAsync();

    public bool HasMail => _mails.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> sessions = [];
        try
        {
            while (true)
            {
                sessions.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient connection = client;
        try
        {
            NetworkStream stream = connection.GetStream();
            using StreamReader reader = new(stream, Encoding.UTF8, leaveOpen: true);
            await using StreamWriter writer = new(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 sink ESMTP");
            while (await reader.ReadLineAsync(_stopping.Token) is { } line)
            {
                string verb = line.Split(' ', ':')[0].ToUpperInvariant();
                if (verb == "DATA")
                {
                    await writer.WriteLineAsync("354 go on");
                    string mail = await ReadMailAsync(reader);
                    await _mails.Writer.WriteAsync(mail);
                    await writer.WriteLineAsync("250 kept");
                    continue;
                }

                await writer.WriteLineAsync(verb switch
                {
                    "EHLO" => "250 sink",
                    "RCPT" when Unknown.Any(unknown => line.Contains(unknown, StringComparison.Ordinal)) => "550 no such mailbox",
                    "QUIT" => "221 bye",
                    _ => "250 ok",
                });
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            // The client is gone or the test is over.
        }
    }

    private async Task<string> ReadMailAsync(StreamReader reader)
    {
        StringBuilder mail = new();
        while (await reader.ReadLineAsync(_stopping.Token) is { } line && line != ".")
        {
            mail.Append(line).Append('\n');
        }

        return mail.ToString();
    }
}
