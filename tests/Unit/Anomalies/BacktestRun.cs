using System.CommandLine;
using Linewatch.Server.Commands;

namespace Linewatch.Tests.Unit.Anomalies;

/// <summary>Runs <c>linewatch backtest anomalies</c> in this process.</summary>
internal static class BacktestRun
{
    /// <summary>Its exit code and what it said.</summary>
    public static (int ExitCode, string Output, string Error) Of(string data, string output, params string[] more)
    {
        using StringWriter said = new();
        using StringWriter complained = new();
        int exit = BacktestAnomaliesCommand.Create().Parse(["anomalies", "--data", data, "--out", output, .. more])
            .Invoke(new InvocationConfiguration { Output = said, Error = complained });
        return (exit, said.ToString(), complained.ToString());
    }
}
