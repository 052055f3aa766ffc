using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.MainPath;

/// <summary>What the README tells people to type does what it says, and what it points at exists.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Tool.Repository, "README.md"));

    [SkippableFact]
    public async Task Connect_your_machine_works_as_written()
    {
        Tool.Require("mosquitto_pub");
        string[] commands = Commands(Readme, "## Connect your machine");
        using TemporaryFolder folder = new();
        File.Copy(Path.Combine(Tool.Repository, "ingest/Plant/plant.example.yaml"), folder["plant.yaml"]);
        await File.WriteAllTextAsync(folder["history.csv"], "timestamp,bowl_pressure\n2026-11-21 10:00:00,3.91\n2026-11-21 10:00:01,3.92\n");
        int port = Loopback.FreePort();
        string mqtt = Loopback.FreePort().ToString(CultureInfo.InvariantCulture);

        await using ServerProcess check = Shell(folder, commands.Single(command => command.StartsWith("linewatch check", StringComparison.Ordinal)));
        await check.Process.WaitForExitAsync();
        Assert.True(check.Process.ExitCode == 0, check.Output);

        await using LinewatchProcess serve = LinewatchProcess.Start(
            [.. Words(commands.Single(command => command.StartsWith("linewatch serve", StringComparison.Ordinal)))[1..^1], folder["plant.yaml"],
             "--port", port.ToString(CultureInfo.InvariantCulture), "--mqtt-port", mqtt, "--data", folder["data"]]);
        using HttpClient api = LinewatchProcess.Api(port);
        await serve.UntilAsync(api, "plant", _ => true);

        // The topic as the README has it; only the port is another, since tests take free ones.
        await using ServerProcess publish = Shell(folder, commands.Single(command => command.StartsWith("mosquitto_pub", StringComparison.Ordinal)) + " -h 127.0.0.1 -p " + mqtt);
        await publish.Process.WaitForExitAsync();
        Assert.True(publish.Process.ExitCode == 0, publish.Output);
        await using ServerProcess replay = Shell(folder, commands.Single(command => command.StartsWith("linewatch replay", StringComparison.Ordinal)) + " --broker 127.0.0.1:" + mqtt);
        await replay.Process.WaitForExitAsync();
        Assert.True(replay.Process.ExitCode == 0, replay.Output);

        JsonElement readings = await serve.UntilAsync(
            api, "readings?signal=rhine/hall1/line1/filler/bowl_pressure&from=2026-11-21T00:00:00Z&to=2026-11-23T00:00:00Z", answer => Values(answer).Length == 3);
        Assert.Equal([3.91, 3.92, 3.98], Values(readings));
    }

    [Fact]
    public async Task Backtests_of_own_recordings_work_as_written()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["exports"]);
        Directory.CreateDirectory(folder["exporte"]);
        await File.WriteAllTextAsync(folder["exports/filler.csv"], "timestamp,bowl_pressure\n2026-11-21 10:00:00,3.91\n2026-11-21 10:01:00,3.92\n");
        await File.WriteAllTextAsync(folder["exporte/filler.csv"], "Zeit;Zustand;Sorte;Leistung;Kesseldruck\n21.11.2026 10:00:00;Produktion;Cola;38000;3,91\n21.11.2026 10:01:00;Halt;Cola;0;3,92\n");

        foreach (string command in Commands(await File.ReadAllTextAsync(Path.Combine(Tool.Repository, "dashboards/Server/README.md")), "## What the detectors"))
        {
            await using ServerProcess backtest = Shell(folder, command);
            await backtest.Process.WaitForExitAsync();
            Assert.True(backtest.Process.ExitCode == 0, backtest.Output);
        }

        Assert.Equal("timestamp,score,label,bowl_pressure lower,bowl_pressure upper", File.ReadLines(folder["verdicts/filler.csv"]).First());
        Assert.Equal("timestamp,score,label,Kesseldruck lower,Kesseldruck upper", File.ReadLines(folder["urteile/filler.csv"]).First());
        Assert.True(File.Exists(folder["verdicts/filler.svg"]));
    }

    [Fact]
    public void Every_link_leads_to_a_file_in_all_readmes()
    {
        foreach (string file in Markdown())
        {
            foreach (Match link in Link().Matches(File.ReadAllText(file)))
            {
                string target = Path.Combine(Path.GetDirectoryName(file)!, link.Groups[1].Value.Split('#')[0]);
                Assert.True(Path.Exists(target), $"{Path.GetRelativePath(Tool.Repository, file)} links to {link.Groups[1].Value}, which is not there");
            }
        }
    }

    [Fact]
    public async Task Every_benchmark_that_a_readme_names_exists()
    {
        await using ServerProcess help = new("dotnet", [LinewatchProcess.Benchmarks, "--help"]);
        await help.Process.WaitForExitAsync();
        Assert.Equal(0, help.Process.ExitCode);

        foreach (string file in Markdown())
        {
            foreach (Match named in Benchmark().Matches(File.ReadAllText(file)))
            {
                Assert.True(
                    Regex.IsMatch(help.Output, $@"^\s+{named.Groups[1].Value}\b", RegexOptions.Multiline),
                    $"{Path.GetRelativePath(Tool.Repository, file)} names the benchmark {named.Groups[1].Value}; there is:\n{help.Output}");
            }
        }
    }

    [Fact]
    public void Versions_agree_with_what_the_build_pins()
    {
        using JsonDocument global = JsonDocument.Parse(File.ReadAllText(Path.Combine(Tool.Repository, "global.json")));
        string major = global.RootElement.GetProperty("sdk").GetProperty("version").GetString()!.Split('.')[0];

        Assert.Contains($".NET {major} ", Readme, StringComparison.Ordinal);
        Assert.Contains($"sdk:{major}.", File.ReadAllText(Path.Combine(Tool.Repository, "dashboards/Server/Dockerfile")), StringComparison.Ordinal);
    }

    private static ServerProcess Shell(TemporaryFolder folder, string command) => new(
        "bash", ["-c", $"cd '{folder.Path}' && " + (command.StartsWith("linewatch ", StringComparison.Ordinal) ? $"exec dotnet '{LinewatchProcess.Binary}'{command["linewatch".Length..]}" : command)]);

    /// <summary>The lines of the first shell block under a heading, without their comments.</summary>
    private static string[] Commands(string readme, string heading)
    {
        string block = readme[readme.IndexOf(heading, StringComparison.Ordinal)..].Split("```")[1];
        return [.. block.Split('\n').Skip(1).Select(line => line.Split(" #")[0].Trim()).Where(line => line.Length > 0)];
    }

    private static string[] Words(string command) => command.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static double[] Values(JsonElement readings) =>
        [.. readings.GetProperty("readings").EnumerateArray().Select(reading => reading.GetProperty("value").GetDouble()).Order()];

    private static IEnumerable<string> Markdown() => Directory.EnumerateFiles(Tool.Repository, "*.md", SearchOption.AllDirectories)
        .Where(file => !Untracked().IsMatch(Path.GetRelativePath(Tool.Repository, file)));

    [GeneratedRegex(@"(^|/)(bin|obj|data|node_modules|\.git)/")]
    private static partial Regex Untracked();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"--project tests/Benchmarks -- ([a-z][a-z0-9-]+)")]
    private static partial Regex Benchmark();
}
