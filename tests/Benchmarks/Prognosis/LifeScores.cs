namespace Linewatch.Tests.Benchmarks.Prognosis;

/// <summary>What was told of a machine's remaining life at one cut, and what came true; cycles.</summary>
internal readonly record struct LifeCase(int Unit, int Cut, double Truth, double Told, double P05, double P10, double P90, double P95);

/// <summary>Scores of told lives against lives clipped at a ceiling, as the C-MAPSS benchmark counts them.</summary>
internal static class LifeScores
{
    /// <summary>Root of the mean squared error.</summary>
    public static double Rmse(IEnumerable<LifeCase> cases, double ceiling) =>
        Math.Sqrt(cases.Select(one => Math.Pow(Error(one, ceiling), 2)).DefaultIfEmpty(double.NaN).Average());

    /// <summary>NASA's score (Saxena et al. 2008): Σ e^(−d/13) − 1 where told too early, e^(d/10) − 1 where told too late.</summary>
    public static double Nasa(IEnumerable<LifeCase> cases, double ceiling) => cases.Sum(one =>
        Error(one, ceiling) is var late && late < 0 ? Math.Exp(-late / 13) - 1 : Math.Exp(late / 10) - 1);

    /// <summary>Share of lives within the 90 % band.</summary>
    public static double Coverage90(IEnumerable<LifeCase> cases, double ceiling) =>
        cases.Average(one => Math.Min(one.Truth, ceiling) is var life && life >= one.P05 && life <= one.P95 ? 1.0 : 0.0);

    /// <summary>Share of lives within the 80 % band.</summary>
    public static double Coverage80(IEnumerable<LifeCase> cases, double ceiling) =>
        cases.Average(one => Math.Min(one.Truth, ceiling) is var life && life >= one.P10 && life <= one.P90 ? 1.0 : 0.0);

    private static double Error(LifeCase one, double ceiling) => Math.Clamp(one.Told, 0, ceiling) - Math.Min(one.Truth, ceiling);
}
