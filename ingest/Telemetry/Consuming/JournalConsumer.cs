using Linewatch.Plants;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;
using Linewatch.Telemetry.Quarantining;
using Linewatch.Telemetry.Sparkplug;
using Linewatch.Telemetry.Watching;
using Microsoft.Extensions.Logging;

namespace Linewatch.Telemetry.Consuming;

/// <summary>
/// Handles a batch of readings. When it returns, the batch counts as done for good; when it throws, the same batch comes
/// again later, so its effects must bear repeating (series + event time, or <see cref="ReadingBatch.Through"/>, are the keys).
/// </summary>
public delegate ValueTask ReadingHandler(ReadingBatch batch, CancellationToken cancellationToken);

/// <summary>What the one consumer that accounts for every message keeps besides its cursor.</summary>
/// <param name="Balance">Counts what becomes of every message.</param>
/// <param name="Quarantine">Keeps what could not be used.</param>
/// <param name="Rebirths">Where Sparkplug rebirths are asked for; null = they are not.</param>
/// <param name="Watch">Notices silent and stuck signals; null = nobody does.</param>
/// <param name="Metrics">Counts outcomes; null = nobody does.</param>
/// <param name="Clocks">Notices clocks that are off; null = nobody asks.</param>
public sealed record Ledger(
    MessageBalance Balance, Quarantine Quarantine, RebirthRequests? Rebirths = null, SilenceWatch? Watch = null, TelemetryMetrics? Metrics = null, ClockWatch? Clocks = null);

/// <summary>
/// Reads the journal at a cursor of its own, decodes, hands batches to a handler and commits. A failing handler is tried
/// again for ever with capped, jittered pauses. <see cref="Status"/> is thread-safe.
/// </summary>
public sealed partial class JournalConsumer
{
    private const int ReadBytes = 1 << 20;
    private const int MaximumMessages = 20_000;
    private const int MaximumReadings = 50_000;
    private const long MaximumReplayBytes = 64 << 20;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private readonly Journal _journal;
    private readonly CurrentPlant _plant;
    private readonly ReadingHandler _handler;
    private readonly Ledger? _ledger;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Queue<Request> _requests = new();
    private ConsumerStatus _status;
    private JournalReader? _reader;
    private TaskCompletionSource? _asked;
    private readonly BatchTally _tally = new();
    private byte[] _rebuilt = new byte[1024];

    /// <summary>A consumer; it does nothing until <see cref="RunAsync"/>.</summary>
    /// <param name="name">Name of its cursor: letters, digits, '-' and '_'.</param>
    /// <param name="journal">The journal it reads.</param>
    /// <param name="plant">The plant it decodes by; a replaced plant holds from the next batch on.</param>
    /// <param name="handler">What is done with the readings.</param>
    /// <param name="ledger">Given to exactly one consumer: the one that stores readings.</param>
    /// <param name="time">The clock for pauses.</param>
    /// <param name="logger">Where failures are told.</param>
    public JournalConsumer(string name, Journal journal, CurrentPlant plant, ReadingHandler handler, Ledger? ledger, TimeProvider time, ILogger<JournalConsumer> logger)
    {
        Name = name;
        _journal = journal;
        _plant = plant;
        _handler = handler;
        _ledger = ledger;
        _time = time;
        _logger = logger;
        _status = new ConsumerStatus(name, 0, 0, 0, 0, 0, null, null, null);
    }

    /// <summary>Name of the consumer and of its cursor.</summary>
    public string Name { get; }

    /// <summary>How it is doing now.</summary>
    public ConsumerStatus Status
    {
        get
        {
            lock (_gate)
            {
                return _reader is not { } reader ? _status : _status with
                {
                    Position = reader.CommittedPosition,
                    PendingMessages = Math.Max(0, _journal.SafeOrdinal - reader.CommittedOrdinal),
                    PendingBytes = Math.Max(0, _journal.SafeThrough - reader.CommittedPosition),
                };
            }
        }
    }

