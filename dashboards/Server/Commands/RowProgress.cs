using System.Globalization;

namespace Linewatch.Server.Commands;

/// <summary>Says how far a long recording has got, at most once a second. Not thread-safe.</summary>
/// <param name="name">What the recording is called.</param>
/// <param name="clock">Tells the seconds.</param>
/// <param name="output">Where to say it.</param>
internal sealed class RowProgress(string name, TimeProvider clock, TextWriter output)
{
    private long _told = clock.GetTimestamp();

    /// <summary>Takes the state after a row.</summary>
    /// <param name="rows">Rows so far.</param>
    /// <param name="done">Share of the file that has been read, 0 to 1.</param>
    /// <param name="eventTime">Of the row, UTC.</param>
    public void Report(long rows, double done, DateTime eventTime)
    {
        if (clock.GetElapsedTime(_told) >= TimeSpan.FromSeconds(1))
        {
            _told = clock.GetTimestamp();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {rows:N0} rows, {100 * done:F0} % read, at {eventTime:u}"));
        }
    }
}
