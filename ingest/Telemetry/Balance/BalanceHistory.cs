using System.Globalization;
using System.Text;
using Linewatch.Telemetry.Decoding;

namespace Linewatch.Telemetry.Balance;

/// <summary>
/// The closed hours of the balance: one text file a month, a line a row, <c>hour,source,stored,duplicate,quarantined</c>.
/// A row written again replaces the one before. Thread-safe.
/// </summary>
internal sealed class BalanceHistory
{
    private readonly string _folder;
    private readonly Lock _gate = new();

    public BalanceHistory(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    public void Append(IReadOnlyList<((string Source, long Hour) Key, OutcomeCounts Counts)> rows)
    {
        lock (_gate)
        {
            foreach (var month in rows.GroupBy(row => FilePath(row.Key.Hour)))
            {
                StringBuilder lines = new();
                foreach (var ((source, hour), counts) in month)
                {
                    lines.Append(CultureInfo.InvariantCulture, $"{new DateTime(hour):yyyy-MM-ddTHH},{source},{counts.Stored},{counts.Duplicate},{counts.Quarantined}\n");
                }

                using FileStream file = new(month.Key, FileMode.Append, FileAccess.Write, FileShare.Read);
                file.Write(Encoding.UTF8.GetBytes(lines.ToString()));
                file.Flush(flushToDisk: true);
            }
        }
    }

    public Dictionary<(string Source, long Hour), OutcomeCounts> Read(DateTime from, DateTime to)
    {
        Dictionary<(string, long), OutcomeCounts> rows = [];
        foreach (string path in Directory.EnumerateFiles(_folder, "*.csv").Order(StringComparer.Ordinal))
        {
            string month = Path.GetFileNameWithoutExtension(path);
            if (string.CompareOrdinal(month, Month(from.Ticks)) < 0 || string.CompareOrdinal(month, Month(to.Ticks)) > 0)
            {
                continue;
            }

            foreach (string line in Lines(path))
            {
                string[] parts = line.Split(',');
                if (parts.Length == 5
                    && DateTime.TryParseExact(parts[0], "yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime hour)
                    && hour >= from && hour < to
                    && long.TryParse(parts[2], CultureInfo.InvariantCulture, out long stored)
                    && long.TryParse(parts[3], CultureInfo.InvariantCulture, out long duplicate)
                    && long.TryParse(parts[4], CultureInfo.InvariantCulture, out long quarantined))
                {
                    rows[(parts[1], hour.Ticks)] = new OutcomeCounts { Stored = stored, Duplicate = duplicate, Quarantined = quarantined };
                }
            }
        }

        return rows;
    }

    public OutcomeCounts Find(string source, long hour)
    {
        if (!File.Exists(FilePath(hour)))
        {
            return default;
        }

        DateTime start = new(hour);
        return Read(start, start.AddHours(1)).GetValueOrDefault((source, hour));
    }

    private string[] Lines(string path)
    {
        lock (_gate)
        {
            return File.ReadAllLines(path);
        }
    }

    private string FilePath(long hour) => Path.Combine(_folder, Month(hour) + ".csv");

    private static string Month(long ticks) => new DateTime(ticks).ToString("yyyy-MM", CultureInfo.InvariantCulture);
}
