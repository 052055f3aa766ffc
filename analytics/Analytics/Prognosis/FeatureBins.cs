namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// A table of features with each value replaced by the number of its bin, column by column. The bins of a feature hold
/// about as many rows each; a missing value (NaN) is in the lowest.
/// </summary>
internal sealed class FeatureBins
{
    private readonly double[][] _upperEdges;

    /// <param name="rows">Features row by row, all of one length.</param>
    /// <param name="most">Most bins of a feature, 2–65,536.</param>
    public FeatureBins(IReadOnlyList<double[]> rows, int most)
    {
        Rows = rows.Count;
        int features = rows[0].Length;
        Columns = new ushort[features][];
        _upperEdges = new double[features][];
        Parallel.For(0, features, feature =>
        {
            double[] values = new double[rows.Count];
            for (int row = 0; row < values.Length; row++)
            {
                values[row] = rows[row][feature];
            }

            _upperEdges[feature] = Edges(values, most);
            Columns[feature] = Array.ConvertAll(values, value => BinOf(_upperEdges[feature], value));
        });
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>By feature, the bin of every row.</summary>
    public ushort[][] Columns { get; }

    /// <summary>Number of bins of a feature.</summary>
    public int Bins(int feature) => _upperEdges[feature].Length + 1;

    /// <summary>The value that parts a bin from the next one.</summary>
    public double UpperEdge(int feature, int bin) => _upperEdges[feature][bin];

    private static double[] Edges(double[] values, int most)
    {
        double[] sorted = [.. values.Where(value => !double.IsNaN(value)).Order()];
        List<double> edges = [];
        for (int bin = 1; bin < most && sorted.Length > 0; bin++)
        {
            int at = (int)((long)bin * sorted.Length / most);
            if (at == 0 || sorted[at] == sorted[at - 1])
            {
                // A tie may not be torn apart: the edge moves up to where it ends.
                at = Array.FindIndex(sorted, at, value => value > sorted[at]);
                if (at < 0)
                {
                    break;
                }
            }

            double edge = 0.5 * (sorted[at - 1] + sorted[at]);
            if (edges.Count == 0 || edge > edges[^1])
            {
                edges.Add(edge);
            }
        }

        return [.. edges];
    }

    private static ushort BinOf(double[] edges, double value)
    {
        if (double.IsNaN(value))
        {
            return 0;
        }

        int at = Array.BinarySearch(edges, value);
        return (ushort)(at < 0 ? ~at : at);
    }
}
