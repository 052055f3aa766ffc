using Linewatch.BottlingPlant.Failures;

namespace Linewatch.BottlingPlant.Signals;

/// <summary>
/// One signal as it runs. Its noise is a function of seed and time alone and its lag is solved exactly between
/// changes, so a value at an instant is the same however often the signal was sampled before.
/// </summary>
internal sealed class ProcessSignal(SignalModel model, ulong seed)
{
    private double _value = model.Idle;
    private double _target = model.Idle;
    private double _load;
    private long _since;
    private double? _stuck;

    public SignalModel Model { get; } = model;

    /// <summary>
    /// Moves the target: load is 0 while standing, else the speed relative to full speed; cleaned is the share of a
    /// cleaning that is done, null outside of cleanings.
    /// </summary>
    public void Follow(long now, double load, int product, double? cleaned)
    {
        double running = Model.Idle + ((Model.Running - Model.Idle) * (1 - Model.SpeedShare + (Model.SpeedShare * load)))
            + (Model.ProductStep * ((product % 3) - 1));
        double target = load > 0 ? running : Model.Idle;
        if (cleaned is { } share && Model.CleaningPhases is { } phases)
        {
            target = phases[Math.Min(phases.Count - 1, (int)(share * phases.Count))];
        }

        if (target != _target || load != _load)
        {
            _value = Lagged(now);
            _since = now;
            _target = target;
            _load = load;
        }
    }

    /// <summary>
    /// The value at an instant not before the last change; null where there is none to publish: the sensor has dropped
    /// out, or no bottle passes that could be measured.
    /// </summary>
    /// <param name="now">The instant.</param>
    /// <param name="failures">Failures of the machine.</param>
    /// <param name="basis">Added to the lagged target: nominal volume, buffer fill.</param>
    public double? At(long now, IReadOnlyList<Failure> failures, double basis)
    {
        if (Model.PlusNominal && _load <= 0)
        {
            return null;
        }

        double value = Lagged(now) + basis;
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
                    if (effect.Kind == EffectKind.Dropout)
                    {
                        return null;
                    }

                    if (effect.Kind == EffectKind.Stuck)
                    {
                        return _stuck ??= Rounded(value);
                    }

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

        value += Noise.Process(seed, now) * noise * Model.Noise * (_load > 0 ? 1 : 0.1);
        _stuck = null;
        return Rounded(value);
    }

    private double Rounded(double value) => Math.Round(Math.Clamp(value, Model.Minimum, Model.Maximum), Model.Decimals);

    private double Lagged(long now) =>
        _target + ((_value - _target) * Math.Exp(-(now - _since) / (Model.TimeConstant * 1000)));
}
