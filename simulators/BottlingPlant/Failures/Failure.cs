using Linewatch.BottlingPlant.Lines;

namespace Linewatch.BottlingPlant.Failures;

/// <summary>One course of a failure mode on one machine. Times in ms of the simulation.</summary>
internal sealed class Failure(FailureMode mode, long onset, long due, int component, MachineModel machine)
{
    public FailureMode Mode { get; } = mode;

    public long Onset { get; } = onset;

    /// <summary>When it stops the machine, if that runs then; else at the next start.</summary>
    public long Due { get; } = due;

    public int Component { get; } = component;

    public long? FunctionalFailure { get; set; }

    public long? Repaired { get; set; }

    public bool Active(long now) => now >= Onset && Repaired is null;

    /// <summary>0 before the onset, 1 at functional failure and until repaired.</summary>
    public double Progress(long now) =>
        now < Onset || Repaired is not null ? 0 : Mode.At(Math.Min(1, (double)(now - Onset) / Math.Max(1, Due - Onset)));

    /// <summary>The signals that show it, the component's own where there are several alike.</summary>
    public IEnumerable<string> Signals => Mode.Effects.Select(effect =>
        machine.Series.FirstOrDefault(series => series.Id == effect.Signal)?.IdOf(Component) ?? effect.Signal);

    /// <summary>When the first of its signals has moved by three of its own standard deviations.</summary>
    public long Detectable
    {
        get
        {
            double progress = 1;
            foreach (SignalEffect effect in Mode.Effects)
            {
                if (effect.Kind != EffectKind.Moves)
                {
                    return Onset;
                }

                double noise = machine.NoiseOf(effect.Signal);
                double moved = Math.Max(Math.Abs(effect.Offset) + effect.Swing, (effect.NoiseFactor - 1) * 1.5 * noise);
                progress = Math.Min(progress, moved > 0 ? 3 * noise / moved : 1);
            }

            return Onset + (long)((Due - Onset) * Mode.ShareAt(progress));
        }
    }
}
