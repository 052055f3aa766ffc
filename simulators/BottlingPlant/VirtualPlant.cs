using System.Collections.Concurrent;
using Linewatch.BottlingPlant.Calendar;
using Linewatch.BottlingPlant.Dialects;
using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Lines;
using Linewatch.BottlingPlant.Truth;

namespace Linewatch.BottlingPlant;

/// <summary>
/// A plant of bottling lines that lives from its start for ever. The same options give the same plant and the same
/// messages, so a restart goes on with the same history: ask for the messages from where it stopped.
/// Not thread-safe; one plant serves one stream.
/// </summary>
public sealed class VirtualPlant
{
    private readonly VirtualPlantOptions _options;
    private readonly DateTime _start;
    private readonly ConcurrentDictionary<string, LineFeed> _feeds = new(StringComparer.Ordinal);

    /// <summary>Lays the plant out; nothing is simulated yet.</summary>
    /// <exception cref="ArgumentException">The options are not valid; the message lists every fault.</exception>
    public VirtualPlant(VirtualPlantOptions options)
        : this(options, LineScript.Random, null)
    {
    }

    internal VirtualPlant(VirtualPlantOptions options, LineScript script, IReadOnlyList<LineModel>? lines)
    {
        IReadOnlyList<string> faults = options.Validate();
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", faults), nameof(options));
        }

        _options = options;
        _start = options.Start.AddTicks(-(options.Start.Ticks % (TimeSpan.TicksPerMillisecond * LineSimulation.Heartbeat)));
        Calendar = ShiftPatterns.Create(options.Shifts, TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone));
        Models = lines ?? [.. Enumerable.Range(1, options.Lines).Select(number =>
            BottlingLine.Create(number, options.Seed).With(machine => Dialects.Dialects.Adapt(DialectOf(number - 1), machine)))];
        Simulations = [.. Models.Select(model => new LineSimulation(model, Calendar, _start, options.Seed, script))];
    }

    /// <summary>The plant file that fits what the plant publishes.</summary>
    public string PlantYaml => new PlantYamlWriter(
        _options, _start, Calendar, Models, [.. Models.Select((model, index) => Dialects.Dialects.Create(DialectOf(index), _options.Site, model))]).ToString();

    /// <summary>When the simulation begins, UTC: the start asked for, rounded down to ten seconds.</summary>
    public DateTime Start => _start;

    /// <summary>The lines that speak Sparkplug; none in other dialects.</summary>
    public IReadOnlyList<EdgeNode> EdgeNodes => [.. Models
        .Where((_, index) => DialectOf(index) == Dialect.Sparkplug)
        .Select(model => new SparkplugDialect(_options.Site, model).Node(_start))];

    internal ShiftCalendar Calendar { get; }

    internal IReadOnlyList<LineModel> Models { get; }

    internal IReadOnlyList<LineSimulation> Simulations { get; }

    /// <summary>
    /// Every message with an event time at or after an instant, in the order of publish time, without end. What lies
    /// before is simulated without being encoded, some days a second. May be called once.
    /// </summary>
    public IEnumerable<SimulatedMessage> Messages(DateTime from) => Messages(from, DateTime.MaxValue);

    /// <summary>As <see cref="Messages(DateTime)"/>, for event times in [from, to).</summary>
    public IEnumerable<SimulatedMessage> Messages(DateTime from, DateTime to)
    {
        PriorityQueue<SimulatedMessage, (DateTime, long)> waiting = new();
        long first = Math.Max(0, (long)(from - _start).TotalMilliseconds);
        long serial = 0;
        for (int index = 0; index < Simulations.Count; index++)
        {
            LineSimulation line = Simulations[index];
            if (first > 0)
            {
                line.AdvanceTo(first - 1);
            }

            IDialect dialect = Dialects.Dialects.Create(DialectOf(index), _options.Site, line.Model);
            LineFeed feed = new(line, dialect, _options, _start, Emit);
            _feeds[line.Model.Id] = feed;
            feed.Begin();
        }

        void Emit(SimulatedMessage message)
        {
            if (message.EventTime < to)
            {
                waiting.Enqueue(message, (message.PublishTime, serial++));
            }
        }

        for (long now = (first + LineSimulation.Heartbeat - 1) / LineSimulation.Heartbeat * LineSimulation.Heartbeat; ; now += LineSimulation.Heartbeat)
        {
            DateTime reached = _start.AddMilliseconds(now);
            foreach (LineSimulation line in Simulations)
            {
                line.AdvanceTo(reached < to ? now : (long)(to - _start).TotalMilliseconds);
            }

            while (waiting.TryPeek(out SimulatedMessage message, out _) && (message.PublishTime <= reached || reached >= to))
            {
                waiting.Dequeue();
                yield return message;
            }

            if (reached >= to)
            {
                yield break;
            }
        }
    }

    /// <summary>Lets a Sparkplug line send its births again; others are not moved by it. Thread-safe.</summary>
    public void RequestRebirth(string line)
    {
        if (_feeds.TryGetValue(line, out LineFeed? feed))
        {
            feed.RequestRebirth();
        }
    }

    /// <summary>Every course of a failure mode that has begun so far, in no particular order.</summary>
    public IReadOnlyList<FailureCourse> Courses => [.. Simulations.SelectMany(line => line.Truth.Failures.Select(begun => new FailureCourse
    {
        Line = line.Model.Id,
        Machine = begun.Machine.Model.Id,
        Mode = begun.Failure.Mode.Id,
        Signals = [.. begun.Failure.Signals],
        IsBenign = begun.Failure.Mode.Benign,
        Onset = Time(begun.Failure.Onset),
        Detectable = Time(begun.Failure.Detectable),
        Due = Time(begun.Failure.Due),
        FunctionalFailure = begun.Failure.FunctionalFailure is { } struck ? Time(struck) : null,
        Repaired = begun.Failure.Repaired is { } repaired ? Time(repaired) : null,
    }))];

    /// <summary>
    /// Replaces what a signal shows the wear of, now: at the event time that the messages have come to. A component that has not begun
    /// to wear, or stands failed already, stays as it is. To be called between two messages.
    /// </summary>
    /// <exception cref="ArgumentException">The plant has no such line.</exception>
    public void Replace(string line, string machine, string signal)
    {
        LineSimulation simulation = Simulations.FirstOrDefault(each => each.Model.Id == line) ?? throw new ArgumentException($"the plant has no line '{line}'", nameof(line));
        simulation.Replace(machine, signal);
    }

    /// <summary>Writes the ground truth of everything simulated so far as CSV files into a folder. Ends the plant.</summary>
    public void WriteTruth(string folder)
    {
        foreach (LineSimulation line in Simulations)
        {
            line.Finish();
        }

        TruthFiles.Write(folder, _start, Simulations);
    }

    private DateTime Time(long now) => _start.AddMilliseconds(now);

    private Dialect DialectOf(int line) => Dialects.Dialects.Of(_options.Dialect, line);
}
