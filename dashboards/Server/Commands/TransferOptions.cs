using System.CommandLine;
using System.Globalization;
using Linewatch.Plants;
using Linewatch.Server.Hosting;
using Linewatch.Storage;
using Linewatch.Storage.Transfer;

namespace Linewatch.Server.Commands;

/// <summary>What <c>export</c> and <c>import</c> share: the plant, the store, the format, and how failures are told.</summary>
internal sealed class TransferOptions
{
    private const string Csv = "csv";
    private const string LineProtocol = "line";

    private readonly Option<FileInfo?> _plant = new("--plant") { Description = "The plant file; default: plant.yaml in the current folder, or LINEWATCH__PLANT." };
    private readonly Option<DirectoryInfo?> _data = new("--data") { Description = "Linewatch's data folder; default: data in the current folder." };
    private readonly Option<string?> _format = new("--format", "-f") { Description = "csv (signal,event_time,value,text) or line (InfluxDB line protocol, nanoseconds); default: line for a file called .lp or .line, else csv." };

    public TransferOptions() => _format.AcceptOnlyFromAmong(Csv, LineProtocol);

    public void AddTo(Command command)
    {
        command.Options.Add(_format);
        command.Options.Add(_plant);
        command.Options.Add(_data);
    }

    /// <summary>Whether line protocol is meant.</summary>
    public bool IsLineProtocol(ParseResult parsed, string? fileName) => parsed.GetValue(_format) is { } format
        ? format == LineProtocol
        : Path.GetExtension(fileName ?? "") is ".lp" or ".line";

    /// <summary>Opens plant and store, does the work, and turns what goes wrong into words and an exit code.</summary>
    public async Task<int> RunAsync(ParseResult parsed, string command, Func<Plant, Installation, IReadingStore, Task<int>> work)
    {
        try
        {
            Dictionary<string, string?> settings = [];
            if (parsed.GetValue(_plant) is { } plantFile)
            {
                settings["Plant"] = plantFile.FullName;
            }

            if (parsed.GetValue(_data) is { } data)
            {
                settings["Data"] = data.FullName;
            }

            Installation installation = Installation.Read(settings);
            if (CheckCommand.Load(installation.Server.Plant) is not { } plant)
            {
                return ExitCode.BadInput;
            }

            await using ServiceProvider services = new ServiceCollection()
                .AddLogging()
                .AddStorage(installation.Configuration.GetSection("Storage"))
                .BuildServiceProvider();
            return await work(plant, installation, services.GetRequiredService<IReadingStore>());
        }
        catch (Exception fault) when (fault is InvalidDataException or FileNotFoundException or DirectoryNotFoundException or Microsoft.Extensions.Options.OptionsValidationException)
        {
            await Console.Error.WriteLineAsync($"{command}: {fault.Message}");
            return ExitCode.BadInput;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or StoreUnavailableException)
        {
            await Console.Error.WriteLineAsync($"{command}: {fault.Message}");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"{command}: stopped before the end");
            return ExitCode.Failed;
        }
    }

    /// <summary>Prints progress to standard error, at most once a second.</summary>
    public static IProgress<TransferProgress> Progress() => new Printer();

    private sealed class Printer : IProgress<TransferProgress>
    {
        private long _last = TimeProvider.System.GetTimestamp();

        public void Report(TransferProgress value)
        {
            if (TimeProvider.System.GetElapsedTime(_last) < TimeSpan.FromSeconds(1))
            {
                return;
            }

            _last = TimeProvider.System.GetTimestamp();
            string share = value.Done is { } done ? string.Create(CultureInfo.InvariantCulture, $"{done * 100,3:0} %  ") : "";
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{share}{value.Readings,14:#,0} readings  {value.At}"));
        }
    }
}
