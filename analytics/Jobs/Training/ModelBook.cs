using System.Data.Common;
using System.Text.Json;
using Dapper;
using Linewatch.Analytics.Anomalies.Training;
using Linewatch.Operations;
using Linewatch.Operations.Database;

namespace Linewatch.Jobs.Training;

/// <summary>The trained models, which of them are in use, and who asked for a training. Thread-safe; a change is on disk when its call returns.</summary>
public sealed class ModelBook(OperationsDatabase database, TimeProvider clock)
{
    /// <summary>Name of the job that trains.</summary>
    public const string Job = "train-detectors";

    private const string Columns = "line, machine, version, trained_at, data_from, data_to, cause, parameters, metrics, metrics_in_use, decision";

    /// <summary>The use a machine is in, with what a roll-back brings: the model in use before the first use of the present one, so that each goes one further back.</summary>
    private const string Present =
        """
        SELECT line, machine, number, version, since, author, reason,
            (SELECT p.version FROM detector_model_use p JOIN detector_model m ON m.line = p.line AND m.machine = p.machine AND m.version = p.version
            WHERE p.line = u.line AND p.machine = u.machine AND p.number <
                (SELECT MIN(f.number) FROM detector_model_use f WHERE f.line = u.line AND f.machine = u.machine AND f.version = u.version)
            ORDER BY p.number DESC LIMIT 1) AS previous
        FROM detector_model_use u
        WHERE number = (SELECT MAX(number) FROM detector_model_use o WHERE o.line = u.line AND o.machine = u.machine)
        """;

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Models, newest first.</summary>
    /// <param name="line">Line id; null = all.</param>
    /// <param name="machine">Machine id; null = all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<DetectorModel>> ListAsync(string? line, string? machine, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        IEnumerable<Row> rows = await connection.QueryAsync<Row>(
            $"""
            SELECT {Columns} FROM detector_model
            WHERE line = COALESCE(@line, line) AND machine = COALESCE(@machine, machine)
            ORDER BY line, machine, version DESC
            """,
            new { line, machine });
        return [.. rows.Select(row => row.Model())];
    }

    /// <summary>The model in use of each machine that has one.</summary>
    public async Task<IReadOnlyList<ModelUse>> InUseAsync(CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<ModelUse>($"{Present} ORDER BY line, machine")];
    }

    /// <summary>What a model learned; null where there is no such model.</summary>
    public async Task<byte[]?> StateAsync(string line, string machine, long version, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<byte[]?>(
            "SELECT state FROM detector_model WHERE line = @line AND machine = @machine AND version = @version", new { line, machine, version });
    }

    /// <summary>
    /// Keeps a model under the machine's next version and puts it into use if it is promoted; forgets the oldest beyond
    /// <paramref name="kept"/>, never the one in use nor the one that a roll-back brings.
    /// </summary>
    public Task<DetectorModel> AddAsync(DetectorModel model, byte[] state, bool promote, int kept, string author, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async transaction =>
            {
                DbConnection connection = transaction.Connection!;
                long version = 1 + await connection.ExecuteScalarAsync<long>(
                    "SELECT COALESCE(MAX(version), 0) FROM detector_model WHERE line = @Line AND machine = @Machine", model, transaction);
                DetectorModel added = model with { Version = version };
                await connection.ExecuteAsync(
                    $"""
                    INSERT INTO detector_model ({Columns}, state)
                    VALUES (@Line, @Machine, @Version, @TrainedAt, @DataFrom, @DataTo, @Cause, @Parameters, @Metrics, @MetricsInUse, @Decision, @State)
                    """,
                    Row.Of(added, state),
                    transaction);
                if (promote)
                {
                    await UseAsync(transaction, added.Line, added.Machine, version, author, added.Decision);
                }

                ModelUse? present = await PresentAsync(transaction, added.Line, added.Machine);
                await connection.ExecuteAsync(
                    """
                    DELETE FROM detector_model WHERE line = @Line AND machine = @Machine AND version <= @oldest
                        AND version <> COALESCE(@inUse, 0) AND version <> COALESCE(@previous, 0)
                    """,
                    new { added.Line, added.Machine, oldest = version - kept, inUse = present?.Version, previous = present?.Previous },
                    transaction);
                return added;
            },
            cancellationToken);

    /// <summary>Puts a kept model into use.</summary>
    public Task<ChangeResult<ModelUse>> UseAsync(string line, string machine, long version, string author, string reason, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async transaction =>
            {
                if (await PresentAsync(transaction, line, machine) is { } current && current.Version == version)
                {
                    return ChangeResult.Refused(current, $"version {version} is in use already");
                }

                return await IsKeptAsync(transaction, line, machine, version)
                    ? ChangeResult.Done(await UseAsync(transaction, line, machine, version, author, reason))
                    : ChangeResult.NotFound<ModelUse>($"there is no version {version} of a model of {line}/{machine}");
            },
            cancellationToken);

    /// <summary>Puts the model into use that was in use before the present one ever was; called again, the one before that. Refused where none of those is kept.</summary>
    public Task<ChangeResult<ModelUse>> RollBackAsync(string line, string machine, string author, string reason, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async transaction =>
            {
                if (await PresentAsync(transaction, line, machine) is not { } current)
                {
                    return ChangeResult.NotFound<ModelUse>($"no model of {line}/{machine} is in use");
                }

                return current.Previous is { } version
                    ? ChangeResult.Done(await UseAsync(transaction, line, machine, version, author, reason))
                    : ChangeResult.Refused(current, $"there is nothing further back: no kept model of {line}/{machine} was in use before version {current.Version}");
            },
            cancellationToken);

    /// <summary>Asks for a training of a machine in the next run.</summary>
    public Task WishAsync(string line, string machine, string author, CancellationToken cancellationToken) => database.WriteAsync(
        transaction => transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO detector_training_wish (line, machine, wished_at, author) VALUES (@line, @machine, @now, @author)
            ON CONFLICT (line, machine) DO NOTHING
            """,
            new { line, machine, now = Now, author },
            transaction),
        cancellationToken);

    /// <summary>The machines of which somebody wants a training.</summary>
    internal async Task<IReadOnlySet<(string Line, string Machine)>> WishesAsync(CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        return (await connection.QueryAsync<(string, string)>("SELECT line, machine FROM detector_training_wish")).ToHashSet();
    }

    /// <summary>A wish was met, or cannot be.</summary>
    internal Task ForgetWishAsync(string line, string machine, CancellationToken cancellationToken) => database.WriteAsync(
        transaction => transaction.Connection!.ExecuteAsync(
            "DELETE FROM detector_training_wish WHERE line = @line AND machine = @machine", new { line, machine }, transaction),
        cancellationToken);

    private static async Task<bool> IsKeptAsync(DbTransaction transaction, string line, string machine, long version) =>
        await transaction.Connection!.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM detector_model WHERE line = @line AND machine = @machine AND version = @version", new { line, machine, version }, transaction) > 0;

    private static Task<ModelUse?> PresentAsync(DbTransaction transaction, string line, string machine) =>
        transaction.Connection!.QueryFirstOrDefaultAsync<ModelUse>($"{Present} AND line = @line AND machine = @machine", new { line, machine }, transaction);

    private async Task<ModelUse> UseAsync(DbTransaction transaction, string line, string machine, long version, string author, string reason)
    {
        ModelUse use = new()
        {
            Line = line,
            Machine = machine,
            Number = 1 + ((await PresentAsync(transaction, line, machine))?.Number ?? 0),
            Version = version,
            Since = Now,
            Author = author,
            Reason = reason,
        };
        await transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO detector_model_use (line, machine, number, version, since, author, reason)
            VALUES (@Line, @Machine, @Number, @Version, @Since, @Author, @Reason)
            """,
            use,
            transaction);
        return (await PresentAsync(transaction, line, machine))!;
    }

    /// <summary>A model as its row.</summary>
    private sealed class Row
    {
        public required string Line { get; init; }

        public required string Machine { get; init; }

        public required long Version { get; init; }

        public required DateTime TrainedAt { get; init; }

        public required DateTime DataFrom { get; init; }

        public required DateTime DataTo { get; init; }

        public required string Cause { get; init; }

        public required string Parameters { get; init; }

        public required string Metrics { get; init; }

        public string? MetricsInUse { get; init; }

        public required string Decision { get; init; }

        public byte[] State { get; init; } = [];

        public static Row Of(DetectorModel model, byte[] state) => new()
        {
            Line = model.Line,
            Machine = model.Machine,
            Version = model.Version,
            TrainedAt = model.TrainedAt,
            DataFrom = model.DataFrom,
            DataTo = model.DataTo,
            Cause = model.Cause,
            Parameters = model.Parameters,
            Metrics = JsonSerializer.Serialize(model.Metrics),
            MetricsInUse = model.MetricsInUse is { } inUse ? JsonSerializer.Serialize(inUse) : null,
            Decision = model.Decision,
            State = state,
        };

        public DetectorModel Model() => new()
        {
            Line = Line,
            Machine = Machine,
            Version = Version,
            TrainedAt = TrainedAt,
            DataFrom = DataFrom,
            DataTo = DataTo,
            Cause = Cause,
            Parameters = Parameters,
            Metrics = JsonSerializer.Deserialize<TrainingMetrics>(Metrics)!,
            MetricsInUse = MetricsInUse is { } inUse ? JsonSerializer.Deserialize<TrainingMetrics>(inUse) : null,
            Decision = Decision,
        };
    }
}