    /// <summary>
    /// The messages it has not passed yet, by source and hour, as rows of the balance. Looks at the topics of the first
    /// million; further ones are one row named <c>pending</c>. Takes up to a second for so many; any thread may ask.
    /// </summary>
    public IReadOnlyList<BalanceRow> Pending()
    {
        JournalReader? reader;
        lock (_gate)
        {
            reader = _reader;
        }

        return reader is null ? [] : PendingMessages.Count(_journal, reader.CommittedPosition, reader.CommittedOrdinal, _plant.Value, 1_000_000);
    }

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
            while (TryTakeRequest(out Request? request))
            {
                request.Done.TrySetCanceled(CancellationToken.None);
            }
        }
    }

    private async Task ConsumeForEverAsync(CancellationToken cancellationToken)
    {
        TimeSpan pause = FirstPause;
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
                pause = Status.HandledMessages > handled ? FirstPause : pause;
                Tell(fault.Message);
                LogCommitFailed(_logger, fault, Name, pause.TotalSeconds);
                await Task.Delay(pause, _time, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
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
            FinishInterruptedReplay(ledger);
        }

        lock (_gate)
        {
            _reader = reader;
        }

        ReadingBatch batch = new() { Plant = decoder.Plant };
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await WaitForWorkAsync(reader, cancellationToken);
            if (!ReferenceEquals(_plant.Value, decoder.Plant))
            {
                decoder = decoder.For(_plant.Value);
                batch.Plant = decoder.Plant;
            }

            if (TryTakeRequest(out Request? request))
            {
                await FulfilAsync(request, reader, decoder, batch, cancellationToken);
                Tell(null);
                continue;
            }

            long nextOrdinal = Fill(reader, decoder, batch);
            if (batch.Messages == 0)
            {
                continue;
            }

            if (batch.Count > 0)
            {
                await HandleAsync(batch, cancellationToken);
                _ledger?.Watch?.Observe(batch);
            }

            decoder.Save();
            Commit(reader, batch, nextOrdinal);
            Tell(null);
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
    public Task<ReplayResult> ReplayAsync(QuarantineFilter filter, int limit, CancellationToken cancellationToken)
    {
        if (_ledger is null)
        {
            throw new InvalidOperationException($"the consumer '{Name}' keeps no quarantine");
        }

        return AskAsync(new Request(filter, limit, null), cancellationToken);
    }

    /// <summary>
    /// Decodes messages that the consumer with the ledger has released from quarantine, and hands them to this one's handler;
    /// between two batches of <see cref="RunAsync"/>. What waits for its turn when the process ends is in the store all the same.
    /// </summary>
    /// <param name="messages">What <see cref="ReplayAsync"/> released.</param>
    /// <param name="cancellationToken">Gives up waiting; the messages are taken all the same.</param>
    /// <exception cref="InvalidOperationException">This consumer keeps the ledger: it had them already.</exception>
    public Task TakeAsync(IReadOnlyList<QuarantinedMessage> messages, CancellationToken cancellationToken)
    {
        if (_ledger is not null)
        {
            throw new InvalidOperationException($"the consumer '{Name}' released these messages itself");
        }

        return AskAsync(new Request(new QuarantineFilter(), 0, messages), cancellationToken);
    }

    /// <summary>Whether it accounts for every message and so releases what is in quarantine.</summary>
    public bool KeepsLedger => _ledger is not null;

    private Task<ReplayResult> AskAsync(Request request, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _requests.Enqueue(request);
            _asked?.TrySetResult();
        }

        return request.Done.Task.WaitAsync(cancellationToken);
    }

    private async Task WaitForWorkAsync(JournalReader reader, CancellationToken cancellationToken)
    {
        Task asked;
        lock (_gate)
        {
            if (_requests.Count > 0)
            {
                return;
            }

            _asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            asked = _asked.Task;
        }

        Task data = reader.WaitForDataAsync(cancellationToken);
        if (!data.IsCompleted)
        {
            await await Task.WhenAny(data, asked);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private bool TryTakeRequest([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Request? request)
    {
        lock (_gate)
        {
            return _requests.TryDequeue(out request);
        }
    }

    private async Task FulfilAsync(Request request, JournalReader reader, MessageDecoder decoder, ReadingBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            request.Done.TrySetResult(request.Messages is { } released
                ? await TakeAsync(released, reader, decoder, batch, cancellationToken)
                : await ReleaseAsync(request, reader, decoder, batch, cancellationToken));
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
            await HandleAsync(batch, cancellationToken);
        }

        return new ReplayResult(taken.Count, messages.Count - taken.Count, [], null);
    }

    private async Task<ReplayResult> ReleaseAsync(Request request, JournalReader reader, MessageDecoder decoder, ReadingBatch batch, CancellationToken cancellationToken)
    {
        Ledger ledger = _ledger!;
        IReadOnlyList<QuarantinedMessage> messages = ledger.Quarantine.List(request.Filter, Math.Min(request.Limit, MaximumMessages), MaximumReplayBytes);
        List<QuarantinedMessage> released = Decode(messages, decoder, batch);
        batch.From = batch.Through = -(ledger.Balance.LastReplay + 1);
        if (batch.Count > 0)
        {
            await HandleAsync(batch, cancellationToken);
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
            reader.Commit(reader.CommittedPosition, reader.CommittedOrdinal, ledger.Balance.Save(_time.GetUtcNow().UtcDateTime).Span);
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
            JournalRecord record = JournalRecord.Rebuild(ref _rebuilt, message.Id, message.ReceiveTime, System.Text.Encoding.UTF8.GetBytes(message.Topic), message.Payload.Span);
            MessageOutcome outcome = decoder.Replay(record, batch);
            batch.EndMessage(message.Id, message.ReceiveTime, outcome.Source, outcome.Outcome, first);
            if (outcome.Outcome == Outcome.Stored)
            {
                decoded.Add(message);
            }
        }

        return decoded;
    }

    /// <summary>A crash between the commit that counted a replay and its release: the release is made good.</summary>
    private static void FinishInterruptedReplay(Ledger ledger)
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

    /// <summary>Decodes what is there, up to a batch; returns the ordinal behind its last message.</summary>
    private long Fill(JournalReader reader, MessageDecoder decoder, ReadingBatch batch)
    {
        batch.Clear();
        batch.From = reader.Position;
        long nextOrdinal = reader.CommittedOrdinal;
        _tally.Begin(nextOrdinal);
        while (batch.Messages < MaximumMessages && batch.Count < MaximumReadings)
        {
            if (!reader.TryRead(out JournalRecord message))
            {
                if (!reader.TryLoad(ReadBytes))
                {
                    break;
                }

                continue;
            }

            int first = batch.Count;
            MessageOutcome outcome = decoder.Decode(message, batch);
            batch.EndMessage(message.Position, message.ReceiveTime, outcome.Source, outcome.Outcome, first);
            nextOrdinal = message.Ordinal + 1;
            _tally.Count(outcome.Source, message.ReceiveTime, message.Ordinal, outcome.Outcome);
            if (outcome.Outcome == Outcome.Quarantined)
            {
                _ledger?.Quarantine.Add(message, outcome.Source, outcome.Reason, outcome.Detail);
            }
        }

        batch.Through = reader.Position;
        return nextOrdinal;
    }

    private async Task HandleAsync(ReadingBatch batch, CancellationToken cancellationToken)
    {
        TimeSpan pause = FirstPause;
        while (true)
        {
            try
            {
                batch.ForgetRefusals();
                await _handler(batch, cancellationToken);
                return;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
#pragma warning disable CA1031 // Whatever the handler throws, the batch must not be lost: it is tried again.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                Tell(fault.Message);
                LogHandlerFailed(_logger, fault, Name, pause.TotalSeconds);
            }

            await Task.Delay(pause * (0.75 + (Random.Shared.NextDouble() / 2)), _time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private void Commit(JournalReader reader, ReadingBatch batch, long nextOrdinal)
    {
        ReadOnlyMemory<byte> state = default;
        if (_ledger is { } ledger)
        {
            QuarantineRefused(batch, ledger);
            ledger.Quarantine.Flush();
            ledger.Balance.Add(_tally);
            state = ledger.Balance.Save(batch.LastReceiveTime);
        }

        reader.Commit(batch.Through, nextOrdinal, state.Span);
        _ledger?.Metrics?.Handled(_tally, batch.Count);
        lock (_gate)
        {
            _status = _status with
            {
                HandledMessages = _status.HandledMessages + batch.Messages,
                HandledReadings = _status.HandledReadings + batch.Count,
                LastReceiveTime = batch.LastReceiveTime,
            };
        }
    }

    private void QuarantineRefused(ReadingBatch batch, Ledger ledger)
    {
        foreach ((MessageMark mark, string reason) in batch.RefusedMessages())
        {
            if (mark.Outcome == Outcome.Quarantined)
            {
                continue;
            }

            using JournalReader scan = _journal.OpenScan(mark.Position);
            scan.Seek(mark.Position);
            if (scan.TryLoad(ReadBytes) && scan.TryRead(out JournalRecord message))
            {
                ledger.Quarantine.Add(message, mark.Source, QuarantineReason.RefusedByStore, reason);
            }

            _tally.Move(mark.Source, mark.ReceiveTime, mark.Outcome, Outcome.Quarantined);
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

    private void Tell(string? failure)
    {
        lock (_gate)
        {
            _status = _status with
            {
                Failure = failure,
                FailingSince = failure is null ? null : _status.FailingSince ?? _time.GetUtcNow().UtcDateTime,
            };
        }
    }

    /// <summary>A replay out of quarantine; or, where messages are given, their being taken.</summary>
    private sealed record Request(QuarantineFilter Filter, int Limit, IReadOnlyList<QuarantinedMessage>? Messages)
    {
        public TaskCompletionSource<ReplayResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(2100, LogLevel.Error, "The consumer {Name} failed and will try the same readings again in {Seconds} s; nothing is lost meanwhile")]
    private static partial void LogHandlerFailed(ILogger logger, Exception fault, string name, double seconds);

    [LoggerMessage(2101, LogLevel.Error, "The consumer {Name} cannot keep its place and begins again at its last commit in {Seconds} s; nothing is lost meanwhile")]
    private static partial void LogCommitFailed(ILogger logger, Exception fault, string name, double seconds);
}
