using System.Globalization;
using Linewatch.Telemetry.Balance;
using Linewatch.Telemetry.Quarantining;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Telemetry;

/// <summary>kill −9, again and again, under load.</summary>
public sealed class KillTests
{
    private const int Kills = 6;
    private const long Apart = 1_000_000_000;

    [Fact]
    public async Task Nothing_that_was_acknowledged_is_lost_or_counted_twice_whenever_the_process_is_killed()
    {
        using TemporaryFolder folder = new();
        HashSet<long> acknowledged = [];
        for (int kill = 0; kill < Kills; kill++)
        {
            await using ServerProcess process = Start(folder.Path, (kill + 1) * Apart);

            // A different amount of work each time, so that the kill strikes at different places.
            int enough = 500 + (kill * 700);
            await Bench.Until(() => Count(process.Output) >= enough || process.Process.HasExited);
            Assert.False(process.Process.HasExited, process.Output);
            await process.KillAsync();
            acknowledged.UnionWith(Numbers(process.Output));
        }

        BalanceTotals totals = await KilledProcess.FinishAsync(folder.Path);

        using Quarantine quarantine = new(new QuarantineOptions { Folder = folder["quarantine"] }, TimeProvider.System);
        HashSet<long> stored = [.. Numbers(File.ReadAllText(folder["store"]))];
        HashSet<long> quarantined = [.. quarantine.List(new QuarantineFilter(), int.MaxValue).Select(message => long.Parse(System.Text.Encoding.UTF8.GetString(message.Payload.Span), CultureInfo.InvariantCulture))];
        Assert.True(acknowledged.Count > Kills * 500);
        Assert.DoesNotContain(acknowledged, number => !(number % 10 == 0 ? quarantined.Contains(number) : stored.Contains(number)));
        Assert.Equal(quarantined.Count, quarantine.Count);
        Assert.Equal((0, 0, 0), (totals.Difference, totals.Damaged, totals.Duplicate));
        Assert.Equal((stored.Count, quarantined.Count), (totals.Stored, totals.Quarantined));
    }

    private static ServerProcess Start(string folder, long first)
    {
        string assembly = typeof(KillTests).Assembly.Location;
        return new ServerProcess(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet", ["exec", assembly], new Dictionary<string, string>
        {
            ["DOTNET_STARTUP_HOOKS"] = assembly,
            [KilledProcess.FolderVariable] = folder,
            [KilledProcess.FirstVariable] = first.ToString(CultureInfo.InvariantCulture),
        });
    }

    private static int Count(string output) => output.Count(c => c == '\n');

    /// <summary>The whole lines; what a kill cut off was not said.</summary>
    private static IEnumerable<long> Numbers(string output) => output
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.TrimEnd('\r'))
        .Where(line => line.Length > 9)
        .Select(line => long.Parse(line, CultureInfo.InvariantCulture));
}
