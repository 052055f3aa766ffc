using Linewatch.Plants;

namespace Linewatch.Operations.Alerts;

/// <summary>Where an alert comes from. An empty machine means the line as a whole; an empty line the whole plant.</summary>
public sealed record AlertSource(string Line, string Machine = "", string? Signal = null)
{
    /// <summary>The source of a signal.</summary>
    public static AlertSource Of(SignalPath path) => new(path.Line, path.Machine, path.Signal);

    /// <inheritdoc/>
    public override string ToString() => $"{Line}/{Machine}/{Signal}";
}
