using System.Text;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;
using Linewatch.Telemetry.Quarantining;

namespace Linewatch.Telemetry.Consuming;

/// <summary>
/// Decodes quarantined messages again between two batches of a consumer: the one with the ledger releases them, the others
/// take what was released. Not thread-safe.
/// </summary>
internal sealed class QuarantineRelease(Ledger? ledger, BatchDelivery delivery, TimeProvider time)
{
    /// <summary>Most messages of one replay.</summary>
    public const int MaximumMessages = 20_000;

    private const long MaximumBytes = 64 << 20;

    private byte[] _rebuilt = new byte[1024];

    /// <summary>A crash between the commit that counted a replay and its release: the release is made good.</summary>
    public static void FinishInterrupted(Ledger ledger)
    {
        if (ReplayNote.Read(ledger.Quarantine.Folder) is { } note)
        {
            if (note.Replay == ledger.Balance.LastReplay)
            {
                ledger.Quarantine.Release(note.Released);
            }

            ReplayNote.Delete(ledger.Quarantine.Folder);
        }
    }

    /// <summary>Does what was asked, and tells whoever asked, also when it fails.</summary>
    public async Task FulfilAsync(ReplayRequest request, JournalReader reader, MessageDecoder decoder, ReadingBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            request.Done.TrySetResult(request.Messages is { } released
                ? await TakeAsync(released, reader, decoder, batch, cancellationToken)
                : await ReleaseAsync(request, ledger!, reader, decoder, batch, cancellationToken));
        }
        catch (Exception fault)
        {
            request.Done.TrySetException(fault);
            throw;
        }
    }

    private async Task<ReplayResult> TakeAsync(
        IReadOnlyList<QuarantinedMessage> messages, JournalReader reader, MessageDecoder decoder, ReadingBatch batch, CancellationToken cancellationToken)
    {
        List<QuarantinedMessage> taken = Decode(messages, decoder, batch);
        batch.From = reader.CommittedPosition;
        batch.Through = -1;
        if (batch.Count > 0)
        {
            await delivery.DeliverAsync(batch, cancellationToken);
        }

        return new ReplayResult(taken.Count, messages.Count - taken.Count, [], null);
    }

    private async Task<ReplayResult> ReleaseAsync(
        ReplayRequest request, Ledger ledger, JournalReader reader, MessageDecoder decoder, ReadingBatch batch, CancellationToken cancellationToken)
    {
        IReadOnlyList<QuarantinedMessage> messages = ledger.Quarantine.List(request.Filter, Math.Min(request.Limit, MaximumMessages), MaximumBytes);
        List<QuarantinedMessage> released = Decode(messages, decoder, batch);
        batch.From = batch.Through = -(ledger.Balance.LastReplay + 1);
        if (batch.Count > 0)
        {
            await delivery.DeliverAsync(batch, cancellationToken);
        }

        HashSet<long> refused = [.. batch.RefusedMessages().Select(pair => pair.Message.Position)];
        released.RemoveAll(message => refused.Contains(message.Id));
        if (messages.Count > 0)
        {
            long number = ledger.Balance.LastReplay + 1;
            ReplayNote.Write(ledger.Quarantine.Folder, number, released.Select(message => message.Id));
            foreach (QuarantinedMessage message in released)
            {
                ledger.Balance.Move(message.Source, message.ReceiveTime, Outcome.Quarantined, Outcome.Stored);
            }

            ledger.Balance.FinishReplay(number);
            decoder.Save();
            reader.Commit(reader.CommittedPosition, reader.CommittedOrdinal, ledger.Balance.Save(time.GetUtcNow().UtcDateTime).Span);
            ledger.Quarantine.Release(released.Select(message => message.Id).ToHashSet());
            ReplayNote.Delete(ledger.Quarantine.Folder);
        }

        return new ReplayResult(released.Count, messages.Count - released.Count, released, messages.Count > 0 ? messages[^1].Id : null);
    }

    private List<QuarantinedMessage> Decode(IReadOnlyList<QuarantinedMessage> messages, MessageDecoder decoder, ReadingBatch batch)
    {
        List<QuarantinedMessage> decoded = [];
        batch.Clear();
        foreach (QuarantinedMessage message in messages)
        {
            int first = batch.Count;
            JournalRecord record = JournalRecord.Rebuild(ref _rebuilt, message.Id, message.ReceiveTime, Encoding.UTF8.GetBytes(message.Topic), message.Payload.Span);
            MessageOutcome outcome = decoder.Replay(record, batch);
            batch.EndMessage(message.Id, message.ReceiveTime, outcome.Source, outcome.Outcome, first);
            if (outcome.Outcome == Outcome.Stored)
            {
                decoded.Add(message);
            }
        }

        return decoded;
    }
}
