using Linewatch.BottlingPlant.Failures;

namespace Linewatch.BottlingPlant.Signals;

/// <summary>
/// One signal as it runs. Its noise is a function of seed and time alone and its lag is solved exactly between
/// changes, so a value at an instant is the same however often the signal was sampled before.
/// </summary>
internal sealed class ProcessSignal(SignalModel model, ulong seed)
{
    private static readonly double Root3 = Math.Sqrt(3);
    private double _value = model.Idle;
    private double _target = model.Idle;
    private double _load;
    private long _since;

    public SignalModel Model { get; } = model;

    /// <summary>Moves the target: load is 0 while standing, else the speed relative to full speed.</summary>
    public void Follow(long now, double load, int product)
    {
        double running = Model.Idle + ((Model.Running - Model.Idle) * (1 - Model.SpeedShare + (Model.SpeedShare * load)))
            + (Model.ProductStep * ((product % 3) - 1));
        double target = load > 0 ? running : Model.Idle;
        if (target != _target || load != _load)
        {
            _value = Lagged(now);
            _since = now;
            _target = target;
            _load = load;
        }
    }

    /// <summary>The value at an instant not before the last change.</summary>
    public double At(long now, IReadOnlyList<Failure> failures)
    {
        double value = Lagged(now);
        double noise = 1;
        foreach (Failure failure in failures)
        {
            double progress = failure.Progress(now);
            if (progress <= 0)
            {
                continue;
            }

            foreach (SignalEffect effect in failure.Mode.Effects)
            {
                if (effect.Signal == Model.Id)
                {
                    double gate = _load > 0 ? 1 : 0.02;
                    value += effect.Offset * progress * gate;
                    value += effect.Swing * progress * gate * Math.Sin(2 * Math.PI * now / (effect.SwingSeconds * 1000));
                    noise += (effect.NoiseFactor - 1) * progress;
                }
            }
        }

        if (Model.Ambient != 0)
        {
            value += Model.Ambient * Math.Sin(2 * Math.PI * ((now / 86_400_000.0) - 0.375));
        }

        value += Noise(now) * noise * Model.Noise * (_load > 0 ? 1 : 0.1);
        return Math.Round(Math.Clamp(value, Model.Minimum, Model.Maximum), Model.Decimals);
    }

    private double Lagged(long now) =>
        _target + ((_value - _target) * Math.Exp(-(now - _since) / (Model.TimeConstant * 1000)));

    /// <summary>Unit variance: white, with a part that wanders over half a minute and one over ten minutes.</summary>
    private double Noise(long now) =>
        (0.8 * White(now)) + (0.5 * Smooth(now, 30_000)) + (0.45 * Smooth(now, 600_000));

    private double Smooth(long now, long period)
    {
        long step = now / period;
        double share = (double)(now % period) / period;
        double weight = share * share * (3 - (2 * share));
        return (White((step * period) - 1) * (1 - weight)) + (White(((step + 1) * period) - 1) * weight);
    }

    /// <summary>About standard normal: the sum of four uniform 16-bit numbers of one hash.</summary>
    private double White(long key)
    {
        ulong hash = RandomStream.Mix(seed + ((ulong)key * 0x9E3779B97F4A7C15));
        double sum = (hash & 0xFFFF) + ((hash >> 16) & 0xFFFF) + ((hash >> 32) & 0xFFFF) + (hash >> 48);
        return ((sum / 65535) - 2) * Root3;
    }
}
