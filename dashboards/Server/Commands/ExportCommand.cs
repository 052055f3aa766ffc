using System.CommandLine;
using System.Globalization;
using System.IO.Enumeration;
using Linewatch.Plants;
using Linewatch.Server.Api;
using Linewatch.Storage.Transfer;

namespace Linewatch.Server.Commands;

/// <summary><c>linewatch export</c>: stored readings into a file, also while Linewatch runs.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        Argument<FileInfo> file = new("file") { Description = "The file to write; it appears when it is complete." };
        Option<string?> from = Time("--from", "Event time of the first reading, ISO 8601; default: the oldest kept.");
        Option<string?> to = Time("--to", "Event time before which to end, ISO 8601; default: no end.");
        Option<string[]> signals = new("--signal", "-s")
        {
            Description = "site/area/line/machine/signal; * and ? stand for any text and any letter. Repeatable; default: every signal of the plant.",
        };
        TransferOptions transfer = new();
        Command command = new("export", "Writes stored readings to a file that `linewatch import` reads back bit by bit. May run while Linewatch runs.") { file, signals, from, to };
        transfer.AddTo(command);
        command.SetAction((parsed, cancellationToken) => transfer.RunAsync(parsed, "export", async (plant, _, store) =>
        {
            FileInfo target = parsed.GetRequiredValue(file);
            List<Signal> chosen = Choose(plant, parsed.GetValue(signals) ?? []);
            DateTime since = Read(parsed.GetValue(from)) ?? DateTime.MinValue;
            DateTime until = Read(parsed.GetValue(to)) ?? DateTime.MaxValue;
            string partial = target.FullName + ".part";
            long count;
            try
            {
                await using FileStream output = new(partial, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16, useAsync: true);
                count = transfer.IsLineProtocol(parsed, target.Name)
                    ? await ReadingExport.WriteLineProtocolAsync(store, chosen, since, until, output, TransferOptions.Progress(), cancellationToken)
                    : await ReadingExport.WriteCsvAsync(store, chosen, since, until, output, TransferOptions.Progress(), cancellationToken);
            }
            catch
            {
                File.Delete(partial);
                throw;
            }

            File.Move(partial, target.FullName, overwrite: true);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count:#,0} readings of {chosen.Count} signals written to {target.FullName}"));
            return ExitCode.Ok;
        }));
        return command;
    }

    private static List<Signal> Choose(Plant plant, string[] patterns)
    {
        foreach (string pattern in patterns)
        {
            if (!plant.Signals.Any(signal => Matches(pattern, signal)))
            {
                throw new InvalidDataException($"--signal '{pattern}': the plant has no such signal, for instance {(plant.Signals.Count > 0 ? plant.Signals[0].Path.ToString() : "none at all")}");
            }
        }

        return [.. plant.Signals.Where(signal => patterns.Length == 0 || patterns.Any(pattern => Matches(pattern, signal)))];
    }

    private static bool Matches(string pattern, Signal signal) => FileSystemName.MatchesSimpleExpression(pattern, signal.Path.ToString(), ignoreCase: false);

    private static Option<string?> Time(string name, string description)
    {
        Option<string?> option = new(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && Read(text) is null)
            {
                result.AddError($"{name} is '{text}'; expected ISO 8601, for instance 2026-11-22T10:00:00Z");
            }
        });
        return option;
    }

    private static DateTime? Read(string? text) =>
        text is not null && TimeRange.TryReadInstant(text, out DateTime read) ? read : null;
}
