using System.CommandLine;
using System.Globalization;
using Linewatch.Plants;
using Linewatch.Server.Hosting;
using Linewatch.Storage.Transfer;

namespace Linewatch.Server.Commands;

/// <summary><c>linewatch import</c>: readings out of a file into the store.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        Argument<FileInfo> file = new("file") { Description = "A file of `linewatch export`, or one like it." };
        TransferOptions transfer = new();
        Command command = new(
            "import",
            "Reads readings from a file into the store. Importing a file again changes nothing. Rows that cannot be used are listed with their line, the others are stored. Exit code 2 = some rows could not be used.")
        {
            file,
        };
        transfer.AddTo(command);
        command.SetAction((parsed, cancellationToken) => transfer.RunAsync(parsed, "import", async (plant, installation, store) =>
        {
            FileInfo source = parsed.GetRequiredValue(file);
            await using FileStream input = new(source.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: false);
            using FileStream? alone = Alone(installation);
            await store.EnsureCreatedAsync(cancellationToken);
            Dictionary<string, Signal> known = plant.Signals.ToDictionary(signal => signal.Path.ToString(), StringComparer.Ordinal);
            Signal? Find(SignalPath path) => known.GetValueOrDefault(path.ToString());
            ImportResult result = transfer.IsLineProtocol(parsed, source.Name)
                ? await ReadingImport.ReadLineProtocolAsync(store, Find, input, TransferOptions.Progress(), cancellationToken)
                : await ReadingImport.ReadCsvAsync(store, Find, input, TransferOptions.Progress(), cancellationToken);
            foreach (string fault in result.FirstFaults)
            {
                await Console.Error.WriteLineAsync($"{source.Name}: {fault}");
            }

            if (result.Faults > result.FirstFaults.Count)
            {
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"… and {result.Faults - result.FirstFaults.Count:#,0} more"));
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Stored:#,0} readings stored, {result.Faults:#,0} rows could not be used"));
            return result.Faults == 0 ? ExitCode.Ok : ExitCode.BadInput;
        }));
        return command;
    }

    /// <summary>A SQLite store is written by one process: holds the data folder's journal lock, so that Linewatch does not run meanwhile.</summary>
    private static FileStream? Alone(Installation installation)
    {
        if (string.Equals(installation.Configuration["Storage:Kind"], "influx", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string folder = installation.Configuration["Journal:Folder"]!;
        Directory.CreateDirectory(folder);
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new IOException($"Linewatch runs on {Path.GetFullPath(installation.Server.Data)}, and a SQLite store is written by one process at a time: stop it, import, start it again");
        }
    }
}
