using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Linewatch.Tests.Contract.Operations;

/// <summary>A web server on loopback that keeps what is posted to it and answers as told.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<WebhookRequest> _requests = Channel.CreateUnbounded<WebhookRequest>();

    private WebhookReceiver(int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        _app = builder.Build();
        _app.MapPost("/hook", TakeAsync);
        Address = $"http://127.0.0.1:{port}/hook";
    }

    public string Address { get; }

    /// <summary>Answers for the next requests; 200 once used up.</summary>
    public Queue<int> Answers { get; } = new();

    public static async Task<WebhookReceiver> StartAsync(int port)
    {
        WebhookReceiver receiver = new(port);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async Task<WebhookRequest> NextAsync() => await _requests.Reader.ReadAsync();

    public bool HasRequest => _requests.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        using StreamReader reader = new(request.Body);
        string body = await reader.ReadToEndAsync();
        int status = Answers.TryDequeue(out int told) ? told : 200;
        await _requests.Writer.WriteAsync(new WebhookRequest(
            body, request.Headers["Idempotency-Key"].ToString(), request.Headers["X-Linewatch-Signature"].ToString(), status));
        return Results.StatusCode(status);
    }
}

internal sealed record WebhookRequest(string Body, string IdempotencyKey, string Signature, int Answered);
