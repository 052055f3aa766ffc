namespace Linewatch.Plants.Yaml;

/// <summary>Guesses what a mistyped word was meant to be.</summary>
internal static class Nearest
{
    /// <summary>A sentence end such as <c>; did you mean 'timeZone'?</c> or the list of what is allowed.</summary>
    public static string Hint(string word, IReadOnlyCollection<string> known)
    {
        known = [.. known.Distinct(StringComparer.Ordinal)];
        string? nearest = known
            .Select(candidate => (candidate, distance: Distance(word.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .Where(pair => pair.distance <= Math.Max(1, pair.candidate.Length / 3))
            .OrderBy(pair => pair.distance)
            .Select(pair => pair.candidate)
            .FirstOrDefault();
        if (nearest is not null)
        {
            return $"; did you mean '{nearest}'?";
        }

        return known.Count == 0 ? "; there is none to choose from" : known.Count <= 20
            ? "; allowed: " + string.Join(", ", known)
            : $"; allowed: {string.Join(", ", known.Take(20))} … ({known.Count} in all)";
    }

    /// <summary>Levenshtein distance, words cut at 40 characters to bound the work.</summary>
    private static int Distance(string a, string b)
    {
        a = a[..Math.Min(a.Length, 40)];
        b = b[..Math.Min(b.Length, 40)];
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
