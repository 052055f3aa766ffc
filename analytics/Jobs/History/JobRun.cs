namespace Linewatch.Jobs.History;

/// <summary>The run that a job is in: where it says what it does. Used by one job at a time.</summary>
public sealed class JobRun
{
    private readonly JobHistory _history;
    private long _lines;

    internal JobRun(string id, JobHistory history)
    {
        Id = id;
        _history = history;
    }

    /// <summary>Identifier of the run.</summary>
    public string Id { get; }

    /// <summary>The last thing reported; the run's message when it succeeds.</summary>
    public string Message { get; private set; } = "";

    /// <summary>Writes a line into the run's kept log.</summary>
    public Task LogAsync(string text, CancellationToken cancellationToken) =>
        _history.WriteLineAsync(Id, ++_lines, text, cancellationToken);

    /// <summary>Says how far the run has come.</summary>
    /// <param name="percent">0–100.</param>
    /// <param name="message">What it is doing or has done, for people.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    public Task ReportAsync(int percent, string message, CancellationToken cancellationToken)
    {
        Message = message;
        return _history.ReportAsync(Id, Math.Clamp(percent, 0, 100), message, cancellationToken);
    }
}
