using System.Buffers;
using Linewatch.Analytics.Anomalies;

namespace Linewatch.Server.Flow;

/// <summary>What the monitors have learned, kept in one file across restarts. A file that cannot be read means learning anew.</summary>
internal sealed partial class MonitorFile(string path, MonitorSettings settings, ILogger<MonitorFile> logger)
{
    /// <summary>Replaces the file by the state of every monitor.</summary>
    public void Save(IEnumerable<LineAnalysis> lines)
    {
        ArrayBufferWriter<byte> bytes = new();
        StateWriter file = new(bytes);
        foreach (LineAnalysis line in lines)
        {
            lock (line.Gate)
            {
                KeptMonitors.Write(file, line);
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path + ".new", bytes.WrittenSpan);
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Reads the file: what gives each signal its monitor, a new one where none was kept.</summary>
    public KeptMonitors Load()
    {
        KeptMonitors kept = new(settings);
        try
        {
            if (File.Exists(path))
            {
                kept.Read(new StateReader(File.ReadAllBytes(path)));
            }
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            LogUnreadable(logger, path, fault.Message);
        }

        return kept;
    }

    [LoggerMessage(7110, LogLevel.Warning, "{Path} cannot be read ({Reason}); the detectors learn anew")]
    private static partial void LogUnreadable(ILogger logger, string path, string reason);
}
