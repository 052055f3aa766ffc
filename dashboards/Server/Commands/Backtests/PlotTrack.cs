namespace Linewatch.Server.Commands.Backtests;

/// <summary>The lowest and highest value in each column of a picture. Not thread-safe.</summary>
/// <param name="columns">Columns, an even number.</param>
internal sealed class PlotTrack(int columns)
{
    private readonly double[] _low = Filled(columns, double.PositiveInfinity);
    private readonly double[] _high = Filled(columns, double.NegativeInfinity);

    /// <summary>Adds a value to a column; NaN and infinities add nothing.</summary>
    public void Add(int column, double value)
    {
        if (double.IsFinite(value))
        {
            _low[column] = Math.Min(_low[column], value);
            _high[column] = Math.Max(_high[column], value);
        }
    }

    /// <summary>Whether a column has a value.</summary>
    public bool Any(int column) => _low[column] <= _high[column];

    /// <summary>Its lowest value.</summary>
    public double Low(int column) => _low[column];

    /// <summary>Its highest value.</summary>
    public double High(int column) => _high[column];

    /// <summary>Lowest and highest value of all; the lowest is above the highest where there is none.</summary>
    public (double Low, double High) Range() => (_low.Min(), _high.Max());

    /// <summary>Joins each two columns to one, which leaves the second half empty.</summary>
    public void Halve()
    {
        for (int column = 0; column < columns; column++)
        {
            (double low, double high) = (2 * column) + 1 < columns
                ? (Math.Min(_low[2 * column], _low[(2 * column) + 1]), Math.Max(_high[2 * column], _high[(2 * column) + 1]))
                : (double.PositiveInfinity, double.NegativeInfinity);
            (_low[column], _high[column]) = (low, high);
        }
    }

    private static double[] Filled(int columns, double value)
    {
        double[] filled = new double[columns];
        Array.Fill(filled, value);
        return filled;
    }
}
