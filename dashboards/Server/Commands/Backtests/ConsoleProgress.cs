namespace Linewatch.Server.Commands.Backtests;

/// <summary>Prints what is done at once, in order; <see cref="Progress{T}"/> would do so later on other threads.</summary>
internal sealed class ConsoleProgress : IProgress<string>
{
    /// <inheritdoc/>
    public void Report(string value) => Console.WriteLine(value);
}
