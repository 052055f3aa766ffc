namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// Derives features from measurements without knowing their names: the product, difference and ratio of each pair, because
/// physics is made of them (power = torque × speed, cooling = process − ambient temperature, strain = wear × torque),
/// and a flag for each kind.
/// </summary>
internal sealed class FailureFeatures
{
    /// <summary>With more measurements than this there would be too many pairs: only the measurements themselves are used.</summary>
    private const int MostPaired = 16;

    private const int MostKinds = 20;

    private readonly string[][] _kinds;

    /// <param name="rows">The rows to learn from; kinds not among them are ignored later.</param>
    public FailureFeatures(IReadOnlyList<FailureRow> rows) =>
        _kinds = [.. Enumerable.Range(0, rows[0].Categories.Length).Select(column => rows
            .CountBy(row => row.Categories[column])
            .Where(kind => kind.Key.Length > 0)
            .OrderByDescending(kind => kind.Value)
            .ThenBy(kind => kind.Key, StringComparer.Ordinal)
            .Take(MostKinds)
            .Select(kind => kind.Key)
            .ToArray())];

    /// <summary>The features of a row.</summary>
    public double[] Of(FailureRow row)
    {
        double[] numbers = row.Numbers;
        List<double> features = [.. numbers];
        for (int column = 0; column < _kinds.Length; column++)
        {
            features.AddRange(_kinds[column].Select(kind => kind == row.Categories[column] ? 1.0 : 0.0));
        }

        for (int i = 0; i < numbers.Length && numbers.Length <= MostPaired; i++)
        {
            for (int j = i + 1; j < numbers.Length; j++)
            {
                features.Add(numbers[i] * numbers[j]);
                features.Add(numbers[i] - numbers[j]);
                features.Add(numbers[j] == 0 ? double.NaN : numbers[i] / numbers[j]);
            }
        }

        return [.. features];
    }
}
