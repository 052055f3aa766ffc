using MathNet.Numerics.Statistics;

namespace Linewatch.Analytics.Prognosis;

/// <summary>A Theil–Sen line, through the values or through their logarithms.</summary>
internal readonly struct TrendLine
{
    private TrendLine(double intercept, double slope, bool isExponential)
    {
        Intercept = intercept;
        Slope = slope;
        IsExponential = isExponential;
    }

    /// <summary>Whether the line goes through logarithms.</summary>
    public bool IsExponential { get; }

    /// <summary>Change an hour, of the value or of its logarithm.</summary>
    public double Slope { get; }

    private double Intercept { get; }

    /// <summary>Fits; for the exponential every value is above 0.</summary>
    public static TrendLine Fit(double[] hours, double[] values, bool exponential)
    {
        double[] y = exponential ? Array.ConvertAll(values, Math.Log) : values;
        double[] slopes = new double[hours.Length * (hours.Length - 1) / 2];
        int count = 0;
        for (int i = 0; i < hours.Length; i++)
        {
            for (int j = i + 1; j < hours.Length; j++)
            {
                double apart = hours[j] - hours[i];
                if (apart > 0)
                {
                    slopes[count++] = (y[j] - y[i]) / apart;
                }
            }
        }

        double slope = ArrayStatistics.MedianInplace(slopes.AsSpan(0, count).ToArray());
        double[] intercepts = new double[hours.Length];
        for (int i = 0; i < hours.Length; i++)
        {
            intercepts[i] = y[i] - (slope * hours[i]);
        }

        return new TrendLine(ArrayStatistics.MedianInplace(intercepts), slope, exponential);
    }

    /// <summary>The value at a time.</summary>
    public double At(double hours) => FromLine(Intercept + (Slope * hours));

    /// <summary>When the value is reached, in hours; not finite where it never is.</summary>
    public double Reaches(double value) => ((IsExponential ? Math.Log(value) : value) - Intercept) / Slope;

    /// <summary>The value at a time with a residual of the fitted scale put on.</summary>
    public double WithResidual(double hours, double residual) => FromLine(Intercept + (Slope * hours) + residual);

    /// <summary>Distances from the line, on the fitted scale.</summary>
    public double[] Residuals(double[] hours, double[] values)
    {
        double[] residuals = new double[hours.Length];
        for (int i = 0; i < hours.Length; i++)
        {
            double y = IsExponential ? Math.Log(values[i]) : values[i];
            residuals[i] = y - Intercept - (Slope * hours[i]);
        }

        return residuals;
    }

    /// <summary>Median absolute distance of the values from the curve, in their unit.</summary>
    public double Scatter(double[] hours, double[] values)
    {
        double[] distances = new double[hours.Length];
        for (int i = 0; i < hours.Length; i++)
        {
            distances[i] = Math.Abs(values[i] - At(hours[i]));
        }

        return ArrayStatistics.MedianInplace(distances);
    }

    private double FromLine(double y) => IsExponential ? Math.Exp(y) : y;
}
