using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Linewatch.Plants;
using Linewatch.Server.Hosting;
using Linewatch.Telemetry.Journaling;

namespace Linewatch.Server.Commands;

/// <summary><c>linewatch journal info|dump|verify</c>: looks into a journal without changing it, also while Linewatch runs.</summary>
internal static class JournalCommand
{
    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create() => new("journal", "Looks into the journal of received messages without changing it, also while Linewatch runs.")
    {
        Info(),
        Dump(),
        Verify(),
    };

    private static Command Info()
    {
        Argument<DirectoryInfo?> folder = Folder();
        Command command = new("info", "Lists segments, the messages they hold, and where each consumer stands.") { folder };
        command.SetAction(parsed => OnFolder(parsed.GetValue(folder), WriteInfo));
        return command;
    }

    private static Command Dump()
    {
        Argument<DirectoryInfo?> folder = Folder();
        Option<long> from = new("--from") { Description = "Journal position to begin at; default: the oldest kept." };
        Option<string> topic = new("--topic", "-t") { Description = "MQTT topic filter with + and #; only matching messages are printed.", DefaultValueFactory = _ => "#" };
        Option<int?> limit = new("--limit", "-n") { Description = "Stops after so many messages." };
        topic.Validators.Add(result =>
        {
            if (!TopicTemplate.TryParse(result.GetValueOrDefault<string>() ?? "", out _, out string? fault))
            {
                result.AddError($"--topic: {fault}");
            }
        });
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
            {
                result.AddError($"--limit is {result.GetValueOrDefault<int?>()}; allowed: 1 and more");
            }
        });
        Command command = new("dump", "Prints messages, one JSON object a line, oldest first. A payload that is not UTF-8 is given as payloadHex.") { folder, from, topic, limit };
        command.SetAction((parsed, cancellationToken) => Task.FromResult(OnFolder(parsed.GetValue(folder), path =>
        {
            _ = TopicTemplate.TryParse(parsed.GetRequiredValue(topic), out TopicTemplate? filter, out _);
            string?[] values = new string?[Enum.GetValues<TopicPart>().Length];
            using Stream output = new BufferedStream(Console.OpenStandardOutput(), 64 << 10);
            foreach (JournalEntry entry in JournalInspection.Dump(path, parsed.GetValue(from))
                .Where(entry => filter!.TryMatch(entry.Topic, values, out _))
                .Take(parsed.GetValue(limit) ?? int.MaxValue))
            {
                cancellationToken.ThrowIfCancellationRequested();
                WriteEntry(output, entry);
            }

            return ExitCode.Ok;
        })));
        return command;
    }

    private static Command Verify()
    {
        Argument<DirectoryInfo?> folder = Folder();
        Command command = new("verify", "Reads every record and checks it. Exit code 0 = whole, 2 = faults, each with file and position.") { folder };
        command.SetAction(parsed => OnFolder(parsed.GetValue(folder), path =>
        {
            int faults = 0;
            foreach (JournalFault fault in JournalInspection.Verify(path))
            {
                faults++;
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{fault.Path}: position {fault.Position}: {fault.Message}"));
            }

            JournalInfo info = JournalInspection.Info(path);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{info.Segments.Count} segments, {info.Segments.Sum(segment => segment.Messages):#,0} messages, {faults} faults"));
            return faults == 0 ? ExitCode.Ok : ExitCode.BadInput;
        }));
        return command;
    }

    private static Argument<DirectoryInfo?> Folder() => new("folder")
    {
        Description = "The journal's folder; default: that of the installation (Journal:Folder, else data/journal in the current folder).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static int OnFolder(DirectoryInfo? folder, Func<string, int> look)
    {
        try
        {
            string path = folder?.FullName ?? Path.GetFullPath(Installation.Read(new Dictionary<string, string?>()).Configuration["Journal:Folder"]!);
            return look(path);
        }
        catch (Exception fault) when (fault is DirectoryNotFoundException or InvalidDataException)
        {
            Console.Error.WriteLine("journal: " + fault.Message);
            return ExitCode.BadInput;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine("journal: " + fault.Message);
            return ExitCode.Failed;
        }
    }

    private static int WriteInfo(string path)
    {
        JournalInfo info = JournalInspection.Info(path);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{path}: {info.Segments.Count} segments, {info.Segments.Sum(segment => segment.Messages):#,0} messages, {info.Segments.Sum(segment => segment.To - segment.From):#,0} bytes"));
        Console.WriteLine();
        Console.WriteLine($"{"segment",-32} {"from",16} {"to",16} {"messages",12}  first received            last received");
        foreach (SegmentInfo segment in info.Segments)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.GetFileName(segment.Path),-32} {segment.From,16} {segment.To,16} {segment.Messages,12}  {segment.FirstReceiveTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}  {segment.LastReceiveTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}{(segment.IsSealed ? "" : "  open")}"));
        }

        Console.WriteLine();
        Console.WriteLine($"{"consumer",-32} {"position",16} {"pending bytes",16}");
        foreach (CursorInfo cursor in info.Cursors)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cursor.Name,-32} {cursor.Position,16} {cursor.PendingBytes,16}"));
        }

        return ExitCode.Ok;
    }

    private static void WriteEntry(Stream output, JournalEntry entry)
    {
        using (Utf8JsonWriter json = new(output, OneLine))
        {
            json.WriteStartObject();
            json.WriteNumber("position", entry.Position);
            json.WriteNumber("ordinal", entry.Ordinal);
            json.WriteString("receiveTime", entry.ReceiveTime);
            json.WriteString("topic", entry.Topic);
            if (System.Text.Unicode.Utf8.IsValid(entry.Payload.Span))
            {
                json.WriteString("payload", entry.Payload.Span);
            }
            else
            {
                json.WriteString("payloadHex", Convert.ToHexString(entry.Payload.Span));
            }

            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }
}
