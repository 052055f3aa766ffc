using Linewatch.Plants;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;
using Linewatch.Telemetry.Quarantining;
using Microsoft.Extensions.Logging;

namespace Linewatch.Telemetry.Consuming;

/// <summary>
/// Reads the journal at a cursor of its own, decodes, hands batches to a handler and commits. A failing handler is tried
/// again for ever with capped, jittered pauses. <see cref="Status"/> is thread-safe.
/// </summary>
public sealed partial class JournalConsumer
{
    private const int ReadBytes = 1 << 20;
    private const int MaximumMessages = 20_000;
    private const int MaximumReadings = 80_000;

    /// <summary>So much unread is a backlog, or a dense stream; less is what came in while a batch was decoded.</summary>
    private const int BacklogBytes = 64 << 10;

    /// <summary>So much unread is not gathered further: about as many small messages as a batch holds.</summary>
    private const int GatheredBytes = 3 << 20;

    private const int MostLookedAt = 1_000_000;

    /// <summary>While it gathers, it looks this often whether enough is there; each look wakes a thread.</summary>
    private static readonly TimeSpan GatheringStep = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Where so much gathers that every signal speaks several times, it gathers at least this long: what is known of a signal is
    /// then fetched into the processor's cache once for all of that.
    /// </summary>
    private static readonly TimeSpan GathersWhenDense = TimeSpan.FromMilliseconds(100);

    private readonly Journal _journal;
    private readonly CurrentPlant _plant;
    private readonly Ledger? _ledger;
    private readonly TimeSpan _gathers;
    private readonly DecodedStretches _stretches;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConsumerState _state;
    private readonly BatchDelivery _delivery;
    private readonly QuarantineRelease _release;
    private readonly ReplayRequests _requests = new();

    /// <summary>A consumer; it does nothing until <see cref="RunAsync"/>.</summary>
    /// <param name="name">Name of its cursor: letters, digits, '-' and '_'.</param>
    /// <param name="journal">The journal it reads.</param>
    /// <param name="plant">The plant it decodes by; a replaced plant holds from the next batch on.</param>
    /// <param name="handler">What is done with the readings.</param>
    /// <param name="ledger">Given to exactly one consumer: the one that stores readings.</param>
    /// <param name="time">The clock for pauses.</param>
    /// <param name="logger">Where failures are told.</param>
    /// <param name="gathers">
    /// How long the messages of a steady stream may wait for more before they are handed over together, where a batch costs
    /// something by itself; what comes after a pause is handed over at once. A dense stream gathers for 100 ms at least. Zero = not at all.
    /// </param>
    /// <param name="stretches">What is decoded is shared with the other consumers that have it; null = with none.</param>
    internal JournalConsumer(
        string name,
        Journal journal,
        CurrentPlant plant,
        ReadingHandler handler,
        Ledger? ledger,
        TimeProvider time,
        ILogger<JournalConsumer> logger,
        TimeSpan gathers = default,
        DecodedStretches? stretches = null)
    {
        _journal = journal;
        _plant = plant;
        _ledger = ledger;
        _gathers = gathers;
        _stretches = stretches ?? new DecodedStretches();
        _stretches.Join();
        _time = time;
        _logger = logger;
        _state = new ConsumerState(name, journal, time);
        _delivery = new BatchDelivery(handler, _state, time, logger);
        _release = new QuarantineRelease(ledger, _delivery, time);
    }

    /// <summary>Name of the consumer and of its cursor.</summary>
    public string Name => _state.Name;

    /// <summary>How it is doing now.</summary>
    public ConsumerStatus Status => _state.Status;

    /// <summary>Whether it accounts for every message and so releases what is in quarantine.</summary>
    public bool KeepsLedger => _ledger is not null;

    /// <summary>
    /// The messages it has not passed yet, by source and hour, as rows of the balance. Looks at the topics of the first
    /// million; further ones are one row named <c>pending</c>. Takes up to a second for so many; any thread may ask.
    /// </summary>
    public IReadOnlyList<BalanceRow> Pending() => _state.Reader is { } reader
        ? PendingMessages.Count(_journal, reader.CommittedPosition, reader.CommittedOrdinal, _plant.Value, MostLookedAt)
        : [];

