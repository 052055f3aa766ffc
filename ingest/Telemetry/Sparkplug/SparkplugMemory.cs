using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Linewatch.Telemetry.Sparkplug;

/// <summary>
/// The nodes known, kept across restarts in a folder of one small file a node, because births are not retained by the
/// broker. Not thread-safe.
/// </summary>
internal sealed class SparkplugMemory
{
    /// <summary>Nodes known at most; one that lies about its name endlessly must not fill the memory.</summary>
    private const int MaximumNodes = 10_000;

    private readonly string? _folder;
    private readonly Dictionary<(string Group, string Node), SparkplugNode> _nodes = [];

    /// <summary>A memory that keeps nothing when <paramref name="folder"/> is null.</summary>
    public SparkplugMemory(string? folder, RebirthRequests? rebirths)
    {
        _folder = folder;
        Rebirths = rebirths;
        if (folder is not null && Directory.Exists(folder))
        {
            foreach (string path in Directory.EnumerateFiles(folder, "*.json"))
            {
                Load(path);
            }
        }
    }

    public RebirthRequests? Rebirths { get; }

    public SparkplugNode? Find(string group, string node)
    {
        if (_nodes.TryGetValue((group, node), out SparkplugNode? known))
        {
            return known;
        }

        if (_nodes.Count >= MaximumNodes)
        {
            return null;
        }

        SparkplugNode added = new(group, node);
        _nodes.Add((group, node), added);
        return added;
    }

    /// <summary>Writes what changed; before the cursor is committed.</summary>
    public void Save()
    {
        if (_folder is null)
        {
            return;
        }

        foreach (SparkplugNode node in _nodes.Values.Where(node => node.IsDirty))
        {
            Directory.CreateDirectory(_folder);
            string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(node.Group + "/" + node.Name)).AsSpan(0, 16));
            string path = Path.Combine(_folder, name + ".json");
            File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(new KeptNode(node.Group, node.Name, Keep(node.Birth), Keep(node.Previous))));
            File.Move(path + ".new", path, overwrite: true);
            node.IsDirty = false;
        }
    }

    private void Load(string path)
    {
        try
        {
            if (JsonSerializer.Deserialize<KeptNode>(File.ReadAllBytes(path)) is { } kept && Find(kept.Group, kept.Node) is { } node)
            {
                node.Restore(Restore(kept.Birth), Restore(kept.Previous));
            }
        }
        catch (JsonException)
        {
            // Half-written or foreign: the node is asked to be born again when its data come.
        }
    }

    private static KeptBirth? Keep(SparkplugBirth? birth) => birth is null
        ? null
        : new KeptBirth(birth.Position, birth.BdSeq, [.. birth.ByName.Values.Select(metric => new KeptMetric(metric.Device, metric.Name, metric.Alias, (int)metric.Type))]);

    private static SparkplugBirth? Restore(KeptBirth? kept)
    {
        if (kept is null)
        {
            return null;
        }

        SparkplugBirth birth = new() { Position = kept.Position, BdSeq = kept.BdSeq };
        foreach (KeptMetric metric in kept.Metrics)
        {
            birth.Add(new BornMetric(metric.Device, metric.Name, metric.Alias, (SparkplugType)metric.Type));
        }

        return birth;
    }

    private sealed record KeptNode(string Group, string Node, KeptBirth? Birth, KeptBirth? Previous);

    private sealed record KeptBirth(long Position, ulong? BdSeq, IReadOnlyList<KeptMetric> Metrics);

    private sealed record KeptMetric(string Device, string Name, ulong? Alias, int Type);
}
