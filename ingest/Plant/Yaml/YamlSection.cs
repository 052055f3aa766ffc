using System.Diagnostics.CodeAnalysis;

namespace Linewatch.Plants.Yaml;

/// <summary>
/// Reads the members of one mapping and reports what is wrong with them. Ask for every key that is allowed, then call
/// <see cref="Finish"/>: what was never asked for is an unknown key.
/// </summary>
internal sealed class YamlSection
{
    private readonly FaultList _faults;
    private readonly List<string> _known = [];

    public YamlSection(YamlNode node, string what, FaultList faults)
    {
        Node = node;
        What = what;
        _faults = faults;
        if (node.Kind != YamlKind.Mapping)
        {
            faults.Add(node, $"found {node.Description} where {what} is expected, a mapping of keys to values");
        }
    }

    public YamlNode Node { get; }

    /// <summary>What the mapping describes, for messages.</summary>
    public string What { get; }

    public YamlNode? Find(string key)
    {
        _known.Add(key);
        return Node.Find(key);
    }

    /// <summary>A value that must be there; a fault and null/default where it is missing or wrong.</summary>
    public bool TryRequire<T>(string key, ScalarKind<T> kind, [MaybeNullWhen(false)] out T value)
    {
        if (Find(key) is { } node)
        {
            return TryRead(node, key, kind, out value);
        }

        if (Node.Kind == YamlKind.Mapping)
        {
            _faults.Add(Node, $"{What} lacks '{key}': {kind.Allowed}");
        }

        value = default;
        return false;
    }

    public T Require<T>(string key, ScalarKind<T> kind, T fallback) => TryRequire(key, kind, out T? value) ? value : fallback;

    /// <summary>A value that may be absent.</summary>
    public T Optional<T>(string key, ScalarKind<T> kind, T fallback) =>
        Find(key) is { } node && TryRead(node, key, kind, out T? value) ? value : fallback;

    /// <summary>A value that may be absent; null then.</summary>
    public T? OptionalStruct<T>(string key, ScalarKind<T> kind)
        where T : struct =>
        Find(key) is { } node && TryRead(node, key, kind, out T value) ? value : null;

    /// <summary>The elements of a list; none where it is absent.</summary>
    public IReadOnlyList<YamlNode> List(string key)
    {
        if (Find(key) is not { } node)
        {
            return [];
        }

        if (node.Kind != YamlKind.Sequence)
        {
            _faults.Add(node, $"found {node.Description} for '{key}' of {What}; allowed: a list");
        }

        return node.Items;
    }

    /// <summary>A list of scalars of one kind.</summary>
    public IReadOnlyList<T> List<T>(string key, ScalarKind<T> kind)
    {
        List<T> values = [];
        foreach (YamlNode node in List(key))
        {
            if (TryRead(node, key, kind, out T? value))
            {
                values.Add(value);
            }
        }

        return values;
    }

    /// <summary>The members of a mapping of free keys; none where it is absent.</summary>
    public IReadOnlyList<(YamlNode Key, YamlNode Value)> Map(string key)
    {
        if (Find(key) is not { } node)
        {
            return [];
        }

        if (node.Kind != YamlKind.Mapping)
        {
            _faults.Add(node, $"found {node.Description} for '{key}' of {What}; allowed: a mapping of keys to values");
        }

        return node.Members;
    }

    public bool TryRead<T>(YamlNode node, string key, ScalarKind<T> kind, [MaybeNullWhen(false)] out T value)
    {
        if (node.Kind == YamlKind.Scalar && kind.TryParse(node.Text, out T? parsed))
        {
            value = parsed!;
            return true;
        }

        _faults.Add(node, $"found {node.Description} for '{key}' of {What}; allowed: {kind.Allowed}");
        value = default;
        return false;
    }

    public void Fault(YamlNode at, string message) => _faults.Add(at, message);

    /// <summary>Reports a fault at the value of a key, or at the mapping where the key is absent.</summary>
    public void Fault(string key, string message) => _faults.Add(Node.Find(key) ?? Node, message);

    /// <summary>Reports every key that nobody asked for.</summary>
    public void Finish()
    {
        foreach ((YamlNode key, _) in Node.Members)
        {
            if (!_known.Contains(key.Text))
            {
                _faults.Add(key, $"unknown key '{key.Text}' in {What}{Nearest.Hint(key.Text, _known)}");
            }
        }
    }
}
