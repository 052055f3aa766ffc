using System.Buffers.Text;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Linewatch.Operations.Database;

namespace Linewatch.Operations.WorkOrders;

/// <summary>
/// The calendar feeds. Calendars cannot log in, so each feed's address holds a secret of 256 random bits: whoever has the
/// address reads the feed until it is revoked. Thread-safe.
/// </summary>
public sealed class CalendarFeedBook(OperationsDatabase database, TimeProvider clock)
{
    private const string Columns = "id, name, line, created_at, created_by, revoked_at, revoked_by, read_at";

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Every feed, newest first, revoked ones included.</summary>
    public async Task<IReadOnlyList<CalendarFeed>> ListAsync(CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<CalendarFeed>($"SELECT {Columns} FROM calendar_feed ORDER BY created_at DESC, id DESC")];
    }

    /// <summary>Makes a feed; the secret is told here and never again.</summary>
    public async Task<(CalendarFeed Feed, string Secret)> AddAsync(string name, string? line, string author, CancellationToken cancellationToken)
    {
        string secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        CalendarFeed feed = new()
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"),
            Name = name,
            Line = line,
            CreatedAt = Now,
            CreatedBy = author,
        };
        await database.WriteAsync(
            transaction => transaction.Connection!.ExecuteAsync(
                """
                INSERT INTO calendar_feed (id, name, line, secret_hash, created_at, created_by)
                VALUES (@Id, @Name, @Line, @hash, @CreatedAt, @CreatedBy)
                """,
                new { feed.Id, feed.Name, feed.Line, hash = Hash(secret), feed.CreatedAt, feed.CreatedBy }, transaction),
            cancellationToken);
        return (feed, secret);
    }

    /// <summary>The feed of an id and its secret; null when there is none, the secret is wrong or the feed was revoked. Takes the same time whatever is wrong with the secret.</summary>
    public async Task<CalendarFeed?> OpenAsync(string id, string secret, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        string hash = await connection.ExecuteScalarAsync<string?>("SELECT secret_hash FROM calendar_feed WHERE id = @id AND revoked_at IS NULL", new { id }) ?? "";
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(Hash(secret))))
        {
            return null;
        }

        // To the hour: calendars ask often, and a write each time would serve nobody.
        DateTime hour = Now.Date.AddHours(Now.Hour);
        await connection.ExecuteAsync("UPDATE calendar_feed SET read_at = @hour WHERE id = @id AND (read_at IS NULL OR read_at < @hour)", new { id, hour });
        return await connection.QuerySingleAsync<CalendarFeed>($"SELECT {Columns} FROM calendar_feed WHERE id = @id", new { id });
    }

    /// <summary>Ends a feed: whoever holds its address reads nothing from now on.</summary>
    public Task<ChangeResult<CalendarFeed>> RevokeAsync(string id, string author, CancellationToken cancellationToken) => database.WriteAsync(
        async transaction =>
        {
            string find = $"SELECT {Columns} FROM calendar_feed WHERE id = @id";
            if (await transaction.Connection!.QuerySingleOrDefaultAsync<CalendarFeed>(find, new { id }, transaction) is not { } feed)
            {
                return ChangeResult.NotFound<CalendarFeed>($"there is no calendar feed {id}");
            }

            if (feed.RevokedAt is { } revoked)
            {
                return ChangeResult.Refused(feed, $"{feed.RevokedBy} revoked the feed at {revoked:u}");
            }

            await transaction.Connection!.ExecuteAsync("UPDATE calendar_feed SET revoked_at = @Now, revoked_by = @author WHERE id = @id", new { id, author, Now }, transaction);
            return ChangeResult.Done(feed with { RevokedAt = Now, RevokedBy = author });
        },
        cancellationToken);

    private static string Hash(string secret) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
