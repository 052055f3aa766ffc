using System.Text.Json;
using Linewatch.BottlingPlant;

namespace Linewatch.Server.Demo;

/// <summary>Which virtual plant this is, and how far its messages were acknowledged; one small file in the data folder.</summary>
internal sealed class DemoState
{
    private readonly string _path;
    private Content _content;

    private DemoState(string path, Content content)
    {
        _path = path;
        _content = content;
    }

    /// <summary>Everything before this publish time was acknowledged, UTC.</summary>
    public DateTime PublishedThrough => _content.PublishedThrough;

    /// <summary>Goes on with the plant of a data folder, or begins one with some history.</summary>
    /// <param name="data">The data folder.</param>
    /// <param name="lines">Lines of a new plant.</param>
    /// <param name="history">History of a new plant.</param>
    /// <param name="now">Now, UTC.</param>
    /// <exception cref="InvalidDataException">The folder's plant cannot be read.</exception>
    public static DemoState Open(string data, int lines, TimeSpan history, DateTime now)
    {
        string path = Path.Combine(data, "demo.json");
        try
        {
            if (File.Exists(path))
            {
                return new DemoState(path, JsonSerializer.Deserialize<Content>(File.ReadAllText(path)) ?? throw new JsonException("the file is empty"));
            }
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path} cannot be read: {fault.Message} Delete the folder {data} to begin anew, or give another with --data.", fault);
        }

        Directory.CreateDirectory(data);
        DateTime start = now - history;
        DemoState state = new(path, new Content(lines, start, start));
        state.Save(start);
        return state;
    }

    /// <summary>The plant: coarsely sampled until an instant, live from it.</summary>
    public VirtualPlant Plant(DateTime liveFrom) => new(new VirtualPlantOptions
    {
        Lines = _content.Lines,
        Start = _content.Start,
        LiveFrom = liveFrom,
    });

    /// <summary>Keeps how far messages were acknowledged; null = none were.</summary>
    public void Save(DateTime? publishedThrough)
    {
        if (publishedThrough is { } through)
        {
            _content = _content with { PublishedThrough = through };
            File.WriteAllText(_path + ".new", JsonSerializer.Serialize(_content));
            File.Move(_path + ".new", _path, overwrite: true);
        }
    }

    private sealed record Content(int Lines, DateTime Start, DateTime PublishedThrough);
}
