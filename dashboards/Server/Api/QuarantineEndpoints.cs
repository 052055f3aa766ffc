using System.Globalization;
using System.Text;
using Linewatch.Server.Quarantining;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Quarantining;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>Messages that could not be used: look at them, download them, mend the mapping, replay them.</summary>
internal static class QuarantineEndpoints
{
    private const int DownloadLimit = 100_000;
    private const long DownloadBytes = 64 << 20;

    public static void MapQuarantine(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("quarantine").WithTags("Data");
        group.MapGet("", Groups).WithName("ListQuarantine").WithSummary("Quarantined messages by source, reason and topic, most first").ProducesProblem(400)
            .WithDescription("source, reason, topic restrict; reason is one of those that the answer names.");
        group.MapGet("messages", Messages).WithName("ListQuarantinedMessages").WithSummary("Quarantined messages as received, oldest first").ProducesProblem(400)
            .WithDescription("source, reason, topic, from, to (receive time, ISO 8601) restrict. limit: 1 to 1,000, default 100; after = id of the last message of the page before. The payload is given as text; what is not UTF-8 as hexadecimal.");
        group.MapGet("messages/{id:long}", Payload).WithName("GetQuarantinedPayload").WithSummary("The payload of one message, byte by byte").Produces<string>(200, "application/octet-stream").ProducesProblem(404);
        group.MapGet("download", Download).WithName("DownloadQuarantine").WithSummary("Quarantined messages as a file, one JSON object a line").Produces<string>(200, "application/x-ndjson").ProducesProblem(400)
            .WithDescription("Restricted as messages are; at most 100,000 messages or 64 MiB of payload, the oldest.");
        group.MapGet("proposals", Proposals).WithName("ListMappingProposals").WithSummary("A mapping for each topic that no source of the plant file matches");
        group.MapPost("replay", ReplayAsync).WithName("ReplayQuarantine").WithSummary("Decode quarantined messages again by the plant in force").WithChangeProblems();
        group.MapPost("accept", AcceptAsync).WithName("AcceptMapping").WithSummary("Add the proposed mapping of a topic to the plant file and replay what was kept").WithChangeProblems();
    }

    private static Results<Ok<QuarantineAnswer>, ProblemHttpResult> Groups(Quarantine quarantine, string? source = null, string? reason = null, string? topic = null) =>
        Filter(source, reason, topic, null, null, null, out QuarantineFilter filter) is { } fault
            ? Problem.Invalid(fault)
            : TypedResults.Ok(new QuarantineAnswer(quarantine.Count, quarantine.Dropped, [.. quarantine.Groups().Where(group =>
                (filter.Source is null || group.Source == filter.Source)
                && (filter.Reason is null || group.Reason == filter.Reason)
                && (filter.Topic is null || group.Topic == filter.Topic))]));

    private static Results<Ok<IReadOnlyList<MessageAnswer>>, ProblemHttpResult> Messages(
        Quarantine quarantine, string? source = null, string? reason = null, string? topic = null, string? from = null, string? to = null, long? after = null, int limit = 100) =>
        limit is < 1 or > 1000 ? Problem.Invalid($"limit is {limit}; allowed: 1 to 1000")
        : Filter(source, reason, topic, from, to, after, out QuarantineFilter filter) is { } fault ? Problem.Invalid(fault)
        : TypedResults.Ok<IReadOnlyList<MessageAnswer>>([.. quarantine.List(filter, limit).Select(MessageAnswer.Of)]);

    private static Results<FileContentHttpResult, ProblemHttpResult> Payload(long id, Quarantine quarantine) =>
        quarantine.Find(id) is { } message
            ? TypedResults.File(message.Payload.ToArray(), "application/octet-stream", string.Create(CultureInfo.InvariantCulture, $"message-{id}"))
            : Problem.NotFound($"no message {id} is in quarantine");

    private static Results<PushStreamHttpResult, ProblemHttpResult> Download(
        Quarantine quarantine, string? source = null, string? reason = null, string? topic = null, string? from = null, string? to = null, long? after = null)
    {
        if (Filter(source, reason, topic, from, to, after, out QuarantineFilter filter) is { } fault)
        {
            return Problem.Invalid(fault);
        }

        return TypedResults.Stream(
            async output =>
            {
                foreach (QuarantinedMessage message in quarantine.List(filter, DownloadLimit, DownloadBytes))
                {
                    await System.Text.Json.JsonSerializer.SerializeAsync(output, MessageAnswer.Of(message), MessageLine.Options);
                    await output.WriteAsync("\n"u8.ToArray());
                }
            },
            "application/x-ndjson",
            "quarantine.ndjson");
    }

    private static Ok<IReadOnlyList<ProposalAnswer>> Proposals(QuarantineDesk desk) =>
        TypedResults.Ok<IReadOnlyList<ProposalAnswer>>([.. desk.Proposals().Select(ProposalAnswer.Of)]);

