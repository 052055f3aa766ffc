using System.Runtime.InteropServices;
using Linewatch.Analytics.Oee;
using Linewatch.Analytics.Spc;
using Linewatch.Plants;
using Linewatch.Server.Flow;
using Linewatch.Storage;
using Linewatch.Telemetry;

namespace Linewatch.Server.Quality;

/// <summary>Statistical process control over what the store holds: charts, capability, odd components, fill law.</summary>
public sealed class QualityView(CurrentPlant plant, IReadingStore store)
{
    /// <summary>Most values of one chart.</summary>
    private const int MostValues = 100_000;

    /// <summary>Points that limits are frozen from: as many subgroups as capability asks for.</summary>
    private const int Baseline = CapabilityStudy.FewestSubgroups;

    /// <summary>How often bottles that leave a pasteuriser are looked at.</summary>
    private static readonly TimeSpan PassageStep = TimeSpan.FromMinutes(5);

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
            ControlChart.Capability(values, kind, subgroup, lower, upper),
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
            families.Add(await FamilyAsync(line, family, from, to, pricePerLitre, looks: 1, cancellationToken));
        }

        return families;
    }

    /// <summary>The p chart of a machine's rejects or the u chart of its failures in [from, to), in stretches of one length.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached now.</exception>
    public async Task<DefectAnswer> DefectsAsync(
        Line line, Machine machine, DefectSubject subject, TimeSpan stretch, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        LineEngine engine = new(plant.Value, line, new LineEngineOptions { LookBack = TimeSpan.FromMinutes(10) });
        LineHistory history = new(store);
        List<Reading> readings = [];
        foreach (Signal signal in machine.Signals.Where(LineEngine.Needs))
        {
            await history.AddAsync(signal, from - TimeSpan.FromMinutes(10), to, readings, cancellationToken);
        }

        engine.Accept(CollectionsMarshal.AsSpan(readings));
        List<DefectCount> counts = [];
        bool isCounted = true;
        for (DateTime start = from; start + stretch <= to; start += stretch)
        {
            MachineTimes times = engine.Compute(new ShiftInstance("", default, start, start + stretch, [])).Machines.Single(each => each.Machine == machine.Id);
            isCounted = times is { Total: not null, Reject: not null };
            counts.Add(subject == DefectSubject.Failures
                ? new DefectCount(start + stretch, times.Failures, times.Run.TotalHours)
                : new DefectCount(start + stretch, Math.Clamp(times.Reject ?? 0, 0, Math.Max(0, times.Total ?? 0)), times.Total ?? 0));
        }

        DefectChart? chart = DefectChart.Of(counts, subject == DefectSubject.Rejects ? DefectKind.Share : DefectKind.Rate, Baseline);
        return new DefectAnswer(
            line.Id,
            machine.Id,
            subject,
            (int)stretch.TotalMinutes,
            chart,
            chart is not null ? null
                : subject == DefectSubject.Rejects && !isCounted ? $"{machine.Name} does not count its rejects"
                : $"fewer than {ControlChart.FewestPoints} of {counts.Count} stretches had work in them");
    }

    /// <summary>The pasteurisers of a line and what bottles gathered that left them in [from, to).</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached now.</exception>
    public async Task<IReadOnlyList<PasteuriserAnswer>> PasteurisersAsync(Line line, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        List<PasteuriserAnswer> answers = [];
        foreach (Machine machine in line.Machines.Where(machine => machine.Signals.Any(signal => signal.PasteuriserResidence is not null)))
        {
            Signal[] signals = [.. machine.Signals.Where(signal => signal.PasteuriserResidence is not null)];

            // A bottle may stand inside for hours.
            DateTime since = from - TimeSpan.FromHours(4);
            List<PasteuriserZone> zones = [];
            foreach (Signal signal in signals)
            {
                zones.Add(new PasteuriserZone(signal.PasteuriserResidence!.Value, await ReadAsync(signal, since, to, cancellationToken)));
            }

            List<(DateTime Start, DateTime End)> running = machine.Find(SignalRole.State) is { } state
                ? RunningIntervals(machine, await StatesAsync(state, since, to, cancellationToken), since, to)
                : [(since, to)];
            List<PasteuriserPassage> passages = [];
            for (DateTime left = from + PassageStep; left <= to; left += PassageStep)
            {
                if (running.Any(run => run.Start < left && left <= run.End) && PasteuriserPassage.At(zones, running, left) is { } passage)
                {
                    passages.Add(passage);
                }
            }

            answers.Add(new PasteuriserAnswer(
                machine.Id, machine.Name, [.. signals.Select(signal => new ZoneAnswer(signal.Path.ToString(), signal.Name, signal.PasteuriserResidence!.Value.TotalMinutes))], passages));
        }

        return answers;
    }

    private static List<(DateTime Start, DateTime End)> RunningIntervals(Machine machine, List<Sample> states, DateTime from, DateTime to)
    {
        List<(DateTime Start, DateTime End)> running = [];
        DateTime? since = null;
        foreach (Sample state in states)
        {
            DateTime at = state.EventTime > from ? state.EventTime : from;
            if (!Runs(machine, state))
            {
                if (since is { } start && at > start)
                {
                    running.Add((start, at));
                }

                since = null;
            }
            else
            {
                since ??= at;
            }
        }

        if (since is { } still && to > still)
        {
            running.Add((still, to));
        }

        return running;
    }

    private static bool Runs(Machine machine, Sample state) => double.IsFinite(state.Value)
        && machine.States.States.TryGetValue((int)state.Value, out Bucket? bucket) && bucket == Bucket.Run;

    /// <summary>A family of like components of a line, judged over [from, to), at one of so many looks.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached now.</exception>
    public async Task<FamilyAnswer> FamilyAsync(
        Line line, ComponentFamily family, DateTime from, DateTime to, decimal? pricePerLitre, int looks, CancellationToken cancellationToken)
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

        ComponentComparison comparison = new(family.Signals.Count, looks: looks);
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
        decimal? price = pricePerLitre ?? product.PricePerLitre;
        return new FillAnswer(
            product.Id, nominal, FillLaw.Tu1(nominal), FillLaw.Tu2(nominal), check.Units, check.Mean!.Value, check.IsMeanKept!.Value, check.BelowTu1,
            check.IsTu1Kept!.Value, check.BelowTu2, check.IsTu2Kept!.Value, check.GiveAwayLitres * 1000 / check.Units,
            price is { } known ? check.GiveAwayCost(known) * 1000 / check.Units : null);
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
                runs = Runs(machine, states[next]);
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
