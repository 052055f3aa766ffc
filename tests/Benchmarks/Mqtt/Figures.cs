using System.Diagnostics;
using System.Globalization;

namespace Linewatch.Tests.Benchmarks.Mqtt;

/// <summary>One side's cost over a run, and how figures are printed.</summary>
internal readonly record struct Figures(double Rate, double CpuMicroseconds, double Bytes)
{
    /// <summary>Runs and measures CPU time and allocation of this process.</summary>
    public static async Task<Figures> OfThisProcessAsync(int messages, Func<Task<double>> run)
    {
        GC.Collect();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long allocated = GC.GetTotalAllocatedBytes();
        double rate = await run();
        return new Figures(
            rate,
            (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / messages,
            (double)(GC.GetTotalAllocatedBytes() - allocated) / messages);
    }

    public static Figures Median(IReadOnlyList<Figures> turns) => turns.OrderBy(turn => turn.Rate).ElementAt(turns.Count / 2);

    public static void Print(string what, Figures figures) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what,-58} {figures.Rate / 1e6,7:F3} M msg/s {figures.CpuMicroseconds,7:F3} µs CPU {figures.Bytes,7:F1} B a message"));

    public static void PrintRatio(string what, Figures ours, Figures theirs) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what,-58} {ours.Rate / theirs.Rate,7:F1} ×"));

    public static void Print(string text) => Console.WriteLine(text);
}
