namespace Linewatch.BottlingPlant;

/// <summary>How machines put their values into messages.</summary>
public enum Dialect
{
    /// <summary>One JSON document a machine, on <c>{site}/{area}/{line}/{machine}/data</c>.</summary>
    Json,

    /// <summary>One value a topic, on <c>{site}/{area}/{line}/{machine}/value/{signal}</c>.</summary>
    Values,

    /// <summary>Sparkplug B: the line is the edge node, each machine a device.</summary>
    Sparkplug,

    /// <summary>PackML PackTags as JSON, on <c>{site}/{area}/{line}/{machine}/packml</c>.</summary>
    PackML,

    /// <summary>Weihenstephan points as JSON, on <c>{site}/{area}/{line}/{machine}/ws</c>.</summary>
    Weihenstephan,

    /// <summary>Each line another one.</summary>
    Mixed,
}
