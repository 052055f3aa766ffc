using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// Fuses a machine's signals into one wear figure: 0 as new, 1 at failure. The weights are those of the linear
/// combination that comes closest to exp(−remaining life / decay) over runs to failure (ridge regression on standardised signals).
/// A signal that hardly takes a different value is left out.
/// </summary>
public sealed class WearFusion
{
    private const int FewestDistinctValues = 5;

    /// <summary>The decay as a share of the ceiling: at the ceiling the aim is 0.06, as good as new.</summary>
    private const double DecayShare = 0.36;

    private readonly int[] _signals;
    private readonly double[] _means;
    private readonly double[] _deviations;
    private readonly double[] _weights;
    private readonly double _offset;

    private WearFusion(int[] signals, double[] means, double[] deviations, double[] weights, double offset)
    {
        _signals = signals;
        _means = means;
        _deviations = deviations;
        _weights = weights;
        _offset = offset;
    }

    /// <summary>Number of signals that take part.</summary>
    public int Signals => _signals.Length;

    /// <summary>Learns the weights.</summary>
    /// <param name="runs">Runs to failure.</param>
    /// <param name="ceiling">Life, in cycles, beyond which wear does not show.</param>
    /// <exception cref="ArgumentException">No signal varies.</exception>
    public static WearFusion Fit(IReadOnlyList<MachineRun> runs, int ceiling)
    {
        double[][] rows = [.. runs.SelectMany(run => run.Cycles)];
        int[] signals = [.. Enumerable.Range(0, rows[0].Length).Where(signal => Varies(rows, signal))];
        if (signals.Length == 0)
        {
            throw new ArgumentException("No signal varies over the runs: there is nothing to see wear by.", nameof(runs));
        }

        double[] means = [.. signals.Select(signal => rows.Average(row => row[signal]))];
        double[] deviations = [.. signals.Select((signal, s) => Math.Sqrt(rows.Average(row => (row[signal] - means[s]) * (row[signal] - means[s]))))];

        // Normal equations of the standardised signals and a constant.
        int n = signals.Length + 1;
        Matrix<double> products = DenseMatrix.Create(n, n, 0);
        Vector<double> aims = DenseVector.Create(n, 0);
        double[] row = new double[n];
        row[^1] = 1;
        foreach (MachineRun run in runs)
        {
            for (int cycle = 0; cycle < run.Cycles.Count; cycle++)
            {
                Standardise(run.Cycles[cycle], signals, means, deviations, row);
                double aim = Math.Exp(-(run.Cycles.Count - 1 - cycle) / (DecayShare * ceiling));
                for (int i = 0; i < n; i++)
                {
                    aims[i] += aim * row[i];
                    for (int j = 0; j < n; j++)
                    {
                        products[i, j] += row[i] * row[j];
                    }
                }
            }
        }

        for (int i = 0; i < n - 1; i++)
        {
            products[i, i] += 1e-4 * rows.Length;
        }

        double[] solution = products.Cholesky().Solve(aims).ToArray();
        return new WearFusion(signals, means, deviations, solution[..^1], solution[^1]);
    }

    /// <summary>The wear figure of one cycle, with the signals' noise still in it.</summary>
    public double Of(double[] cycle)
    {
        double sum = _offset;
        for (int s = 0; s < _signals.Length; s++)
        {
            sum += _weights[s] * (cycle[_signals[s]] - _means[s]) / _deviations[s];
        }

        return sum;
    }

    /// <summary>The signals that take part, each in its standard deviations, as series over the run.</summary>
    internal double[][] Standardised(IReadOnlyList<double[]> cycles)
    {
        double[][] series = new double[_signals.Length][];
        for (int s = 0; s < series.Length; s++)
        {
            series[s] = new double[cycles.Count];
            for (int cycle = 0; cycle < cycles.Count; cycle++)
            {
                series[s][cycle] = (cycles[cycle][_signals[s]] - _means[s]) / _deviations[s];
            }
        }

        return series;
    }

    private static void Standardise(double[] cycle, int[] signals, double[] means, double[] deviations, double[] row)
    {
        for (int s = 0; s < signals.Length; s++)
        {
            row[s] = (cycle[signals[s]] - means[s]) / deviations[s];
        }
    }

    private static bool Varies(double[][] rows, int signal)
    {
        HashSet<double> seen = [];
        foreach (double[] row in rows)
        {
            if (seen.Add(row[signal]) && seen.Count >= FewestDistinctValues)
            {
                return true;
            }
        }

        return false;
    }
}
