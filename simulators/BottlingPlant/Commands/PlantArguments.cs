using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Linewatch.BottlingPlant.Commands;

/// <summary>The options that lay out the plant, shared by the commands.</summary>
internal sealed class PlantArguments
{
    private readonly Option<int> _lines = new("--lines") { Description = "Number of lines, 1 … 200.", DefaultValueFactory = _ => 2 };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed of everything random.", DefaultValueFactory = _ => 1 };
    private readonly Option<string> _start = new("--start") { Description = "UTC start, e.g. 2026-11-16 or 2026-11-16T06:00Z. Default: 24 h ago." };
    private readonly Option<string> _site = new("--site") { Description = "ISA-95 site, first topic level.", DefaultValueFactory = _ => "demo" };
    private readonly Option<string> _zone = new("--time-zone") { Description = "IANA zone of the shifts.", DefaultValueFactory = _ => "Europe/Berlin" };
    private readonly Option<ShiftPattern> _shifts = new("--shifts") { Description = "Shifts worked.", DefaultValueFactory = _ => ShiftPattern.AroundTheClock };
    private readonly Option<int> _sampling = new("--sampling") { Description = "Seconds between samples of process signals.", DefaultValueFactory = _ => 60 };

    private readonly Option<int> _liveSampling = new("--live-sampling") { Description = "The same once the run has caught up with the clock.", DefaultValueFactory = _ => 2 };
    private readonly Option<Dialect> _dialect = new("--dialect") { Description = "How machines speak; Mixed = each line another way.", DefaultValueFactory = _ => Dialect.Json };
    private readonly Option<string> _chaos = new("--chaos") { Description = "What goes wrong on the way: 'some', or duplicates=0.01,late=0.05,lateness=100,out-of-order=0.02,broken=0.001,silent=0.01,skew=2 (shares; seconds)." };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _lines, _seed, _start, _site, _zone, _shifts, _sampling, _liveSampling, _dialect, _chaos })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Makes the plant, or says on standard error why not.</summary>
    public bool TryCreate(ParseResult result, DateTime? liveFrom, [NotNullWhen(true)] out VirtualPlant? plant)
    {
        plant = null;
        DateTime start = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1);
        if (result.GetValue(_start) is { } text
            && !DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out start))
        {
            Console.Error.WriteLine($"--start: a UTC time such as 2026-11-16T06:00Z is required, found '{text}'");
            return false;
        }

        ChaosOptions chaos = ChaosOptions.None;
        try
        {
            chaos = result.GetValue(_chaos) is { } wanted ? ChaosOptions.Parse(wanted) : chaos;
        }
        catch (FormatException fault)
        {
            Console.Error.WriteLine($"--chaos: {fault.Message}");
            return false;
        }

        VirtualPlantOptions options = new()
        {
            Lines = result.GetValue(_lines),
            Seed = result.GetValue(_seed),
            Start = start,
            Site = result.GetValue(_site)!,
            TimeZone = result.GetValue(_zone)!,
            Shifts = result.GetValue(_shifts),
            ProcessInterval = TimeSpan.FromSeconds(result.GetValue(_sampling)),
            LiveProcessInterval = TimeSpan.FromSeconds(result.GetValue(_liveSampling)),
            LiveFrom = liveFrom,
            Dialect = result.GetValue(_dialect),
            Chaos = chaos,
        };
        foreach (string fault in options.Validate())
        {
            Console.Error.WriteLine(fault);
        }

        if (options.Validate().Count > 0)
        {
            return false;
        }

        plant = new VirtualPlant(options);
        return true;
    }
}
