namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// Turns a predicted life into a distribution by the errors made on machines that were not learned from (cross-conformal,
/// Vovk 2015): those of predictions near this one count most, because errors are far smaller shortly before failure.
/// Each machine counts as one, however long it ran.
/// </summary>
internal sealed class LifeCalibration
{
    /// <summary>How near is near, as a share of the ceiling.</summary>
    private const double NearShare = 0.05;

    private readonly (double Predicted, double Error, double Weight)[] _errors;
    private readonly int _ceiling;

    /// <param name="cases">What was predicted of machines not learned from, and what came true, by the machine's number.</param>
    /// <param name="ceiling">Longest life that is told, in cycles.</param>
    public LifeCalibration(IReadOnlyCollection<(int Unit, double Predicted, double Life)> cases, int ceiling)
    {
        _ceiling = ceiling;
        Dictionary<int, int> counts = cases.CountBy(one => one.Unit).ToDictionary();
        _errors = [.. cases.Select(one => (one.Predicted, one.Life - one.Predicted, 1.0 / counts[one.Unit]))];
    }

    /// <summary>The distribution around a prediction.</summary>
    public RemainingLife Around(double predicted)
    {
        double nearest = _errors.Min(error => Math.Abs(error.Predicted - predicted));
        double near = Math.Max(NearShare * _ceiling, nearest);
        return new RemainingLife(
            Math.Clamp(predicted, 0, _ceiling),
            _errors
                .Where(error => Math.Abs(error.Predicted - predicted) <= 3 * near)
                .Select(error => (
                    Math.Clamp(predicted + error.Error, 0, _ceiling),
                    error.Weight * Math.Exp(-0.5 * (error.Predicted - predicted) * (error.Predicted - predicted) / (near * near)))));
    }
}
