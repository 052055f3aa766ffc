using System.Globalization;
using Linewatch.BottlingPlant.Failures;

namespace Linewatch.BottlingPlant.Signals;

/// <summary>
/// A quantity measured at each of many like components: fill volume by valve, cap torque by head. Each sample is the mean over
/// the last minutes, so its noise is that of a mean; a failure touches one component only.
/// </summary>
/// <param name="Id">Prefix of the signal ids.</param>
/// <param name="Name">For people.</param>
/// <param name="Unit">UCUM.</param>
/// <param name="Letter">Letter before the component's number.</param>
/// <param name="Count">How many there are, at most 999.</param>
/// <param name="Mean">Mean of all.</param>
/// <param name="Spread">Standard deviation from one component to another; fixed for each.</param>
/// <param name="Noise">Standard deviation of a sample.</param>
/// <param name="Minimum">Smallest plausible value.</param>
/// <param name="Maximum">Largest plausible value.</param>
internal sealed record ComponentSeriesModel(
    string Id, string Name, string Unit, string Letter, int Count, double Mean, double Spread, double Noise, double Minimum, double Maximum)
{
    /// <summary>Whether the product's nominal volume is added.</summary>
    public bool PlusNominal { get; init; }

    /// <summary>The value at which wear of one demands maintenance; its component's name is followed by the number.</summary>
    public WearLimitModel? Wear { get; init; }

    /// <summary>Signal id of a component, from 1.</summary>
    public string IdOf(int component) => Id + "_" + Letter + component.ToString(Count > 99 ? "000" : "00", CultureInfo.InvariantCulture);
}

/// <summary>The series of one machine as it runs.</summary>
internal sealed class ComponentSeries(ComponentSeriesModel model, ulong seed)
{
    public ComponentSeriesModel Model { get; } = model;

    /// <summary>A component's value at an instant while the machine runs.</summary>
    public double At(long now, int component, double nominal, IReadOnlyList<Failure> failures)
    {
        double value = Model.Mean
            + (Model.PlusNominal ? nominal : 0)
            + (Model.Spread * Noise.White(seed, component))
            + (Model.Noise * Noise.White(seed ^ (ulong)component, now));
        foreach (Failure failure in failures)
        {
            if (failure.Component != component)
            {
                continue;
            }

            foreach (SignalEffect effect in failure.Mode.Effects)
            {
                if (effect.Signal == Model.Id)
                {
                    double progress = failure.Progress(now);
                    value += progress * (effect.Offset + ((effect.NoiseFactor - 1) * Model.Noise * Noise.White(seed + 1, now)));
                }
            }
        }

        return Math.Round(Math.Clamp(value, Model.Minimum, Model.Maximum), 3);
    }
}
