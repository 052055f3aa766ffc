using System.Globalization;
using Linewatch.Analytics.Anomalies;
using Linewatch.Operations;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>
/// Writes the verdicts of one file as CSV: <c>timestamp,score,label</c>, which is what scorers of benchmarks read, and where it is wanted
/// the lower and upper end of each signal's expected band, empty where nothing was expected. Not thread-safe.
/// </summary>
internal sealed class VerdictFile : IDisposable
{
    private readonly ResultFile _file;
    private readonly bool _bands;

    /// <param name="path">The file.</param>
    /// <param name="keyColumn">Name of the first column.</param>
    /// <param name="banded">Names of the signals whose expected band is written; empty = none.</param>
    public VerdictFile(string path, string keyColumn, IReadOnlyList<string> banded)
    {
        _bands = banded.Count > 0;
        _file = new ResultFile(path);
        _file.Text.Write(keyColumn + ",score,label");
        foreach (string signal in banded)
        {
            _file.Text.Write($",{CsvField.Of(signal + " lower")},{CsvField.Of(signal + " upper")}");
        }

        _file.Text.WriteLine();
    }

    /// <summary>Adds the verdict on a row.</summary>
    /// <param name="key">How the row is called.</param>
    /// <param name="judged">The verdict.</param>
    public void Add(string key, JudgedRow judged)
    {
        StreamWriter csv = _file.Text;
        csv.Write(string.Create(CultureInfo.InvariantCulture, $"{CsvField.Of(key)},{judged.Score:R},{(judged.IsAlarm ? 1 : 0)}"));
        if (_bands)
        {
            foreach (SignalVerdict verdict in judged.Signals)
            {
                csv.Write(double.IsFinite(verdict.Lower) && double.IsFinite(verdict.Upper)
                    ? string.Create(CultureInfo.InvariantCulture, $",{verdict.Lower:G9},{verdict.Upper:G9}")
                    : ",,");
            }
        }

        csv.WriteLine();
    }

    /// <summary>Puts the file in its place.</summary>
    public void Complete() => _file.Complete();

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