    /// <summary>
    /// Consumes until cancelled; what was not committed then is read again by the next run. When cursor, quarantine or balance
    /// cannot be written (a full disk), it begins again at its last commit, for ever.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ConsumeForEverAsync(cancellationToken);
        }
        finally
        {
            _requests.Cancel();
        }
    }

    /// <summary>
    /// Decodes quarantined messages again, by the plant that is in force when their turn comes, and releases those that are
    /// now stored. Runs between two batches of <see cref="RunAsync"/>; only for the consumer that keeps the ledger.
    /// </summary>
    /// <param name="filter">Which messages.</param>
    /// <param name="limit">At most so many, and no more than 20,000 messages or 64 MiB; the rest take another call.</param>
    /// <param name="cancellationToken">Gives up waiting, not the replay.</param>
    /// <exception cref="InvalidOperationException">This consumer keeps no ledger.</exception>
    public Task<ReplayResult> ReplayAsync(QuarantineFilter filter, int limit, CancellationToken cancellationToken) => KeepsLedger
        ? _requests.AskAsync(new ReplayRequest(filter, limit, null), cancellationToken)
        : throw new InvalidOperationException($"the consumer '{Name}' keeps no quarantine");

    /// <summary>
    /// Decodes messages that the consumer with the ledger has released from quarantine, and hands them to this one's handler;
    /// between two batches of <see cref="RunAsync"/>. What waits for its turn when the process ends is in the store all the same.
    /// </summary>
    /// <param name="messages">What <see cref="ReplayAsync"/> released.</param>
    /// <param name="cancellationToken">Gives up waiting; the messages are taken all the same.</param>
    /// <exception cref="InvalidOperationException">This consumer keeps the ledger: it had them already.</exception>
    public Task TakeAsync(IReadOnlyList<QuarantinedMessage> messages, CancellationToken cancellationToken) => !KeepsLedger
        ? _requests.AskAsync(new ReplayRequest(new QuarantineFilter(), 0, messages), cancellationToken)
        : throw new InvalidOperationException($"the consumer '{Name}' released these messages itself");

    private async Task ConsumeForEverAsync(CancellationToken cancellationToken)
    {
        TimeSpan pause = BatchDelivery.FirstPause;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long handled = Status.HandledMessages;
            try
            {
                await ConsumeAsync(cancellationToken);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                pause = Status.HandledMessages > handled ? BatchDelivery.FirstPause : pause;
                _state.Tell(fault.Message);
                LogCommitFailed(_logger, fault, Name, pause.TotalSeconds);
                await Task.Delay(pause, _time, cancellationToken);
                pause = BatchDelivery.Longer(pause);
            }
        }
    }

    private async Task ConsumeAsync(CancellationToken cancellationToken)
    {
        using JournalReader reader = _journal.OpenReader(Name);
        MessageDecoder decoder = new(_plant.Value, _journal.FolderOf(Path.Combine("sparkplug", Name)), _ledger?.Rebirths, thins: _ledger is not null, _ledger?.Clocks);
        Recall(reader, decoder);
        if (_ledger is { } ledger)
        {
            ledger.Quarantine.ForgetFrom(reader.CommittedPosition);
            ledger.Balance.Load(reader.State.Span, reader.CommittedOrdinal, () => _journal.SafeOrdinal, () => ledger.Quarantine.Dropped);
            QuarantineRelease.FinishInterrupted(ledger);
        }

        _state.Opened(reader);
        ConsumerTurn turn = NewTurn(decoder.Plant);
        ConsumerTurn following = NewTurn(decoder.Plant);
        long? handedOver = null;
        while (true)
        {
            if (turn.IsEmpty)
            {
                await WaitForWorkAsync(reader, handedOver, cancellationToken);
                if (!ReferenceEquals(_plant.Value, decoder.Plant))
                {
                    decoder = decoder.For(_plant.Value);
                }

                if (_requests.TryTake(out ReplayRequest? request))
                {
                    turn.Begin(decoder.Plant, reader.Position, reader.CommittedOrdinal);
                    await _release.FulfilAsync(request, reader, decoder, turn.Batch, cancellationToken);
                    turn.Batch.Clear();
                    _state.Tell(null);
                    continue;
                }

                Fill(turn, reader, decoder, reader.CommittedOrdinal);
                if (turn.IsEmpty)
                {
                    continue;
                }
            }

            // While the handler is at work on a backlog, another core reads on. What is asked for, or a new plant, comes first.
            handedOver = _time.GetTimestamp();
            following.Batch.Clear();
            Task ahead = turn.Batch.MoreWaits && !decoder.DependsOnHistory && !_requests.AskedAsync().IsCompleted && ReferenceEquals(_plant.Value, decoder.Plant)
                ? Task.Run(() => Fill(following, reader, decoder, turn.NextOrdinal), CancellationToken.None)
                : Task.CompletedTask;
            try
            {
                await HandOverAsync(turn.Batch, cancellationToken);
            }
            finally
            {
                await ahead;
            }

            decoder.Save();
            Commit(reader, turn);
            _state.Tell(null);
            turn.Batch.Clear();
            (turn, following) = (following, turn);
        }
    }

    private ConsumerTurn NewTurn(Plant plant) => new(plant, _ledger is null ? null : new BatchTally());

    private async Task HandOverAsync(ReadingBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Count > 0)
        {
            await _delivery.DeliverAsync(batch, cancellationToken);
            _ledger?.Watch?.Observe(batch);
        }
    }

    private async Task WaitForWorkAsync(JournalReader reader, long? handedOver, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Task asked = _requests.AskedAsync();
        Task data = reader.WaitForDataAsync(cancellationToken);
        if (!data.IsCompleted)
        {
            await await Task.WhenAny(data, asked);
        }

        while (handedOver is { } last && !asked.IsCompleted && reader.Unread < GatheredBytes
            && GatheringTime(reader) - _time.GetElapsedTime(last) is { Ticks: > 0 } left)
        {
            // A delay counts whole milliseconds, downwards: what is left of one would be spun away.
            TimeSpan step = left < GatheringStep ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : GatheringStep;
            await await Task.WhenAny(Task.Delay(step, _time, cancellationToken), asked);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private TimeSpan GatheringTime(JournalReader reader) =>
        _gathers > TimeSpan.Zero && _gathers < GathersWhenDense && reader.Unread >= BacklogBytes ? GathersWhenDense : _gathers;

    /// <summary>Decodes what is there, up to a batch.</summary>
    private void Fill(ConsumerTurn turn, JournalReader reader, MessageDecoder decoder, long ordinal)
    {
        turn.Begin(decoder.Plant, reader.Position, ordinal);
        ReadingBatch batch = turn.Batch;
        while (batch.Messages < MaximumMessages && batch.Count < MaximumReadings && _stretches.Next(reader, decoder) is { } stretch)
        {
            Take(stretch, decoder, turn);
            if (reader.Position != stretch.Through)
            {
                reader.Seek(stretch.Through);
            }

            _stretches.Return(stretch);
        }

        batch.Through = reader.Position;
        batch.MoreWaits = reader.Unread >= BacklogBytes;
    }

    private void Take(DecodedStretch stretch, MessageDecoder decoder, ConsumerTurn turn)
    {
        using RawMessages raw = new(_journal);
        decoder.Approach(stretch);
        for (int i = 0; i < stretch.Messages.Length; i++)
        {
            ref readonly DecodedMessage message = ref stretch.Messages[i];
            int first = turn.Batch.Count;
            MessageOutcome outcome = decoder.Take(stretch, i, turn.Batch);
            turn.EndMessage(message, outcome, first);
            if (outcome.Outcome == Outcome.Quarantined && _ledger is { } ledger && raw.TryFind(message.Position, out JournalRecord record))
            {
                ledger.Quarantine.Add(record, outcome.Source, outcome.Reason, outcome.Detail);
            }
        }
    }

    private void Commit(JournalReader reader, ConsumerTurn turn)
    {
        ReadOnlyMemory<byte> state = default;
        if (_ledger is { } ledger && turn.Tally is { } tally)
        {
            QuarantineRefused(turn.Batch, tally, ledger);
            ledger.Quarantine.Flush();
            ledger.Balance.Add(tally);
            state = ledger.Balance.Save(turn.Batch.LastReceiveTime);
        }

        reader.Commit(turn.Batch.Through, turn.NextOrdinal, state.Span);
        if (turn.Tally is { } handled)
        {
            _ledger?.Metrics?.Handled(handled, turn.Batch.Count);
        }

        _state.Handled(turn.Batch);
    }

    private void QuarantineRefused(ReadingBatch batch, BatchTally tally, Ledger ledger)
    {
        using RawMessages raw = new(_journal);
        foreach ((MessageMark mark, string reason) in batch.RefusedMessages())
        {
            if (mark.Outcome == Outcome.Quarantined)
            {
                continue;
            }

            if (raw.TryFind(mark.Position, out JournalRecord message))
            {
                ledger.Quarantine.Add(message, mark.Source, QuarantineReason.RefusedByStore, reason);
            }

            tally.Move(mark.Source, mark.ReceiveTime, mark.Outcome, Outcome.Quarantined);
        }
    }

    /// <summary>Reads the segment before the cursor again, so that redeliveries across a restart are recognised.</summary>
    private void Recall(JournalReader reader, MessageDecoder decoder)
    {
        if (reader.CommittedPosition == 0)
        {
            return;
        }

        using JournalReader scan = _journal.OpenScan(Math.Max(0, reader.CommittedPosition - ReadBytes));
        while (scan.Position < reader.CommittedPosition && scan.TryLoad(ReadBytes))
        {
            while (scan.TryRead(out JournalRecord message) && message.Position < reader.CommittedPosition)
            {
                decoder.Recall(message);
            }
        }
    }

    [LoggerMessage(2101, LogLevel.Error, "The consumer {Name} cannot keep its place and begins again at its last commit in {Seconds} s; nothing is lost meanwhile")]
    private static partial void LogCommitFailed(ILogger logger, Exception fault, string name, double seconds);
}
