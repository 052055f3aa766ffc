using System.Net;
using Linewatch.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Linewatch.Tests.Benchmarks.Ingest;

/// <summary>A database that takes everything, keeps nothing and finds nothing: what is left is our own ceiling.</summary>
internal sealed class NullInflux : IAsyncDisposable
{
    private readonly WebApplication _application;

    private NullInflux(WebApplication application, int port)
    {
        _application = application;
        Address = new Uri($"http://127.0.0.1:{port}/");
    }

    public Uri Address { get; }

    public static async Task<NullInflux> StartAsync()
    {
        int port = Loopback.FreePort();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        WebApplication application = builder.Build();
        application.MapPost("/write", async (HttpContext context) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
        application.MapPost("/query", (HttpContext context) => context.Response.WriteAsync("""{"results":[{"statement_id":0}]}"""));
        await application.StartAsync();
        return new NullInflux(application, port);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
