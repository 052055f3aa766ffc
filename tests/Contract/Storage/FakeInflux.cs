using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Contract.Storage;

/// <summary>An HTTP server that answers as the test says and keeps what it was asked; for answers no real database can be brought to give.</summary>
internal sealed class FakeInflux : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;
    private readonly Func<FakeRequest, FakeAnswer> _answer;

    public FakeInflux(Func<FakeRequest, FakeAnswer> answer)
    {
        _answer = answer;
        Address = $"http://127.0.0.1:{Loopback.FreePort()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address { get; }

    public ConcurrentQueue<FakeRequest> Requests { get; } = new();

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            HttpListenerRequest asked = context.Request;
            bool compressed = asked.Headers["Content-Encoding"] == "gzip";
            using StreamReader body = new(compressed ? new GZipStream(asked.InputStream, CompressionMode.Decompress) : asked.InputStream);
            FakeRequest request = new(asked.HttpMethod, asked.Url!.PathAndQuery, asked.Headers["Authorization"], compressed, await body.ReadToEndAsync());
            Requests.Enqueue(request);
            FakeAnswer answer = _answer(request);
            context.Response.StatusCode = answer.Status;
            if (answer.RetryAfter is { } wait)
            {
                context.Response.Headers["Retry-After"] = wait;
            }

            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer.Body));
            context.Response.Close();
        }
    }
}

internal sealed record FakeRequest(string Method, string PathAndQuery, string? Authorization, bool Compressed, string Body);

internal sealed record FakeAnswer(int Status, string Body = "", string? RetryAfter = null);
