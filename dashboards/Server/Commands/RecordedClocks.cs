using System.Globalization;
using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Server.Commands;

/// <summary>
/// How far each machine's clock is off in a recording, told from what its quickest message took. Clock error and transport
/// time cannot be told apart, so a clock counts as off only when messages came before they happened, or when even the
/// quickest took longer than transport should. Assumes that a clock's error did not change. Not thread-safe.
/// </summary>
internal sealed class RecordedClocks
{
    /// <summary>A machine with fewer messages is not judged.</summary>
    private const int FewestMessages = 50;

    /// <summary>Longest that the quickest message may take by itself.</summary>
    private static readonly TimeSpan LongestTransport = TimeSpan.FromSeconds(1);

    /// <summary>More than this is a recording sent later, not a clock.</summary>
    private static readonly TimeSpan LargestError = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(string Line, string Machine), (TimeSpan Quickest, int Messages)> _machines = [];

    /// <summary>Takes the readings of one message.</summary>
    public void Observe(ReadOnlySpan<Reading> readings, DateTime publishTime)
    {
        if (readings.IsEmpty)
        {
            return;
        }

        // The newest of a message's samples says how late the message is.
        ref readonly Reading newest = ref readings[^1];
        if ((newest.Flags & (ReadingFlags.ReceiveTimeUsed | ReadingFlags.Historical | ReadingFlags.Stale)) != 0)
        {
            return;
        }

        SignalPath path = newest.Signal.Path;
        TimeSpan behind = publishTime - newest.EventTime;
        (TimeSpan quickest, int messages) = _machines.GetValueOrDefault((path.Line, path.Machine), (behind, 0));
        _machines[(path.Line, path.Machine)] = (behind < quickest ? behind : quickest, messages + 1);
    }

    /// <summary>What to add to the machine's times to get the recorder's; zero where its clock is not known to be off.</summary>
    public TimeSpan Behind(string line, string machine) =>
        _machines.TryGetValue((line, machine), out (TimeSpan Quickest, int Messages) seen) && seen.Messages >= FewestMessages
        && (seen.Quickest < TimeSpan.Zero || seen.Quickest > LongestTransport) && seen.Quickest.Duration() <= LargestError
            ? seen.Quickest
            : TimeSpan.Zero;

    /// <summary>Writes <c>line,machine,messages,quickest_s,behind_s</c>: what the quickest message took, and what was taken for the clock's error.</summary>
    public void Write(string path)
    {
        using StreamWriter file = new(path) { NewLine = "\n" };
        file.WriteLine("line,machine,messages,quickest_s,behind_s");
        foreach (((string line, string machine), (TimeSpan quickest, int messages)) in _machines.OrderBy(entry => entry.Key.Line, StringComparer.Ordinal).ThenBy(entry => entry.Key.Machine, StringComparer.Ordinal))
        {
            file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line},{machine},{messages},{quickest.TotalSeconds:F3},{Behind(line, machine).TotalSeconds:F3}"));
        }
    }
}
