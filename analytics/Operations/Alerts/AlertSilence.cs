using System.Data.Common;
using Dapper;

namespace Linewatch.Operations.Alerts;

/// <summary>The three ISA-18.2 ways of silencing an alarm (G, H, I): rows that end by themselves, so a restart changes nothing.</summary>
internal static class AlertSilence
{
    /// <summary>Shelving is an operator's short respite; anything longer needs the plant's logic or maintenance.</summary>
    private static readonly TimeSpan LongestShelving = TimeSpan.FromHours(24);

    /// <summary>The end of a silence that plant logic will end itself.</summary>
    private static readonly DateTime NoEnd = new(9999, 12, 31, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Why a silence is not allowed, or null.</summary>
    public static string? Refuse(AlertState kind, DateTime now, DateTime until, string reason) => kind switch
    {
        not (AlertState.Shelved or AlertState.SuppressedByDesign or AlertState.OutOfService) =>
            $"{kind} is not a way to silence; allowed: Shelved, SuppressedByDesign, OutOfService",
        _ when string.IsNullOrWhiteSpace(reason) => "a silence needs a reason",
        _ when until <= now => $"the silence would end at {until:u}, before it begins",
        AlertState.Shelved when until - now > LongestShelving => $"shelving lasts at most {LongestShelving.TotalHours:0} h; take the alarm out of service instead",
        _ => null,
    };

    public static Task SetAsync(
        DbTransaction transaction, string openKey, AlertState kind, DateTime since, DateTime until, string author, string reason) =>
        transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO alert_suppression (open_key, kind, since, until, author, reason)
            VALUES (@openKey, @kind, @since, @until, @author, @reason)
            ON CONFLICT (open_key, kind) DO UPDATE SET since = @since, until = @until, author = @author, reason = @reason
            """,
            new { openKey, kind = kind.ToString(), since, until, author, reason }, transaction);

    /// <summary>Silences by design until further notice; false when it was so already.</summary>
    public static async Task<bool> SuppressAsync(DbTransaction transaction, string openKey, DateTime since) =>
        await transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO alert_suppression (open_key, kind, since, until, author, reason)
            VALUES (@openKey, @kind, @since, @until, 'plant logic', 'the machine is in a state in which this alarm means nothing')
            ON CONFLICT (open_key, kind) DO NOTHING
            """,
            new { openKey, kind = nameof(AlertState.SuppressedByDesign), since, until = NoEnd }, transaction) > 0;

    /// <summary>Ends a silence by design; false when there was none.</summary>
    public static async Task<bool> UnsuppressAsync(DbTransaction transaction, string openKey) =>
        await transaction.Connection!.ExecuteAsync(
            "DELETE FROM alert_suppression WHERE open_key = @openKey AND kind = @kind",
            new { openKey, kind = nameof(AlertState.SuppressedByDesign) }, transaction) > 0;

    public static Task EndAsync(DbTransaction transaction, string openKey) =>
        transaction.Connection!.ExecuteAsync("DELETE FROM alert_suppression WHERE open_key = @openKey", new { openKey }, transaction);
}
