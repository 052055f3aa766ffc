using Linewatch.Plants;
using Linewatch.Server.Hosting;
using Linewatch.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Linewatch.Tests.Unit.Ingest;

public sealed class PlantWatcherTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void File_read_half_written_is_read_again_even_where_its_time_does_not_change_any_more()
    {
        Write("Before");
        DateTime writtenAt = File.GetLastWriteTimeUtc(_folder["plant.yaml"]);
        CurrentPlant plant = new(PlantFile.Read(_folder["plant.yaml"]).Plant!);
        using PlantWatcher watcher = new(_folder["plant.yaml"], plant, TimeProvider.System, NullLogger<PlantWatcher>.Instance);

        File.WriteAllText(_folder["plant.yaml"], "plant: [");
        File.SetLastWriteTimeUtc(_folder["plant.yaml"], writtenAt);
        watcher.Look();
        Assert.NotEmpty(watcher.Faults);
        Assert.Equal("Before", plant.Value.Name);

        Write("Now");
        File.SetLastWriteTimeUtc(_folder["plant.yaml"], writtenAt);
        watcher.Look();
        Assert.Empty(watcher.Faults);
        Assert.Equal("Now", plant.Value.Name);
    }

    private void Write(string name) => File.WriteAllText(_folder["plant.yaml"], $$"""
        plant: {{name}}
        site: s
        timeZone: UTC
        sources: [{ name: v, topic: "{line}/{machine}/{signal}", decoder: value }]
        lines: [{ id: l, area: a, machines: [{ id: m, signals: [{ id: x }] }] }]
        """);
}
