using MathNet.Numerics.LinearAlgebra;

namespace Linewatch.Analytics.Prognosis;

/// <summary>
/// Tells a trend from the swing of a day: least squares on a line and on a wave of 24 hours at once. Half a day of a warming hall looks like wear;
/// beside a wave that is free to take it up nothing of it is left. Over less than a day the two cannot be told apart and the trend stays uncertain.
/// </summary>
internal static class DailySwing
{
    /// <summary>The trend beside the wave, in its standard errors; 0 where it cannot be told.</summary>
    /// <param name="hours">Ascending.</param>
    /// <param name="values">As many.</param>
    public static double TrendBeside(double[] hours, double[] values)
    {
        const int Unknowns = 4;
        if (hours.Length <= 2 * Unknowns)
        {
            return 0;
        }

        Matrix<double> design = Matrix<double>.Build.Dense(hours.Length, Unknowns, (row, column) =>
        {
            double hour = hours[row] - hours[0];
            double angle = 2 * Math.PI * hour / 24;
            return column switch { 0 => 1, 1 => hour / 24, 2 => Math.Sin(angle), _ => Math.Cos(angle) };
        });
        Matrix<double> inverse = design.TransposeThisAndMultiply(design).Inverse();
        Vector<double> observed = Vector<double>.Build.Dense(values);
        Vector<double> fitted = inverse * design.TransposeThisAndMultiply(observed);
        double left = (observed - (design * fitted)).DotProduct(observed - (design * fitted));
        double error = Math.Sqrt(left / (hours.Length - Unknowns) * inverse[1, 1]);
        return error > 0 && double.IsFinite(error) ? fitted[1] / error : fitted[1] == 0 ? 0 : Math.CopySign(double.MaxValue, fitted[1]);
    }
}
