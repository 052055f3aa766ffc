namespace Linewatch.Server.Commands;

/// <summary>What <c>linewatch</c> returns to the shell.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>Could not be done now: a port is in use, a broker or store is away, the disk is full.</summary>
    public const int Failed = 1;

    /// <summary>The input is wrong: command line, configuration, plant.yaml or data file. Every fault was printed.</summary>
    public const int BadInput = 2;
}
