using System.Globalization;
using System.Text;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>An SVG of one backtested file: each signal's range and mean over time, the score below, alarms as red lines.</summary>
internal sealed class VerdictPlot(IReadOnlyList<string> signals)
{
    private const int Width = 1200;
    private const int RowHeight = 90;
    private const int Left = 170;
    private const int Points = 1000; // columns drawn: each shows the lowest and highest of its rows

    private readonly List<double[]> _rows = [];
    private readonly List<(double Score, bool Label)> _verdicts = [];

    /// <summary>Adds a row and its verdict.</summary>
    public void Add(double[] values, double score, bool label)
    {
        _rows.Add(values);
        _verdicts.Add((score, label));
    }

    /// <summary>Writes the picture.</summary>
    public void Write(string path, string title)
    {
        StringBuilder svg = new();
        int height = 40 + ((signals.Count + 1) * RowHeight);
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Line(svg, $"<rect width=\"{Width}\" height=\"{height}\" fill=\"#fff\"/><text x=\"8\" y=\"20\" font-size=\"15\">{Escape(title)}</text>");
        for (int i = 0; i < _verdicts.Count; i++)
        {
            if (_verdicts[i].Label && (i == 0 || !_verdicts[i - 1].Label))
            {
                int last = i;
                while (last + 1 < _verdicts.Count && _verdicts[last + 1].Label)
                {
                    last++;
                }

                double width = Math.Max(1.5, X(last) - X(i));
                Line(svg, $"<rect x=\"{X(i):F1}\" y=\"30\" width=\"{width:F1}\" height=\"{height - 40}\" fill=\"#d33\" opacity=\"0.35\"/>");
            }
        }

        for (int signal = 0; signal < signals.Count; signal++)
        {
            int which = signal;
            Track(svg, signals[signal], 30 + (signal * RowHeight), i => _rows[i][which], "#246");
        }

        Track(svg, "score", 30 + (signals.Count * RowHeight), i => _verdicts[i].Score, "#a50");
        Line(svg, $"</svg>");
        File.WriteAllText(path, svg.ToString());
    }

    private void Track(StringBuilder svg, string name, int top, Func<int, double> value, string colour)
    {
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        for (int i = 0; i < _rows.Count; i++)
        {
            if (double.IsFinite(value(i)))
            {
                low = Math.Min(low, value(i));
                high = Math.Max(high, value(i));
            }
        }

        Line(svg, $"<text x=\"8\" y=\"{top + 20}\">{Escape(name)}</text><text x=\"8\" y=\"{top + 38}\" fill=\"#777\">{low:G5} … {high:G5}</text>");
        if (!(high > low))
        {
            return;
        }

        double Y(double one) => top + 6 + ((high - one) / (high - low) * (RowHeight - 14));
        StringBuilder path = new();
        int step = Math.Max(1, _rows.Count / Points);
        for (int from = 0; from < _rows.Count; from += step)
        {
            double lowest = double.PositiveInfinity;
            double highest = double.NegativeInfinity;
            for (int i = from; i < Math.Min(from + step, _rows.Count); i++)
            {
                lowest = Math.Min(lowest, double.IsFinite(value(i)) ? value(i) : double.PositiveInfinity);
                highest = Math.Max(highest, double.IsFinite(value(i)) ? value(i) : double.NegativeInfinity);
            }

            if (highest >= lowest)
            {
                string command = path.Length == 0 ? "M" : "L";
                _ = path.Append(CultureInfo.InvariantCulture, $"{command}{X(from):F1} {Y(highest):F1}L{X(from):F1} {Y(lowest):F1}");
            }
        }

        Line(svg, $"<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1\"/>");
    }

    private double X(int row) => Left + ((double)row / Math.Max(1, _rows.Count - 1) * (Width - Left - 10));

    private static void Line(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
