namespace Linewatch.Server.Commands.Backtests;

/// <summary>An alert that the product would have raised about a signal.</summary>
/// <param name="Line">Line id.</param>
/// <param name="Machine">Machine id.</param>
/// <param name="Signal">The signal that drives it most.</param>
/// <param name="EventTime">When, UTC.</param>
/// <param name="IsSensorFault">Whether it is about the sensor rather than the machine.</param>
/// <param name="Message">What people read.</param>
internal sealed record RaisedAlert(string Line, string Machine, string Signal, DateTime EventTime, bool IsSensorFault, string Message);
