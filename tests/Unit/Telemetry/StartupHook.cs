using System.Globalization;
using Linewatch.Tests.Unit.Telemetry;

/// <summary>
/// Lets <see cref="KillTests"/> start this very assembly as a process to kill: the runtime calls a startup hook before the
/// main program, which for a test assembly does nothing. Its name and its place in no namespace are the runtime's rule.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(KilledProcess.FolderVariable) is { } folder)
        {
            long first = long.Parse(Environment.GetEnvironmentVariable(KilledProcess.FirstVariable)!, CultureInfo.InvariantCulture);
            KilledProcess.RunAsync(folder, first).GetAwaiter().GetResult();
        }
    }
}
