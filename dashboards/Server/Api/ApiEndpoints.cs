using System.Data.Common;
using System.Text.Json.Serialization;
using Linewatch.Server.Live;
using Linewatch.Server.Overview;
using Linewatch.Server.Quality;
using Linewatch.Storage;
using Microsoft.AspNetCore.Builder;

namespace Linewatch.Server.Api;

/// <summary>The REST API under <c>/api/v1</c> and its description under <c>/openapi/v1.json</c>.</summary>
public static class ApiEndpoints
{
    /// <summary>Adds what API and pages need. The application adds the plant, the store, operations and jobs.</summary>
    public static IServiceCollection AddWeb(this IServiceCollection services)
    {
        services.AddSingleton<LivePlant>();
        services.AddSingleton<PlantTime>();
        services.AddSingleton<OperationsView>();
        services.AddSingleton<QualityView>();
        services.AddSingleton<ServiceStatus>();
        services.AddRazorComponents();
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context => context.ProblemDetails.Detail ??= Detail(context.Exception));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Linewatch";
            document.Info.Description = "Machine monitoring for bottling and packaging lines. Times are UTC (ISO 8601), units UCUM, errors problem details (RFC 9457).";
            return Task.CompletedTask;
        }));
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
        return services;
    }

    /// <summary>Maps the API.</summary>
    public static WebApplication MapApi(this WebApplication app)
    {
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal),
            api => api.UseExceptionHandler(new ExceptionHandlerOptions
            {
                StatusCodeSelector = Status,

                // A bad request is the caller's fault and is told to the caller.
                SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException,
            }).UseStatusCodePages());
        app.MapOpenApi();
        RouteGroupBuilder api = app.MapGroup("/api/v1");
        api.MapPlant();
        api.MapReadings();
        api.MapShifts();
        api.MapStops();
        api.MapOperations();
        api.MapQuality();
        api.MapAlerts();
        api.MapDetectors();
        api.MapDetectorModels();
        api.MapIncidents();
        api.MapNotifications();
        api.MapWorkOrders();
        api.MapWorkOrderFiles();
        api.MapMaintenancePlans();
        api.MapCalendars();
        api.MapCmms();
        api.MapPlan();
        api.MapHealth();
        api.MapJobs();
        api.MapReports();
        api.MapBalance();
        api.MapQuarantine();
        api.MapLive();
        return app;
    }

    /// <summary>What was wrong with a request, or what is away; of our own faults nothing is told.</summary>
    private static string? Detail(Exception? exception) => exception switch
    {
        BadHttpRequestException { InnerException: { } inner } bad => $"{bad.Message} {inner.Message}",
        BadHttpRequestException or StoreUnavailableException => exception.Message,
        DbException => "the operations database cannot be reached; nothing was changed",
        _ => null,
    };

    /// <summary>A dependency that is away is not our fault, and the request may be repeated.</summary>
    private static int Status(Exception exception) => exception switch
    {
        StoreUnavailableException or DbException => StatusCodes.Status503ServiceUnavailable,
        BadHttpRequestException bad => bad.StatusCode,
        _ => StatusCodes.Status500InternalServerError,
    };
}
