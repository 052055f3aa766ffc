using System.Diagnostics;

namespace Linewatch.Tests.Contract.Operations;

/// <summary>A node of operations and jobs in a process of its own, which the test drives by commands and kills.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;

    private NodeProcess(Process process) => _process = process;

    public static async Task<NodeProcess> StartAsync(IReadOnlyDictionary<string, string?> configuration)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Linewatch.Tests.Node.dll")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["Logging__LogLevel__Default"] = "None";
        foreach ((string key, string? value) in configuration)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        NodeProcess node = new(Process.Start(start)!);
        string? answer = await node._process.StandardOutput.ReadLineAsync();
        return answer == "ready" ? node : throw new InvalidOperationException($"the node did not start: {answer}");
    }

    /// <summary>Sends a command and waits until its effect is on disk.</summary>
    public async Task<string?> RunAsync(string command)
    {
        Send(command);
        return await _process.StandardOutput.ReadLineAsync();
    }

    /// <summary>Sends a command without waiting.</summary>
    public void Send(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
    }

    /// <summary>kill −9.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }
}
