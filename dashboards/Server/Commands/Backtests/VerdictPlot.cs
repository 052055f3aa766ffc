using System.Globalization;
using System.Xml;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>
/// An SVG of one backtested file: each signal's range over time in its expected band, the score below, anomalies in red, data faults of a
/// signal in yellow. Takes constant memory: the rows of each column of the picture are known by their ends only. Not thread-safe.
/// </summary>
internal sealed class VerdictPlot(IReadOnlyList<string> signals)
{
    private const int Width = 1200;
    private const int RowHeight = 90;
    private const int Left = 170;
    private const int MostColumns = 1000;

    private readonly PlotTrack[] _values = Tracks(signals.Count);
    private readonly PlotTrack[] _lower = Tracks(signals.Count);
    private readonly PlotTrack[] _upper = Tracks(signals.Count);
    private readonly PlotTrack[] _faults = Tracks(signals.Count);
    private readonly PlotTrack _score = new(MostColumns);
    private readonly PlotTrack _odd = new(MostColumns);
    private long _rows;
    private long _rowsOfColumn = 1;

    /// <summary>Adds a row and its verdict.</summary>
    /// <param name="values">Its values.</param>
    /// <param name="judged">The verdict.</param>
    /// <param name="odd">How many rows, this one the last, belong to an anomaly.</param>
    public void Add(double[] values, JudgedRow judged, long odd)
    {
        if (_rows == _rowsOfColumn * MostColumns)
        {
            foreach (PlotTrack track in _values.Concat(_lower).Concat(_upper).Concat(_faults).Append(_score).Append(_odd))
            {
                track.Halve();
            }

            _rowsOfColumn *= 2;
        }

        int column = (int)(_rows++ / _rowsOfColumn);
        for (int i = 0; i < values.Length; i++)
        {
            _values[i].Add(column, values[i]);
            _lower[i].Add(column, judged.Signals[i].Lower);
            _upper[i].Add(column, judged.Signals[i].Upper);
            _faults[i].Add(column, judged.Signals[i].IsDataFault ? 1 : double.NaN);
        }

        _score.Add(column, judged.Score);
        for (long row = _rows - odd; row < _rows; row += _rowsOfColumn)
        {
            _odd.Add((int)(row / _rowsOfColumn), 1);
        }

        _odd.Add(column, odd > 0 ? 1 : double.NaN);
    }

    /// <summary>Writes the picture.</summary>
    /// <param name="path">Where it goes.</param>
    /// <param name="title">What it is of.</param>
    public void Write(string path, string title)
    {
        using ResultFile file = new(path);
        StreamWriter svg = file.Text;
        int height = 40 + ((signals.Count + 1) * RowHeight);
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Line(svg, $"<rect width=\"{Width}\" height=\"{height}\" fill=\"#fff\"/><text x=\"8\" y=\"20\" font-size=\"15\">{Escape(title)}</text>");
        Mark(svg, _odd, 30, height - 40, "anomaly", "#d33");
        for (int i = 0; i < signals.Count; i++)
        {
            int top = 30 + (i * RowHeight);
            Mark(svg, _faults[i], top, RowHeight, "fault", "#db3");
            Draw(svg, signals[i], top, _values[i], "#246", _lower[i], _upper[i]);
        }

        Draw(svg, "score", 30 + (signals.Count * RowHeight), _score, "#a50");
        svg.Write("</svg>\n");
        file.Complete();
    }

    private static PlotTrack[] Tracks(int count) => [.. Enumerable.Range(0, count).Select(_ => new PlotTrack(MostColumns))];

    private static void Line(StreamWriter svg, FormattableString text) => svg.Write(text.ToString(CultureInfo.InvariantCulture) + "\n");

    /// <summary>Text for XML, which has no place for most control characters.</summary>
    private static string Escape(string text)
    {
        char[] letters = [.. text.Select((c, i) => XmlConvert.IsXmlChar(c) || char.IsSurrogatePair(text, i) || (i > 0 && char.IsSurrogatePair(text, i - 1)) ? c : '\uFFFD')];
        return new string(letters).Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
    }

    /// <summary>Stripes over the columns in which something holds.</summary>
    private void Mark(StreamWriter svg, PlotTrack track, int top, int height, string what, string colour)
    {
        for (int from = 0; from < MostColumns; from++)
        {
            if (track.Any(from))
            {
                int to = from + 1;
                while (to < MostColumns && track.Any(to))
                {
                    to++;
                }

                Line(svg, $"<rect class=\"{what}\" x=\"{X(from):F1}\" y=\"{top}\" width=\"{Math.Max(1.5, X(to - 1) - X(from)):F1}\" height=\"{height}\" fill=\"{colour}\" opacity=\"0.35\"/>");
                from = to;
            }
        }
    }

    private void Draw(StreamWriter svg, string name, int top, PlotTrack track, string colour, PlotTrack? lower = null, PlotTrack? upper = null)
    {
        (double low, double high) = track.Range();
        string range = low <= high ? string.Create(CultureInfo.InvariantCulture, $"{low:G5} … {high:G5}") : "no value";
        Line(svg, $"<text x=\"8\" y=\"{top + 20}\">{Escape(name)}</text><text x=\"8\" y=\"{top + 38}\" fill=\"#777\">{range}</text>");
        if (!(high > low))
        {
            return;
        }

        double Y(double value) => top + 6 + ((high - Math.Clamp(value, low, high)) / (high - low) * (RowHeight - 14));
        if (lower is not null && upper is not null)
        {
            string band = Path(column => lower.Any(column) && upper.Any(column), column => (Y(upper.High(column)), Y(lower.Low(column))), stripes: true);
            if (band.Length > 0)
            {
                Line(svg, $"<path class=\"band\" d=\"{band}\" stroke=\"#9bd\" stroke-width=\"2\" opacity=\"0.5\"/>");
            }
        }

        Line(svg, $"<path d=\"{Path(track.Any, column => (Y(track.High(column)), Y(track.Low(column))), stripes: false)}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1\"/>");
    }

    /// <summary>A stroke from top to bottom in each column, joined to the next or not.</summary>
    private string Path(Func<int, bool> any, Func<int, (double Top, double Bottom)> ends, bool stripes)
    {
        System.Text.StringBuilder path = new();
        for (int column = 0; column < MostColumns; column++)
        {
            if (any(column))
            {
                (double top, double bottom) = ends(column);
                string command = stripes || path.Length == 0 ? "M" : "L";
                _ = path.Append(CultureInfo.InvariantCulture, $"{command}{X(column):F1} {top:F1}L{X(column):F1} {bottom:F1}");
            }
        }

        return path.ToString();
    }

    private double X(int column) => Left + ((double)column * _rowsOfColumn / Math.Max(1, _rows - 1) * (Width - Left - 10));
}