    private static async Task<Results<Ok<ReplayAnswer>, ProblemHttpResult>> ReplayAsync(ReplayRequest request, QuarantineDesk desk, CancellationToken cancellationToken) =>
        Filter(request.Source, request.Reason, request.Topic, null, null, null, out QuarantineFilter filter) is { } fault
            ? Problem.Invalid(fault)
            : TypedResults.Ok(await desk.ReplayAsync(filter, request.Author, cancellationToken));

    private static async Task<Results<Ok<AcceptAnswer>, ProblemHttpResult>> AcceptAsync(AcceptRequest request, QuarantineDesk desk, CancellationToken cancellationToken)
    {
        AcceptResult result = await desk.AcceptAsync(request.Topic, request.Author, cancellationToken);
        return result.Outcome switch
        {
            AcceptOutcome.NoProposal => Problem.NotFound(result.Fault),
            AcceptOutcome.Refused => TypedResults.Problem(result.Fault, statusCode: StatusCodes.Status409Conflict, title: "Not possible now"),
            _ => TypedResults.Ok(new AcceptAnswer(result.Proposal!.Yaml, Names(result.Proposal), result.Replayed!.Released, result.Replayed.Remaining)),
        };
    }

    /// <summary>Names of the signals that accepting a proposal adds.</summary>
    internal static IReadOnlyList<string> Names(MappingProposal proposal) => [.. proposal.Missing.Select(signal => signal.SourceName)];

    private static string? Filter(string? source, string? reason, string? topic, string? from, string? to, long? after, out QuarantineFilter filter)
    {
        filter = new QuarantineFilter(NullIfEmpty(source), null, NullIfEmpty(topic), After: after);
        if (NullIfEmpty(reason) is { } name)
        {
            if (!Enum.TryParse(name, ignoreCase: true, out QuarantineReason read) || !Enum.IsDefined(read) || read == QuarantineReason.None)
            {
                return $"reason is \"{name}\"; allowed: {string.Join(", ", Enum.GetNames<QuarantineReason>().Skip(1))}";
            }

            filter = filter with { Reason = read };
        }

        foreach ((string key, string? text) in new[] { ("from", NullIfEmpty(from)), ("to", NullIfEmpty(to)) })
        {
            if (text is null)
            {
                continue;
            }

            if (!TimeRange.TryReadInstant(text, out DateTime time))
            {
                return TimeRange.Fault(key, text);
            }

            filter = key == "from" ? filter with { From = time } : filter with { To = time };
        }

        return null;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>What is in quarantine; dropped = what its limits of size and age have removed.</summary>
internal sealed record QuarantineAnswer(long Count, long Dropped, IReadOnlyList<QuarantineGroup> Groups);

/// <summary>One quarantined message; receive time UTC.</summary>
internal sealed record MessageAnswer(long Id, DateTime ReceiveTime, string Source, QuarantineReason Reason, string Detail, string Topic, string Payload, bool IsHexadecimal)
{
    public static MessageAnswer Of(QuarantinedMessage message)
    {
        bool isText = System.Text.Unicode.Utf8.IsValid(message.Payload.Span);
        string payload = isText ? Encoding.UTF8.GetString(message.Payload.Span) : Convert.ToHexString(message.Payload.Span);
        return new MessageAnswer(message.Id, message.ReceiveTime, message.Source, message.Reason, message.Detail, message.Topic, payload, !isText);
    }
}

/// <summary>How a message is written in a downloaded file: as in the API, readable where it is text.</summary>
internal static class MessageLine
{
    public static System.Text.Json.JsonSerializerOptions Options { get; } = new(System.Text.Json.JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
    };
}

/// <summary>A proposed source for a topic: its line of YAML, what was recognised, and the names of signals that are added with it.</summary>
internal sealed record ProposalAnswer(string Topic, long Messages, DateTime Last, string Yaml, string Explanation, IReadOnlyList<string> NewSignals)
{
    public static ProposalAnswer Of(TopicProposal proposal) => new(
        proposal.Proposal.Topic, proposal.Messages, proposal.Last, proposal.Proposal.Yaml, proposal.Proposal.Explanation, QuarantineEndpoints.Names(proposal.Proposal));
}

/// <summary>Which quarantined messages to replay; what is not given restricts nothing.</summary>
internal sealed record ReplayRequest(string? Source = null, string? Reason = null, string? Topic = null, string Author = "anonymous");

/// <summary>The topic whose proposed mapping is accepted.</summary>
internal sealed record AcceptRequest(string Topic, string Author = "anonymous");

/// <summary>The source and the signals that were added, and what the replay came to.</summary>
internal sealed record AcceptAnswer(string Yaml, IReadOnlyList<string> NewSignals, long Released, long Remaining);
