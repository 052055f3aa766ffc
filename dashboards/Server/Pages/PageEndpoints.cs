using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.FileProviders;

namespace Linewatch.Server.Pages;

/// <summary>The web pages and the display for factory televisions.</summary>
public static class PageEndpoints
{
    /// <summary>
    /// Maps the pages. They are rendered on the server; scripts only keep them fresh, so nothing is held open for a
    /// browser but the live stream.
    /// </summary>
    public static WebApplication MapPages(this WebApplication app)
    {
        app.UseWhen(
            context => !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal),
            pages => pages.UseExceptionHandler("/error", createScopeForErrors: true));

        // Beside the binary, so that it is found whatever folder the program is started in.
        PhysicalFileProvider files = new(Path.Combine(AppContext.BaseDirectory, "wwwroot"));
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
        });
        app.MapGet("/tv/{line}", () => TypedResults.File(files.GetFileInfo("tv.html").CreateReadStream(), "text/html; charset=utf-8")).ExcludeFromDescription();
        app.MapFallback(() => new RazorComponentResult<App> { StatusCode = StatusCodes.Status404NotFound }).ExcludeFromDescription();
        app.MapFallback("/api/{**path}", () => TypedResults.Problem(
            "there is no such address; /openapi/v1.json describes every one", statusCode: StatusCodes.Status404NotFound)).ExcludeFromDescription();
        app.MapRazorComponents<App>().DisableAntiforgery();
        return app;
    }
}
