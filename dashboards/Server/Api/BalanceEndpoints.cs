using System.Globalization;
using System.Text;
using Linewatch.Server.Live;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Quarantining;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>What became of every message, what is in quarantine, and how each part is doing.</summary>
internal static class BalanceEndpoints
{
    private static readonly TimeSpan LongestBalance = TimeSpan.FromDays(100);

    public static void MapBalance(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("").WithTags("Data");
        group.MapGet("balance", Balance).WithName("GetBalance").WithSummary("Received = stored + duplicate + quarantined + damaged + pending").ProducesProblem(400)
            .WithDescription("Totals since the journal was created, and rows by source and hour of receive time. from, to: ISO 8601; default the last 24 hours, at most 100 days.");
        group.MapGet("quarantine", Quarantined).WithName("ListQuarantine").WithSummary("Quarantined messages by source, reason and topic, most first");
        group.MapGet("quarantine/messages", Messages).WithName("ListQuarantinedMessages").WithSummary("Quarantined messages as received, oldest first").ProducesProblem(400)
            .WithDescription("source, topic restrict. limit: 1 to 1,000, default 100. The payload is given as text; what is not UTF-8 as hexadecimal.");
        group.MapGet("status", Status).WithName("GetStatus").WithSummary("How journal, consumers and connections are doing");
    }

    private static Results<Ok<BalanceAnswer>, ProblemHttpResult> Balance(MessageBalance balance, TimeProvider clock, string? from = null, string? to = null)
    {
        from ??= to is null ? clock.GetUtcNow().AddHours(-24).ToString("O", CultureInfo.InvariantCulture) : null;
        if (TimeRange.Read(from, to, clock, out TimeRange range) is { } fault)
        {
            return Problem.Invalid(fault);
        }

        if (range.To - range.From > LongestBalance)
        {
            return Problem.Invalid($"the balance is given for at most {LongestBalance.TotalDays:0} days at once; {range.From:u} to {range.To:u} is more");
        }

        DateTime firstHour = range.From.Date.AddHours(range.From.Hour);
        return TypedResults.Ok(new BalanceAnswer(balance.Totals(), balance.Rows(firstHour, range.To)));
    }

    private static Ok<QuarantineAnswer> Quarantined(Quarantine quarantine) =>
        TypedResults.Ok(new QuarantineAnswer(quarantine.Count, quarantine.Dropped, quarantine.Groups()));

    private static Results<Ok<IReadOnlyList<MessageAnswer>>, ProblemHttpResult> Messages(
        Quarantine quarantine, string? source = null, string? topic = null, int limit = 100) =>
        limit is < 1 or > 1000
            ? Problem.Invalid($"limit is {limit}; allowed: 1 to 1000")
            : TypedResults.Ok<IReadOnlyList<MessageAnswer>>(
                [.. quarantine.List(new QuarantineFilter(source, Topic: topic), limit).Select(MessageAnswer.Of)]);

    private static Ok<StatusAnswer> Status(ServiceStatus status, LivePlant live, TimeProvider clock)
    {
        IReadOnlyList<PartStatus> parts = status.All();
        return TypedResults.Ok(new StatusAnswer(parts.All(part => part.IsOk), clock.GetUtcNow().UtcDateTime, live.DataTime, parts));
    }
}

/// <summary>The whole balance and its rows.</summary>
internal sealed record BalanceAnswer(BalanceTotals Totals, IReadOnlyList<BalanceRow> Rows);

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

/// <summary>How this process is doing; data time is the event time of the newest reading, UTC.</summary>
internal sealed record StatusAnswer(bool IsOk, DateTime Now, DateTime? DataTime, IReadOnlyList<PartStatus> Parts);
