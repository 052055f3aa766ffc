using System.Globalization;

namespace Linewatch.Plants;

/// <summary>One thing that is wrong in a plant file.</summary>
/// <param name="File">The file as it was named by the caller.</param>
/// <param name="Line">Line, from 1; 0 when the fault belongs to the file as a whole.</param>
/// <param name="Column">Column, from 1; 0 when the fault belongs to the file as a whole.</param>
/// <param name="Message">What was found and what is allowed.</param>
public sealed record PlantFault(string File, int Line, int Column, string Message)
{
    /// <summary>The fault as <c>file(line,column): message</c>, which editors and build tools understand.</summary>
    public override string ToString() => Line == 0
        ? $"{File}: {Message}"
        : string.Create(CultureInfo.InvariantCulture, $"{File}({Line},{Column}): {Message}");
}
