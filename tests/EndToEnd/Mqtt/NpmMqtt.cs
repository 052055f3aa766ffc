using Linewatch.Tests.Servers;

namespace Linewatch.Tests.EndToEnd.Mqtt;

/// <summary>The npm package <c>mqtt</c>, installed once into a temporary folder.</summary>
public sealed class NpmMqtt : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>The <c>node_modules</c> that holds it; null where it could not be installed.</summary>
    public string? Folder { get; private set; }

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Tool.Find("npm") is not { } npm)
        {
            return;
        }

        await using ServerProcess install = new(npm, ["install", "--silent", "--no-audit", "--no-fund", "--prefix", _folder.Path, "mqtt@5"]);
        try
        {
            await install.Process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token);
            string modules = _folder["node_modules"];
            Folder = Directory.Exists(Path.Combine(modules, "mqtt")) ? modules : null;
        }
        catch (OperationCanceledException)
        {
            // No registry within reach: the tests that need it say so.
        }
    }

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
