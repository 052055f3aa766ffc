using System.Buffers;
using Linewatch.Analytics.Anomalies;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class TailProbabilityTests
{
    [Theory]
    [InlineData(0.5, 0.3, 0.03)]
    [InlineData(0.9, 1, 0.05)]
    [InlineData(0.99, 2, 0.2)]
    [InlineData(0.9999, 4, 0.6)]
    public void Surprise_is_the_decades_of_the_share_of_the_past_that_was_as_strange(double quantile, double decades, double tolerance)
    {
        TailProbability tail = Learned(20_000);

        // Of an exponential distribution the quantile q lies at −ln(1 − q).
        Assert.Equal(decades, tail.Observe(-Math.Log(1 - quantile), learn: false), tolerance);
    }

    [Fact]
    public void Surprise_never_falls_as_strangeness_grows()
    {
        TailProbability tail = Learned(20_000);
        double before = 0;
        for (double strangeness = 0; strangeness < 30; strangeness += 0.01)
        {
            double surprise = tail.Observe(strangeness, learn: false);
            Assert.True(surprise >= before - 1e-9, $"at {strangeness}: {surprise} after {before}");
            before = surprise;
        }

        Assert.Equal(TailProbability.MostSurprise, tail.Observe(1e9, learn: false));
    }

    [Fact]
    public void What_is_always_there_is_no_surprise()
    {
        TailProbability tail = new();
        for (int i = 0; i < 10_000; i++)
        {
            Assert.Equal(0, tail.Observe(0), 6);
        }
    }

    [Fact]
    public void The_unit_of_the_strangeness_does_not_matter()
    {
        double[] noise = Series.Noise(3, 30_000);
        TailProbability one = new();
        TailProbability other = new();
        foreach (double value in noise)
        {
            Assert.Equal(one.Observe(Math.Abs(value)), other.Observe(Math.Abs(value) * 1234.5), 6);
        }
    }

    [Fact]
    public void Long_streams_fade_instead_of_growing()
    {
        TailProbability tail = Learned(200_000);
        ArrayBufferWriter<byte> bytes = new();
        tail.Save(new StateWriter(bytes));

        Assert.InRange(bytes.WrittenCount, 1, 8_000);
        Assert.InRange(tail.Observe(-Math.Log(0.01), learn: false), 1.7, 2.3);
    }

    [Fact]
    public void What_was_loud_long_ago_makes_nobody_deaf()
    {
        TailProbability quiet = Learned(500_000);
        TailProbability loudOnce = new();
        foreach (double value in Series.Noise(9, 50_000))
        {
            _ = loudOnce.Observe(1000 * Math.Abs(value));
        }

        Learn(loudOnce, 500_000);

        foreach (double strangeness in new[] { 1, 4.5, 7, 20 })
        {
            Assert.Equal(quiet.Observe(strangeness, learn: false), loudOnce.Observe(strangeness, learn: false), 0.7);
        }
    }

    [Fact]
    public void A_saved_one_goes_on_bit_for_bit_however_long_it_learned()
    {
        TailProbability tail = Learned(2_500_000);
        ArrayBufferWriter<byte> bytes = new();
        tail.Save(new StateWriter(bytes));
        TailProbability restored = new();
        restored.Restore(new StateReader(bytes.WrittenMemory));

        foreach (double value in Series.Noise(4, 100_000))
        {
            Assert.Equal(tail.Observe(Math.Abs(value)), restored.Observe(Math.Abs(value)));
        }
    }

    [Fact]
    public void Half_a_million_rare_surprises_are_as_rare_as_they_say()
    {
        TailProbability tail = Learned(100_000);
        int surprises = 0;
        Learn(tail, 500_000, surprise => surprises += surprise >= 3 ? 1 : 0);

        Assert.InRange(surprises, 400, 600);
    }

    [Fact]
    public void Nothing_is_judged_or_learned_from_what_is_not_a_number()
    {
        TailProbability tail = Learned(1000);
        double before = tail.Observe(3, learn: false);

        Assert.Equal(0, tail.Observe(double.NaN));
        Assert.Equal(before, tail.Observe(3, learn: false));
    }

    private static TailProbability Learned(int count)
    {
        TailProbability tail = new();
        Learn(tail, count);
        return tail;
    }

    private static void Learn(TailProbability tail, int count, Action<double>? heard = null)
    {
        double[] first = Series.Noise(1, count);
        double[] second = Series.Noise(2, count);
        for (int i = 0; i < count; i++)
        {
            // Half the sum of two squared normal values is exponential.
            double surprise = tail.Observe(((first[i] * first[i]) + (second[i] * second[i])) / 2);
            heard?.Invoke(surprise);
        }
    }
}
