using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Linewatch.Server.Commands;

/// <summary><c>linewatch version</c>.</summary>
internal static class VersionCommand
{
    /// <summary>The product's version without build metadata.</summary>
    public static string Version { get; } =
        (typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];

    public static Command Create()
    {
        Command command = new("version", "Prints the version of Linewatch and of the runtime it runs on.");
        command.SetAction(_ =>
        {
            Console.WriteLine($"linewatch {Version} on {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
            return ExitCode.Ok;
        });
        return command;
    }
}
