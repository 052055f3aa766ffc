using System.Globalization;

namespace Linewatch.Telemetry.Quarantining;

/// <summary>What a replay came to.</summary>
/// <param name="Released">Messages that are stored now and no longer in quarantine.</param>
/// <param name="Remaining">Messages that were tried and still cannot be used.</param>
/// <param name="Messages">The released ones, for whoever else reads the journal (<see cref="Consuming.JournalConsumer.TakeAsync"/>).</param>
/// <param name="Last">Id of the last message that was tried; the next call goes on behind it. Null when there was none.</param>
public sealed record ReplayResult(long Released, long Remaining, IReadOnlyList<QuarantinedMessage> Messages, long? Last);

/// <summary>
/// The note of a replay whose readings are stored: written before the commit that counts it, so that a crash on either side
/// of the commit neither loses the release nor counts it twice.
/// </summary>
internal static class ReplayNote
{
    private const string Name = "replay";

    public static void Write(string folder, long replay, IEnumerable<long> released)
    {
        string path = Path.Combine(folder, Name);
        using (FileStream file = new(path + ".new", FileMode.Create))
        {
            using StreamWriter writer = new(file, leaveOpen: true);
            writer.WriteLine(replay.ToString(CultureInfo.InvariantCulture));
            foreach (long id in released)
            {
                writer.WriteLine(id.ToString(CultureInfo.InvariantCulture));
            }

            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>The replay that was under way when the process ended, or null.</summary>
    public static (long Replay, HashSet<long> Released)? Read(string folder)
    {
        string path = Path.Combine(folder, Name);
        if (!File.Exists(path))
        {
            return null;
        }

        string[] lines = File.ReadAllLines(path);
        return lines.Length == 0 ? null : (long.Parse(lines[0], CultureInfo.InvariantCulture), [.. lines[1..].Select(line => long.Parse(line, CultureInfo.InvariantCulture))]);
    }

    public static void Delete(string folder) => File.Delete(Path.Combine(folder, Name));
}
