using Linewatch.Plants;
using Linewatch.Server.Hosting;
using Linewatch.Telemetry.Consuming;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Quarantining;

namespace Linewatch.Server.Quarantining;

/// <summary>
/// What an engineer does about quarantined messages: replays them once the mapping is mended, or accepts the mapping that is
/// proposed for a topic nobody knew. Thread-safe; one change at a time.
/// </summary>
internal sealed partial class QuarantineDesk(
    Quarantine quarantine, CurrentPlant plant, PlantWatcher plantFile, IEnumerable<JournalConsumer> consumers, ILogger<QuarantineDesk> logger) : IDisposable
{
    private const int ReplayedAtOnce = 5_000;

    private readonly JournalConsumer[] _consumers = [.. consumers];
    private readonly SemaphoreSlim _changing = new(1);

    // Pages ask every few seconds; a sample and a plant always give the same proposal.
    private readonly Dictionary<string, MappingProposal?> _proposals = new(StringComparer.Ordinal);
    private Plant? _proposedFor;

    /// <summary>A proposal for each topic that no source of the plant file matches; those with the most messages first, at most a hundred.</summary>
    public IReadOnlyList<TopicProposal> Proposals()
    {
        List<QuarantineGroup> groups = [.. quarantine.Groups().Where(group => group.Reason == QuarantineReason.UnknownTopic).Take(100)];
        lock (_proposals)
        {
            if (!ReferenceEquals(_proposedFor, plant.Value) || _proposals.Count > 10_000)
            {
                _proposedFor = plant.Value;
                _proposals.Clear();
            }

            HashSet<string> fresh = [.. groups.Select(group => group.Topic).Where(topic => !_proposals.ContainsKey(topic))];
            if (fresh.Count > 0)
            {
                foreach (QuarantinedMessage sample in quarantine.Samples(QuarantineReason.UnknownTopic, fresh))
                {
                    _proposals[sample.Topic] = MappingProposal.For(sample.Topic, sample.Payload.Span, _proposedFor);
                }
            }

            return [.. groups
                .Select(group => _proposals.GetValueOrDefault(group.Topic) is { } proposal ? new TopicProposal(group.Count, group.Last, proposal) : null)
                .OfType<TopicProposal>()];
        }
    }

    /// <summary>
    /// Decodes what matches again by the plant in force, stores what can be used now and hands it to the analytics, too.
    /// </summary>
    public async Task<ReplayAnswer> ReplayAsync(QuarantineFilter filter, string author, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            return await ReplayAllAsync(filter, author, cancellationToken);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>
    /// Adds the proposed source for a topic and the signals it needs to the plant file, applies it, and replays what was kept of
    /// topics nobody knew.
    /// </summary>
    public async Task<AcceptResult> AcceptAsync(string topic, string author, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (Propose(topic) is not { } proposal)
            {
                return new AcceptResult(AcceptOutcome.NoProposal, $"no message of an unknown topic \"{topic}\" is in quarantine, or nothing in it names a machine of the plant");
            }

            if (await WriteAsync(proposal, cancellationToken) is { } fault)
            {
                return new AcceptResult(AcceptOutcome.Refused, fault);
            }

            LogAccepted(logger, author, topic, proposal.Yaml, plantFile.Path);
            ReplayAnswer replayed = await ReplayAllAsync(new QuarantineFilter(Reason: QuarantineReason.UnknownTopic), author, cancellationToken);
            return new AcceptResult(AcceptOutcome.Accepted, "", proposal with { Missing = [.. proposal.Missing.Where(IsThere)] }, replayed);

            bool IsThere(SignalDraft draft) => plant.Value.Signals.Any(
                signal => signal.Path.Line == proposal.Line && signal.Path.Machine == proposal.Machine && signal.SourceName == draft.SourceName);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _changing.Dispose();

    private MappingProposal? Propose(string topic)
    {
        IReadOnlyList<QuarantinedMessage> sample = quarantine.Samples(QuarantineReason.UnknownTopic, new HashSet<string> { topic });
        return sample.Count == 0 ? null : MappingProposal.For(topic, sample[0].Payload.Span, plant.Value);
    }

    /// <summary>Writes and applies the changed plant file; returns what stands against it, or null.</summary>
    private async Task<string?> WriteAsync(MappingProposal proposal, CancellationToken cancellationToken)
    {
        try
        {
            string changed = proposal.AddTo(await File.ReadAllTextAsync(plantFile.Path, cancellationToken));
            PlantFile check = PlantFile.Parse(changed, Path.GetFileName(plantFile.Path));
            if (!check.IsValid)
            {
                return "the plant file would have faults, so it was not changed: " + string.Join("; ", check.Faults);
            }

            await ReplaceAsync(changed, cancellationToken);
            PlantFile applied = plantFile.Apply();
            return applied.IsValid ? null : "the plant file was changed by somebody else meanwhile and has faults: " + string.Join("; ", applied.Faults);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"{plantFile.Path} cannot be changed ({fault.Message}); add this under sources yourself, it is applied at once, then replay: {proposal.Yaml}";
        }
    }

    private async Task ReplaceAsync(string text, CancellationToken cancellationToken)
    {
        string written = plantFile.Path + ".new";
        await File.WriteAllTextAsync(written, text, cancellationToken);
        try
        {
            File.Move(written, plantFile.Path, overwrite: true);
        }
        catch (IOException)
        {
            // A file that is mounted by itself into a container cannot be replaced, only written.
            File.Copy(written, plantFile.Path, overwrite: true);
            File.Delete(written);
        }
    }

    private async Task<ReplayAnswer> ReplayAllAsync(QuarantineFilter filter, string author, CancellationToken cancellationToken)
    {
        JournalConsumer storing = _consumers.Single(consumer => consumer.KeepsLedger);
        long released = 0;
        long remaining = 0;
        while (true)
        {
            ReplayResult result = await storing.ReplayAsync(filter, ReplayedAtOnce, cancellationToken);
            released += result.Released;
            remaining += result.Remaining;
            if (result.Messages.Count > 0)
            {
                // The store has them now; whoever computes figures gets them as late readings.
                await Task.WhenAll(_consumers.Where(consumer => consumer != storing).Select(consumer => consumer.TakeAsync(result.Messages, cancellationToken)));
            }

            if (result.Last is not { } last)
            {
                LogReplayed(logger, author, released, remaining);
                return new ReplayAnswer(released, remaining);
            }

            filter = filter with { After = last };
        }
    }

    [LoggerMessage(7220, LogLevel.Information, "{Author} accepted a mapping for {Topic}: {Yaml} is now in {Path}")]
    private static partial void LogAccepted(ILogger logger, string author, string topic, string yaml, string path);

    [LoggerMessage(7221, LogLevel.Information, "{Author} had quarantined messages replayed: {Released} are stored now, {Remaining} still cannot be used")]
    private static partial void LogReplayed(ILogger logger, string author, long released, long remaining);
}

/// <summary>A proposal and how many messages wait for it; receive time of the last, UTC.</summary>
internal sealed record TopicProposal(long Messages, DateTime Last, MappingProposal Proposal);

/// <summary>What a replay came to: messages stored now, and messages that still cannot be used.</summary>
internal sealed record ReplayAnswer(long Released, long Remaining);

/// <summary>What became of an acceptance.</summary>
internal enum AcceptOutcome
{
    /// <summary>The plant file holds the mapping, and what was kept has been replayed.</summary>
    Accepted,

    /// <summary>There is no proposal for the topic.</summary>
    NoProposal,

    /// <summary>The plant file cannot be changed so; it is as it was.</summary>
    Refused,
}

/// <summary>What became of an acceptance, why not where not, else the proposal and its replay.</summary>
internal sealed record AcceptResult(AcceptOutcome Outcome, string Fault, MappingProposal? Proposal = null, ReplayAnswer? Replayed = null);
