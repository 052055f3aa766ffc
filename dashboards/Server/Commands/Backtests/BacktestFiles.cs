namespace Linewatch.Server.Commands.Backtests;

/// <summary>One recording of a backtest.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Name">Its path below the folder of recordings.</param>
/// <param name="Verdicts">Where the verdicts on it go: the same path below the folder of results, ending in <c>.csv</c>.</param>
/// <param name="Plot">Where its picture goes.</param>
internal readonly record struct BacktestFile(string Path, string Name, string Verdicts, string Plot);

/// <summary>Finds the recordings of a backtest and the places for its results, so that no result ever lies on or among the recordings.</summary>
internal static class BacktestFiles
{
    // As the disks of these systems compare names; elsewhere two names that differ by case are two files.
    private static readonly StringComparison Names =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>The recordings, ordered by path.</summary>
    /// <param name="root">Folder of the recordings; subfolders count.</param>
    /// <param name="extension">How they end, in upper or lower case, for instance <c>.csv</c>.</param>
    /// <param name="normal">A file of normal rows, which is no recording; null = none.</param>
    /// <param name="output">Folder of the results; need not exist.</param>
    /// <exception cref="InvalidDataException">There is no recording, or a result would lie on or among recordings; says which and what to do.</exception>
    public static IReadOnlyList<BacktestFile> Find(string root, string extension, string? normal, string output)
    {
        if (!Directory.Exists(root))
        {
            throw new InvalidDataException($"{root} is not a folder; --data is the folder of the recordings");
        }

        string realRoot = RealPath(root);
        string realOutput = RealPath(output);
        if ((realOutput + Path.DirectorySeparatorChar).StartsWith(Path.TrimEndingDirectorySeparator(realRoot) + Path.DirectorySeparatorChar, Names))
        {
            throw new InvalidDataException(
                $"--out {output} is {(string.Equals(realOutput, realRoot, Names) ? "the folder" : "inside the folder")} of the recordings, {root}: verdicts would overwrite recordings or be read as recordings the next time; name a folder outside it");
        }

        EnumerationOptions all = new() { RecurseSubdirectories = true, MatchCasing = MatchCasing.CaseInsensitive, AttributesToSkip = 0, IgnoreInaccessible = false };
        BacktestFile[] files = [.. Directory.EnumerateFiles(root, "*" + extension, all)
            .Where(file => normal is null || !string.Equals(RealPath(file), RealPath(normal), Names))
            .Order(StringComparer.Ordinal)
            .Select(file => Place(root, file, output))];
        if (files.Length == 0)
        {
            throw new InvalidDataException($"{root} holds no *{extension} file");
        }

        if (files.GroupBy(file => file.Verdicts, StringComparer.FromComparison(Names)).FirstOrDefault(same => same.Count() > 1) is { } clash)
        {
            throw new InvalidDataException($"the verdicts on {string.Join(" and ", clash.Select(file => file.Name))} would both be written to {clash.Key}: rename one");
        }

        HashSet<string> read = new(files.Select(file => RealPath(file.Path)), StringComparer.FromComparison(Names));
        if (normal is not null)
        {
            _ = read.Add(RealPath(normal));
        }

        string list = Path.Combine(output, AnomalyList.FileName);
        return files.SelectMany(file => new[] { file.Verdicts, file.Plot }).Append(list).FirstOrDefault(result => read.Contains(RealPath(result))) is { } over
            ? throw new InvalidDataException($"{over} would be written over a file that is read: name another folder with --out")
            : files;
    }

    private static BacktestFile Place(string root, string file, string output)
    {
        string name = Path.GetRelativePath(root, file);
        string result = Path.Combine(output, name);
        return new BacktestFile(file, name, Path.ChangeExtension(result, ".csv"), Path.ChangeExtension(result, ".svg"));
    }

    /// <summary>The full path with every link on the way followed; what does not exist yet stays as it is.</summary>
    private static string RealPath(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string real = Path.GetPathRoot(full)!;
        foreach (string part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            if (Path.Exists(real) && new FileInfo(real).ResolveLinkTarget(returnFinalTarget: true) is { } target)
            {
                real = RealPath(target.FullName);
            }
        }

        return real;
    }
}
