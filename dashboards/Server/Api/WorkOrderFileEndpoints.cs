using Linewatch.Operations.WorkOrders;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>What belongs to a work order: checklist, parts, labour, findings, files, the stops and incidents it answers.</summary>
internal static class WorkOrderFileEndpoints
{
    private const int LongestFileName = 200;

    public static void MapWorkOrderFiles(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("workorders/{id}").WithTags("Maintenance");
        group.MapPost("checks", AddCheckAsync).WithName("AddWorkOrderCheck").WithSummary("Add a point to the checklist").WithChangeProblems();
        group.MapPost("checks/{position:long}/done", CheckOffAsync).WithName("CheckOffWorkOrder").WithSummary("Check a point off").WithChangeProblems();
        group.MapPost("parts", AddPartAsync).WithName("AddWorkOrderPart").WithSummary("Note parts used").WithChangeProblems();
        group.MapPost("labour", AddLabourAsync).WithName("AddWorkOrderLabour").WithSummary("Note work done").WithChangeProblems();
        group.MapPost("finding", ReportAsync).WithName("ReportWorkOrderFinding").WithSummary("Say what was found and measured; the forecasts learn from it").WithChangeProblems();
        group.MapPost("stops", LinkStopAsync).WithName("LinkWorkOrderStop").WithSummary("Link a stop that the order answers: downtime, its reason and the order belong together").WithChangeProblems();
        group.MapPost("incidents", LinkIncidentAsync).WithName("LinkWorkOrderIncident").WithSummary("Link an incident that the order answers").WithChangeProblems();
        group.MapPut("files/{name}", AttachAsync).WithName("AttachToWorkOrder").WithSummary("Attach a photo or file: the request's body, at most 10 MiB").WithChangeProblems()
            .WithDescription("author: who adds it. The Content-Type header is kept.").Accepts<Stream>("*/*");
        group.MapGet("files/{file}", DownloadAsync).WithName("DownloadWorkOrderFile").WithSummary("A photo or file, by its identifier").ProducesProblem(404)
            .Produces(200, contentType: "application/octet-stream");
    }

    private static async Task<Results<Ok<WorkOrder>, ProblemHttpResult>> AddCheckAsync(string id, Remark remark, WorkOrderFile files, CancellationToken cancellationToken) =>
        Problem.Of(await files.AddCheckAsync(id, remark.Text, remark.Author, cancellationToken));

    private static async Task<Results<Ok<WorkOrder>, ProblemHttpResult>> CheckOffAsync(
        string id, long position, Remark remark, WorkOrderFile files, CancellationToken cancellationToken) =>
        Problem.Of(await files.CheckOffAsync(id, position, remark.Author, cancellationToken));

    private static async Task<Results<Ok<WorkOrder>, ProblemHttpResult>> AddPartAsync(string id, PartUsed part, WorkOrderFile files, CancellationToken cancellationToken) =>
        Cents(part.UnitCost) is not { } cents || !double.IsFinite(part.Quantity)
            ? Problem.Invalid($"unitCost is {part.UnitCost}; allowed: 0 to 1,000,000,000")
            : Problem.Of(await files.AddPartAsync(id, new WorkOrderPart { Part = part.Part.Trim(), Quantity = part.Quantity, UnitCost = cents }, part.Author, cancellationToken));

    private static async Task<Results<Ok<WorkOrder>, ProblemHttpResult>> AddLabourAsync(string id, LabourDone labour, WorkOrderFile files, CancellationToken cancellationToken) =>
        Cents(labour.HourlyCost) is not { } cents
            ? Problem.Invalid($"hourlyCost is {labour.HourlyCost}; allowed: 0 to 1,000,000,000")
            : Problem.Of(await files.AddLabourAsync(id, new WorkOrderLabour { Person = labour.Person.Trim(), Minutes = labour.Minutes, HourlyCost = cents }, labour.Author, cancellationToken));

    private static async Task<Results<Ok<WorkOrder>, ProblemHttpResult>> ReportAsync(string id, FindingReport report, WorkOrderBook orders, CancellationToken cancellationToken) =>
        Problem.Of(await orders.ReportFindingAsync(id, report.Finding, report.Text, report.MeasuredBefore, report.MeasuredAfter, report.Author, cancellationToken));

    private static async Task<Results<Ok<WorkOrder>, ProblemHttpResult>> LinkStopAsync(string id, StopLink link, WorkOrderLinks links, CancellationToken cancellationToken) =>
        Problem.Of(await links.LinkStopAsync(id, link.Line, link.Stop, link.Author, cancellationToken));

    private static async Task<Results<Ok<WorkOrder>, ProblemHttpResult>> LinkIncidentAsync(string id, IncidentLink link, WorkOrderLinks links, CancellationToken cancellationToken) =>
        Problem.Of(await links.LinkIncidentAsync(id, link.Incident, link.Author, cancellationToken));

    private static async Task<Results<Ok<WorkOrder>, ProblemHttpResult>> AttachAsync(
        string id, string name, HttpRequest request, WorkOrderFile files, CancellationToken cancellationToken, string author = "anonymous")
    {
        if (name.Length is 0 or > LongestFileName || name.AsSpan().IndexOfAny("/\\\r\n\"") >= 0)
        {
            return Problem.Invalid($"the file name is not allowed; 1 to {LongestFileName} characters without / \\ and quotes are");
        }

        byte[] content = new byte[WorkOrderFile.LargestAttachment + 1];
        int length = await request.Body.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellationToken);
        return length > WorkOrderFile.LargestAttachment
            ? Problem.Invalid($"the file is larger than {WorkOrderFile.LargestAttachment:N0} bytes")
            : Problem.Of(await files.AttachAsync(id, name, request.ContentType ?? "application/octet-stream", content[..length], author, cancellationToken));
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> DownloadAsync(
        string id, string file, WorkOrderFile files, HttpResponse response, CancellationToken cancellationToken)
    {
        if (await files.FindAttachmentAsync(id, file, cancellationToken) is not { } attachment || await files.ContentAsync(file, cancellationToken) is not { } content)
        {
            return Problem.NotFound($"the work order {id} has no file {file}");
        }

        // Whatever somebody uploaded is downloaded, never shown as a page of this server.
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox";
        return TypedResults.File(content, attachment.ContentType, attachment.Name);
    }

    /// <summary>Money in hundredths; null when it is out of range.</summary>
    private static long? Cents(decimal money) => money is < 0 or > 1_000_000_000 ? null : (long)Math.Round(money * 100);
}

/// <summary>A part used; the cost of one in the plant's currency.</summary>
internal sealed record PartUsed(string Part, double Quantity, decimal UnitCost = 0, string Author = "anonymous");

/// <summary>Work done by one person; the cost of an hour in the plant's currency.</summary>
internal sealed record LabourDone(string Person, long Minutes, decimal HourlyCost = 0, string Author = "anonymous");

/// <summary>What was found (Failed, Worn, Sound or Other), in words, and the wear signal before and after, in its unit.</summary>
internal sealed record FindingReport(WorkOrderFinding Finding, string Text = "", double? MeasuredBefore = null, double? MeasuredAfter = null, string Author = "anonymous");

/// <summary>A stop of a line, named as the shift records name it.</summary>
internal sealed record StopLink(string Line, string Stop, string Author = "anonymous");

/// <summary>An incident by its identifier.</summary>
internal sealed record IncidentLink(string Incident, string Author = "anonymous");
