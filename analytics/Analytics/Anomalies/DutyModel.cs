using System.Numerics.Tensors;

namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// The value to expect of a signal from what its machine is doing: a linear regression on the terms of <see cref="MachineDuty"/>,
/// learned reading by reading (recursive least squares, that is a Kalman filter whose offset wanders; Ljung, System
/// Identification, 1999, §11.2), with the size of the usual error and how much of an expectation is guesswork so far.
/// </summary>
internal sealed class DutyModel
{
    private const double ErrorReadings = 30_000; // memory of the usual error: wear that shakes a machine must not become its usual error
    private const double OffsetReadings = 60_000; // memory of the offset: legitimate drift is followed, wear is slower to be believed
    private const double PriorVariance = 1e8;    // of a weight, in usual errors squared: next to nothing is known before
    private const double DoubtVariance = 100;
    private const double ClipErrors = 3;
    private const double ReadingsBeforeClipping = 100; // the first must be free to find the error
    private const double DeviationOfNormal = 0.797884560802865; // mean absolute deviation of a normal variable, √(2/π)

    private readonly LastValues _last = new();
    private double[] _weights = [];
    private double[] _covariance = [];
    private double[] _gain = [];
    private double _origin = double.NaN;
    private double _deviation;
    private double _forError;
    private double _leverage;
    private double _expected;

    /// <summary>Readings learned.</summary>
    public long Count { get; private set; }

    /// <summary>Usual error, about one standard deviation; 0 for a constant.</summary>
    public double Error => _deviation / DeviationOfNormal;

    /// <summary>How uncertain the last expectation was, as a variance in usual errors squared; large where the machine never was in such a duty.</summary>
    public double Leverage => _leverage;

    /// <summary>Whether the expectation asked for last, or its usual error, is too much of a guess to tell a wild reading by.</summary>
    private bool IsGuess => _leverage > 1 || _forError <= ReadingsBeforeClipping || !(_deviation > 0);

    /// <summary>The value to expect; NaN before the first reading.</summary>
    /// <param name="terms">What the machine has been doing; never fewer terms than before.</param>
    /// <exception cref="ArgumentException">Fewer terms than before.</exception>
    public double Expect(ReadOnlySpan<double> terms)
    {
        if (terms.Length < _weights.Length)
        {
            throw new ArgumentException($"the duty is another machine's, or lost its past: it has {terms.Length} terms, of {_weights.Length} something was learned", nameof(terms));
        }

        Grow(terms.Length);
        int n = terms.Length;
        for (int i = 0; i < n; i++)
        {
            _gain[i] = TensorPrimitives.Dot(_covariance.AsSpan(i * n, n), terms);
        }

        _leverage = Math.Max(0, TensorPrimitives.Dot(_gain.AsSpan(0, n), terms));
        return _expected = _origin + TensorPrimitives.Dot(_weights.AsSpan(0, n), terms);
    }

    /// <summary>Learns the value of which the expectation was asked for last. Where that was a guess, a value far from those before it waits for others to follow.</summary>
    public void Learn(double value)
    {
        if (!_last.TakeNear(value) && IsGuess)
        {
            return;
        }

        int n = _weights.Length;
        if (double.IsNaN(_origin))
        {
            _expected = _origin = value;
        }

        double innovation = value - _expected;
        double certain = innovation / Math.Sqrt(1 + _leverage);
        double step = certain;
        if (_forError > ReadingsBeforeClipping && _deviation > 0)
        {
            double limit = ClipErrors * Error;
            step = Math.Clamp(certain, -limit, limit);
        }

        Count++;

        // Readings in a duty never seen tell of that duty, not of the usual error.
        double scale = 1 / (1 + _leverage);
        _forError += scale;
        _deviation += scale * Math.Max(1 / ErrorReadings, 1 / Math.Max(1, _forError)) * (Math.Abs(step) - _deviation);
        double correction = _leverage > 1 ? innovation : step * Math.Sqrt(1 + _leverage);
        for (int i = 0; i < n; i++)
        {
            double share = _gain[i] * scale;
            _weights[i] += share * correction;
            Span<double> row = _covariance.AsSpan(i * n, n);
            TensorPrimitives.MultiplyAdd(_gain.AsSpan(0, n), -share, row, row);
            row[i] = Math.Max(row[i], 0);
        }

        _covariance[0] += 1 / (OffsetReadings * OffsetReadings);
    }

    /// <summary>
    /// Lets the next readings say anew where the signal lies and how much it errs. What starts, stops and load do to it is
    /// doubted too, but only by so much: it may have been learned from a fault.
    /// </summary>
    /// <param name="levels">The terms that tell one level from another.</param>
    public void Forget(ReadOnlySpan<int> levels)
    {
        int n = _weights.Length;
        for (int term = 0; term < n; term++)
        {
            _covariance[(term * n) + term] += levels.Contains(term) ? PriorVariance : DoubtVariance;
        }

        _forError = Math.Min(_forError, ReadingsBeforeClipping);
    }

    /// <summary>Lets the next readings say anew where the signal lies with one product.</summary>
    /// <param name="term">The product's level.</param>
    public void ForgetLevel(int term) => _covariance[(term * _weights.Length) + term] += PriorVariance;

    public void Save(StateWriter state)
    {
        state.Write((long)_weights.Length);
        state.Write(_weights);
        state.Write(_covariance);
        state.Write(_origin);
        state.Write(_deviation);
        state.Write(_forError);
        state.Write(Count);
        _last.Save(state);
    }

    public void Restore(StateReader state)
    {
        Grow(state.ReadInt32(0, 256));
        state.Read(_weights);
        state.Read(_covariance);
        _origin = state.ReadDouble();
        _deviation = state.ReadDouble();
        _forError = state.ReadDouble();
        Count = state.ReadInt64();
        _last.Restore(state);
    }

    private void Grow(int terms)
    {
        int n = _weights.Length;
        if (terms <= n)
        {
            return;
        }

        double[] covariance = new double[terms * terms];
        for (int i = 0; i < terms; i++)
        {
            if (i < n)
            {
                _covariance.AsSpan(i * n, n).CopyTo(covariance.AsSpan(i * terms));
            }
            else
            {
                covariance[(i * terms) + i] = PriorVariance;
            }
        }

        _covariance = covariance;
        Array.Resize(ref _weights, terms);
        Array.Resize(ref _gain, terms);
    }
}
