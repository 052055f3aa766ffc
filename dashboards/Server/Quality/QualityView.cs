using Linewatch.Analytics.Spc;
using Linewatch.Plants;
using Linewatch.Storage;

namespace Linewatch.Server.Quality;

/// <summary>Statistical process control over what the store holds: charts, capability, odd components, fill law.</summary>
public sealed class QualityView(CurrentPlant plant, IReadingStore store)
{
    /// <summary>Most values of one chart.</summary>
    private const int MostValues = 100_000;

    /// <summary>Points that limits are frozen from: as many subgroups as capability asks for.</summary>
    private const int Baseline = CapabilityStudy.FewestSubgroups;

    /// <summary>The chart of a numeric signal in [from, to), from values read while its machine ran.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached now.</exception>
    public async Task<ChartAnswer> ChartAsync(
        Signal signal, DateTime from, DateTime to, ChartKind kind, int subgroup, double? lower, double? upper, CancellationToken cancellationToken)
    {
        Machine machine = MachineOf(signal);
        List<Sample>? states = machine.Find(SignalRole.State) is { } state ? await StatesAsync(state, from, to, cancellationToken) : null;
        List<TimedValue> values = Running(machine, await ReadAsync(signal, from, to, cancellationToken), states);
        ControlChart? chart = ControlChart.Of(values, kind, subgroup, Baseline);
        return new ChartAnswer(
            signal.Path.ToString(),
            signal.Name,
            signal.Unit,
            values.Count,
            chart,
            ControlChart.Capability(values, subgroup, lower, upper),
            chart is null ? $"{values.Count} values while the machine ran are too few; {ControlChart.FewestPoints} points are needed" : null);
    }

    /// <summary>The families of like components of a line, each judged over [from, to).</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached now.</exception>
    public async Task<IReadOnlyList<FamilyAnswer>> FamiliesAsync(
        Line line, DateTime from, DateTime to, decimal? pricePerLitre, CancellationToken cancellationToken)
    {
        List<FamilyAnswer> families = [];
        foreach (ComponentFamily family in ComponentFamily.Of(line))
        {
            families.Add(await FamilyAsync(line, family, from, to, pricePerLitre, cancellationToken));
        }

        return families;
    }

    private async Task<FamilyAnswer> FamilyAsync(
        Line line, ComponentFamily family, DateTime from, DateTime to, decimal? pricePerLitre, CancellationToken cancellationToken)
    {
        bool isFill = family.Signals[0].Unit == "mL";
        IReadOnlyList<(DateTime Since, Product? Product)> products = isFill ? await ProductsAsync(line, from, to, cancellationToken) : [];
        List<Sample>? states = family.Machine.Find(SignalRole.State) is { } state ? await StatesAsync(state, from, to, cancellationToken) : null;
        Dictionary<Product, FillCheck> checks = [];
        List<(DateTime At, int Component, double Value)> values = [];
        for (int component = 0; component < family.Signals.Count; component++)
        {
            List<TimedValue> read = await ReadAsync(family.Signals[component], from, to, cancellationToken);
            foreach (TimedValue value in Running(family.Machine, read, states))
            {
                double compared = value.Value;
                if (isFill && products.LastOrDefault(product => product.Since <= value.EventTime).Product is { NominalVolumeMillilitre: { } nominal and >= 5 and <= 10_000 } product)
                {
                    // Valves are compared by what they fill beyond nominal, so that a change of bottle is no difference.
                    compared -= nominal;
                    checks.TryAdd(product, new FillCheck(nominal));
                    checks[product].Add(value.Value);
                }

                values.Add((value.EventTime, component, compared));
            }
        }

        ComponentComparison comparison = new(family.Signals.Count);
        foreach ((_, int component, double value) in values.OrderBy(value => value.At).ThenBy(value => value.Component))
        {
            comparison.Add(component, value);
        }

        return new FamilyAnswer(
            family.Machine.Id,
            family.Name,
            family.Signals[0].Unit,
            family.Signals.Count,
            values.GroupBy(value => value.Component).Count(component => component.Count() >= ComponentComparison.FewestValues),
            [.. comparison.Odd().Select(odd => new OddSignal(
                family.Signals[odd.Component].Path.ToString(), family.Signals[odd.Component].Name, odd.Shift, odd.Score, odd.SpreadRatio))],
            checks.Count == 0 ? null : Fill(checks.MaxBy(check => check.Value.Units), pricePerLitre));
    }

    /// <summary>The product filled most.</summary>
    private static FillAnswer Fill(KeyValuePair<Product, FillCheck> most, decimal? pricePerLitre)
    {
        (Product product, FillCheck check) = most;
        double nominal = product.NominalVolumeMillilitre!.Value;
        double litres = check.GiveAwayLitres * 1000 / check.Units;
        return new FillAnswer(
            product.Id, nominal, FillLaw.Tu1(nominal), FillLaw.Tu2(nominal), check.Units, check.Mean!.Value, check.IsMeanKept!.Value, check.BelowTu1,
            check.IsTu1Kept!.Value, check.BelowTu2, check.IsTu2Kept!.Value, litres, (decimal)litres * pricePerLitre);
    }

    private Machine MachineOf(Signal signal) =>
        plant.Value.Lines.Single(line => line.Id == signal.Path.Line).Machines.Single(machine => machine.Id == signal.Path.Machine);

    private async Task<List<TimedValue>> ReadAsync(Signal signal, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        List<TimedValue> values = [];
        await foreach (Sample sample in store.RangeAsync(signal.Path, from, to, MostValues, cancellationToken))
        {
            if (double.IsFinite(sample.Value) && sample.Text is null)
            {
                values.Add(new TimedValue(sample.EventTime, sample.Value));
            }
        }

        return values;
    }

    /// <summary>The values of times in which the machine ran; all of them where it has no state.</summary>
    private static List<TimedValue> Running(Machine machine, List<TimedValue> values, List<Sample>? states)
    {
        if (states is null)
        {
            return values;
        }

        List<TimedValue> running = [];
        int next = 0;
        bool runs = false;
        foreach (TimedValue value in values)
        {
            for (; next < states.Count && states[next].EventTime <= value.EventTime; next++)
            {
                runs = double.IsFinite(states[next].Value)
                    && machine.States.States.TryGetValue((int)states[next].Value, out Bucket? bucket) && bucket == Bucket.Run;
            }

            if (runs)
            {
                running.Add(value);
            }
        }

        return running;
    }

    private async Task<List<Sample>> StatesAsync(Signal state, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        List<Sample> states = [];
        if (await store.LastAsync(state.Path, from, cancellationToken) is { } before)
        {
            states.Add(before);
        }

        await foreach (Sample sample in store.RangeAsync(state.Path, from, to, int.MaxValue, cancellationToken))
        {
            states.Add(sample);
        }

        return states;
    }

    private async Task<IReadOnlyList<(DateTime Since, Product? Product)>> ProductsAsync(Line line, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        List<(DateTime Since, Product? Product)> products = [(DateTime.MinValue, line.DefaultProduct)];
        Signal? signal = line.CriticalMachine.Find(SignalRole.Product) ?? line.Machines.Select(machine => machine.Find(SignalRole.Product)).FirstOrDefault(found => found is not null);
        if (signal is null)
        {
            return products;
        }

        foreach (Sample sample in await StatesAsync(signal, from, to, cancellationToken))
        {
            Product? made = plant.Value.Products.FirstOrDefault(product => product.Id == sample.Text);
            if (made is not null && made != products[^1].Product)
            {
                products.Add((sample.EventTime, made));
            }
        }

        return products;
    }
}
