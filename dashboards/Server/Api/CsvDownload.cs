using System.Globalization;
using System.Text;
using Linewatch.Operations;
using Linewatch.Plants;
using Linewatch.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Linewatch.Server.Api;

/// <summary>Readings as a CSV file (RFC 4180): event time in UTC, value with every digit.</summary>
internal static class CsvDownload
{
    public static FileContentHttpResult Of(Signal signal, IReadOnlyList<Sample> samples)
    {
        string unit = signal.Unit is "" or "1" ? "" : $" [{signal.Unit}]";
        StringBuilder text = new($"event_time,{CsvField.Of(signal.Path.Signal + unit)}\r\n");
        foreach (Sample sample in samples)
        {
            string value = sample.Text is not null ? CsvField.Of(sample.Text)
                : double.IsFinite(sample.Value) ? sample.Value.ToString("R", CultureInfo.InvariantCulture)
                : "";
            text.Append(CultureInfo.InvariantCulture, $"{sample.EventTime:yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'},{value}\r\n");
        }

        return TypedResults.File(
            Encoding.UTF8.GetBytes(text.ToString()), "text/csv; charset=utf-8", signal.Path.ToString().Replace('/', '_') + ".csv");
    }
}
