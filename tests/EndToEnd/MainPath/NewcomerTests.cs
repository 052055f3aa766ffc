using System.Diagnostics;
using System.Globalization;
using Linewatch.Tests.Servers;
using Xunit.Abstractions;

namespace Linewatch.Tests.EndToEnd.MainPath;

/// <summary>What the README's quick start promises, on a checkout that nobody has built.</summary>
public sealed class NewcomerTests(ITestOutputHelper output)
{
    private static readonly HashSet<string> Untracked = [".git", "bin", "obj", "data", "node_modules", "TestResults"];

    [SkippableFact]
    public async Task Run_builds_a_clean_checkout_and_shows_live_oee()
    {
        Skip.If(OperatingSystem.IsWindows(), "./run is a shell script; README names the command for other systems");
        using TemporaryFolder folder = new();
        Copy(new DirectoryInfo(Tool.Repository), folder["checkout"]);
        int port = Loopback.FreePort();
        string mqtt = Text(Loopback.FreePort());
        using HttpClient api = LinewatchProcess.Api(port);

        long started = Stopwatch.GetTimestamp();
        await using LinewatchProcess run = LinewatchProcess.StartRun(folder["checkout"], ["--port", Text(port), "--mqtt-port", mqtt]);
        await run.UntilAsync(api, "lines", lines => lines.GetArrayLength() == 2, TimeSpan.FromMinutes(6));
        output.WriteLine($"the pages answer after {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
        await run.UntilAsync(api, "lines", DemoTests.AreLive, TimeSpan.FromMinutes(4));
        output.WriteLine($"live OEE after {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
        await using ServerProcess latency = new(
            "dotnet", [LinewatchProcess.Benchmarks, "live-latency", "--address", $"http://127.0.0.1:{Text(port)}", "--broker-port", mqtt, "--count", "20"]);
        await latency.Process.WaitForExitAsync();
        output.WriteLine(latency.Output);
        Assert.True(latency.Process.ExitCode == 0, latency.Output);
        Assert.Equal(0, await run.InterruptAsync());

        Assert.Contains($"http://127.0.0.1:{Text(port)}", run.Output, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(folder["checkout"], "data")), "README says that the next ./run goes on from data/");
        await ShowsHelpAsync(LinewatchProcess.StartRun(folder["checkout"], ["--help"]));

        // Without bash. No analyzers, so that what ./run built serves again.
        await ShowsHelpAsync(new ServerProcess(
            "dotnet",
            ["run", "-c", "Release", "--project", Path.Combine(folder["checkout"], "dashboards/Server"), "--", "demo", "--help"],
            new Dictionary<string, string> { ["RunAnalyzers"] = "false" }));
    }

    private static async Task ShowsHelpAsync(ServerProcess command)
    {
        await using ServerProcess process = command;
        await process.Process.WaitForExitAsync();
        Assert.True(process.Process.ExitCode == 0, process.Output);
        Assert.Contains("--fresh", process.Output, StringComparison.Ordinal);
    }

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (FileInfo file in from.EnumerateFiles())
        {
            file.CopyTo(Path.Combine(to, file.Name));
        }

        foreach (DirectoryInfo folder in from.EnumerateDirectories().Where(folder => !Untracked.Contains(folder.Name)))
        {
            Copy(folder, Path.Combine(to, folder.Name));
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
