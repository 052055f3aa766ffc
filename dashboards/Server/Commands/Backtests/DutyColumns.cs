using System.Globalization;
using Linewatch.Plants;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>Which columns of a recording say what its machine does.</summary>
/// <param name="State">The column of its state.</param>
/// <param name="States">What its states mean: <c>packml</c>, <c>weihenstephan</c>, or the cells, between commas, that stand for running; all others stand for a stop.</param>
/// <param name="Product">The column of what it makes; null = not known.</param>
/// <param name="Speed">The column of its speed, in units per hour; null = not known.</param>
/// <param name="DesignRate">The speed it is built for, units per hour; needed where there is a speed.</param>
internal sealed record DutyColumns(string State, string States, string? Product, string? Speed, double? DesignRate)
{
    private const int Runs = 1;
    private const int Stands = 0;

    private static readonly StateMap RunsOrStands = new()
    {
        Name = "own",
        States = new Dictionary<int, Bucket?> { [Runs] = Bucket.Run, [Stands] = Bucket.Waiting },
        StateNames = new Dictionary<int, string> { [Runs] = "runs", [Stands] = "stands" },
    };

    private readonly HashSet<string> _running = [.. States.Split(',', StringSplitOptions.TrimEntries)];

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> All => [.. new[] { State, Product, Speed }.OfType<string>()];

    /// <summary>What the codes that <see cref="TryCode"/> gives mean.</summary>
    public StateMap Map => States switch
    {
        "packml" => StateMaps.PackMl,
        "weihenstephan" => StateMaps.Weihenstephan,
        _ => RunsOrStands,
    };

    /// <summary>The code of a cell of the state column.</summary>
    /// <param name="cell">The cell, trimmed.</param>
    /// <param name="code">The code.</param>
    /// <returns>False where a standard's codes are expected and the cell is no whole number.</returns>
    public bool TryCode(string cell, out int code)
    {
        if (Map == RunsOrStands)
        {
            code = _running.Contains(cell) ? Runs : Stands;
            return true;
        }

        // 6.0 too: historians export every column as decimals.
        bool isWhole = double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue;
        code = isWhole ? (int)number : 0;
        return isWhole;
    }
}
