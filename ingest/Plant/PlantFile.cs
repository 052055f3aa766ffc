using System.Diagnostics.CodeAnalysis;
using System.Text;
using Linewatch.Plants.Yaml;

namespace Linewatch.Plants;

/// <summary>What reading a plant file came to: a plant, or every fault that was found.</summary>
public sealed class PlantFile
{
    /// <summary>Largest plant file that is read, in bytes; about 200,000 signals written one a line.</summary>
    public const int MaximumBytes = 32 * 1024 * 1024;

    private PlantFile(Plant? plant, IReadOnlyList<PlantFault> faults)
    {
        Plant = plant;
        Faults = faults;
    }

    /// <summary>The plant; null when there are faults.</summary>
    public Plant? Plant { get; }

    /// <summary>Every fault, in file order; at most 1,000.</summary>
    public IReadOnlyList<PlantFault> Faults { get; }

    /// <summary>Whether the file is without fault.</summary>
    [MemberNotNullWhen(true, nameof(Plant))]
    public bool IsValid => Plant is not null;

    /// <summary>Reads and checks a file. A file that cannot be read is a fault, not an exception.</summary>
    public static PlantFile Read(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            if (length > MaximumBytes)
            {
                return Faulty(path, $"the file has {length} bytes; allowed: up to {MaximumBytes}");
            }

            return Parse(File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true)), path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Faulty(path, "cannot be read: " + fault.Message);
        }
        catch (DecoderFallbackException)
        {
            return Faulty(path, "the file is not UTF-8 text");
        }
    }

    /// <summary>Reads and checks the text of a plant file.</summary>
    /// <param name="text">The YAML text.</param>
    /// <param name="name">The name faults carry, usually the file's path.</param>
    public static PlantFile Parse(string text, string name)
    {
        if (text.Length > MaximumBytes)
        {
            return Faulty(name, $"the text has {text.Length} characters; allowed: up to {MaximumBytes}");
        }

        FaultList faults = new(name);
        Plant? plant = new YamlTree(faults).Read(text) is { } root ? new PlantReader(root, faults).Read() : null;
        return faults.Count == 0 ? new PlantFile(plant, []) : new PlantFile(null, faults.InFileOrder());
    }

    private static PlantFile Faulty(string path, string message) => new(null, [new PlantFault(path, 0, 0, message)]);
}
