using System.Text.Json;

namespace Linewatch.Plants;

/// <summary>A signal that a machine sends and the plant file does not have yet.</summary>
/// <param name="SourceName">The name the machine publishes it under.</param>
/// <param name="IsText">Whether its values are texts.</param>
public sealed record SignalDraft(string SourceName, bool IsText)
{
    private const int LongestId = 100;

    /// <summary>The id for it: the name in lower case, with '-' for what an id may not have.</summary>
    public string Id
    {
        get
        {
            char[] id = [.. SourceName.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-' or '.' ? c : '-').Take(LongestId)];
            return id.Length == 0 ? "-" : new string(id);
        }
    }

    /// <summary>The signal as one line of YAML.</summary>
    /// <param name="id">The id to give it, unique within the machine.</param>
    public string ToYaml(string id) =>
        $"{{ id: {JsonSerializer.Serialize(id)}{(id == SourceName ? "" : ", source: " + JsonSerializer.Serialize(SourceName))}{(IsText ? ", role: text" : "")} }}";
}
