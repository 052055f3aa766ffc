using System.Globalization;
using Linewatch.Server.Live;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Consuming;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>What became of every message, and how each part is doing.</summary>
internal static class BalanceEndpoints
{
    private static readonly TimeSpan LongestBalance = TimeSpan.FromDays(100);

    public static void MapBalance(this RouteGroupBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("").WithTags("Data");
        group.MapGet("balance", Balance).WithName("GetBalance").WithSummary("Received = stored + duplicate + quarantined + damaged + pending").ProducesProblem(400)
            .WithDescription("Totals since the journal was created, and rows by source and hour of receive time. from, to: ISO 8601; default the last 24 hours, at most 100 days. pending=true counts what waits by source and hour, too: it looks at up to a million messages in the journal.");
        group.MapGet("status", Status).WithName("GetStatus").WithSummary("How journal, consumers and connections are doing");
    }

    private static Results<Ok<BalanceAnswer>, ProblemHttpResult> Balance(
        MessageBalance balance, IEnumerable<JournalConsumer> consumers, TimeProvider clock, string? from = null, string? to = null, bool pending = false)
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
        IReadOnlyList<BalanceRow> rows = balance.Rows(firstHour, range.To);
        return TypedResults.Ok(new BalanceAnswer(balance.Totals(), pending
            ? BalanceRow.Together(rows, consumers.Single(consumer => consumer.KeepsLedger).Pending().Where(row => row.Hour >= firstHour && row.Hour < range.To))
            : rows));
    }

    private static Ok<StatusAnswer> Status(ServiceStatus status, LivePlant live, TimeProvider clock)
    {
        IReadOnlyList<PartStatus> parts = status.All();
        return TypedResults.Ok(new StatusAnswer(parts.All(part => part.IsOk), clock.GetUtcNow().UtcDateTime, live.DataTime, parts));
    }
}

/// <summary>The whole balance and its rows.</summary>
internal sealed record BalanceAnswer(BalanceTotals Totals, IReadOnlyList<BalanceRow> Rows);

/// <summary>How this process is doing; data time is the event time of the newest reading, UTC.</summary>
internal sealed record StatusAnswer(bool IsOk, DateTime Now, DateTime? DataTime, IReadOnlyList<PartStatus> Parts);
