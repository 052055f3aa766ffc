namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// Discrete Fourier transform of 64 complex values in place (radix 2, decimation in time). One fixed small length on a hot path:
/// the general transform of the numerics library allocates at every call.
/// </summary>
internal static class Fourier64
{
    private const int Length = 64;
    private const int Bits = 6;

    private static readonly double[] Cosines = [.. Enumerable.Range(0, Length / 2).Select(k => Math.Cos(2 * Math.PI * k / Length))];
    private static readonly double[] Sines = [.. Enumerable.Range(0, Length / 2).Select(k => Math.Sin(2 * Math.PI * k / Length))];
    private static readonly int[] Reversed = [.. Enumerable.Range(0, Length).Select(Reverse)];

    /// <summary>X[k] = Σ x[n]·exp(−2πikn/64).</summary>
    public static void Forward(double[] real, double[] imaginary) => Transform(real, imaginary, -1);

    /// <summary>x[n] = (1/64)·Σ X[k]·exp(2πikn/64).</summary>
    public static void Inverse(double[] real, double[] imaginary)
    {
        Transform(real, imaginary, 1);
        for (int i = 0; i < Length; i++)
        {
            real[i] /= Length;
            imaginary[i] /= Length;
        }
    }

    private static void Transform(double[] real, double[] imaginary, double sign)
    {
        for (int i = 0; i < Length; i++)
        {
            int j = Reversed[i];
            if (j > i)
            {
                (real[i], real[j]) = (real[j], real[i]);
                (imaginary[i], imaginary[j]) = (imaginary[j], imaginary[i]);
            }
        }

        for (int half = 1; half < Length; half *= 2)
        {
            int stride = Length / (2 * half);
            for (int start = 0; start < Length; start += 2 * half)
            {
                for (int k = 0; k < half; k++)
                {
                    double c = Cosines[k * stride];
                    double s = sign * Sines[k * stride];
                    int upper = start + k;
                    int lower = upper + half;
                    double re = (real[lower] * c) - (imaginary[lower] * s);
                    double im = (real[lower] * s) + (imaginary[lower] * c);
                    (real[lower], imaginary[lower]) = (real[upper] - re, imaginary[upper] - im);
                    (real[upper], imaginary[upper]) = (real[upper] + re, imaginary[upper] + im);
                }
            }
        }
    }

    private static int Reverse(int i)
    {
        int reversed = 0;
        for (int bit = 0; bit < Bits; bit++)
        {
            reversed = (reversed << 1) | ((i >> bit) & 1);
        }

        return reversed;
    }
}
