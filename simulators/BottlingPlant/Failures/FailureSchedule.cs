using Linewatch.BottlingPlant.Flow;
using Linewatch.BottlingPlant.Lines;
using Linewatch.BottlingPlant.Truth;

namespace Linewatch.BottlingPlant.Failures;

/// <summary>When which failure mode takes its course on the machines of a line.</summary>
internal sealed class FailureSchedule
{
    private const long RejectUpdate = 600_000;

    private readonly List<Track> _tracks = [];
    private readonly Machine[] _machines;
    private readonly GroundTruth _truth;
    private long _nextRejectUpdate;

    public FailureSchedule(Machine[] machines, ulong seed, bool enabled, GroundTruth truth)
    {
        _machines = machines;
        _truth = truth;
        if (!enabled)
        {
            return;
        }

        foreach (Machine machine in machines)
        {
            // What filler and capper spoil, the inspector behind them finds and rejects.
            Machine rejecting = machine.Model.Kind is "filler" or "capper"
                ? machines.FirstOrDefault(other => other.Model.Kind == "inspector") ?? machine
                : machine;
            foreach (FailureMode mode in machine.Model.Failures)
            {
                _tracks.Add(new Track(machine, rejecting, mode, new RandomStream(RandomStream.Seed(seed, $"{machine.Model.Id}/failure/{mode.Id}"))));
            }
        }

        RandomStream random = new(RandomStream.Seed(seed, "first failure"));
        List<Track> quick = [.. _tracks.Where(track => track.Mode.Course.Longest <= TimeSpan.FromHours(12) && !track.Mode.Benign)];
        Track? early = quick.Count == 0 ? null : quick[random.Index(quick.Count)];
        foreach (Track track in _tracks)
        {
            // One of the quick ones shows within the first day, so that a short run has something to find.
            Begin(track, track == early ? random.Uniform(8, 12) * 3_600_000 : null, first: true);
        }
    }

    public void Apply(long now)
    {
        foreach (Track track in _tracks)
        {
            Failure failure = track.Current!;
            if (failure.Repaired is not null)
            {
                track.Machine.Failures.Remove(failure);
                track.Rejecting.RejectedFor.Remove(failure);
                Begin(track, null, first: false);
            }
            else if (failure.FunctionalFailure is null && now >= failure.Due && track.Machine.Condition == Condition.Run)
            {
                Strike(track, failure, now);
            }

            if (!track.Logged && now >= track.Current!.Onset)
            {
                track.Logged = true;
                _truth.Failures.Add((track.Machine, track.Current));
            }
        }

        if (now >= _nextRejectUpdate)
        {
            _nextRejectUpdate = now + RejectUpdate;
            foreach (Machine machine in _machines)
            {
                if (machine.RejectedFor.Count > 0)
                {
                    machine.RedrawReject(now);
                }
            }
        }
    }

    /// <summary>
    /// Puts a component right before it fails: what a signal shows of it begins anew. Nothing is done while the machine stands
    /// for the failure already.
    /// </summary>
    public void Replace(string machine, string signal, long now)
    {
        foreach (Track track in _tracks)
        {
            if (track.Machine.Model.Id == machine && track.Current is { FunctionalFailure: null, Repaired: null } failure && failure.Onset <= now && failure.Signals.Contains(signal))
            {
                failure.Repaired = now;
                track.Since = now;
            }
        }
    }

    private static void Strike(Track track, Failure failure, long now)
    {
        if (failure.Mode.RepairMinutes <= 0)
        {
            failure.FunctionalFailure = failure.Mode.Benign ? null : now;
            failure.Repaired = now;
            return;
        }

        long repair = (long)(track.Random.LogNormal(failure.Mode.RepairMinutes, 0.4) * 60_000);
        if (track.Machine.Halt(Condition.OwnFailure, failure.Mode.FaultCode, now + repair, failure) is not null)
        {
            failure.FunctionalFailure = now;
        }
    }

    private static void Begin(Track track, double? onset, bool first)
    {
        FailureMode mode = track.Mode;
        RandomStream random = track.Random;
        double course = random.Uniform(mode.Course.Shortest.TotalMilliseconds, mode.Course.Longest.TotalMilliseconds);
        double begin = onset ?? track.Since + random.Exponential(mode.MeanBetween.TotalMilliseconds);
        if (first && mode.LeftAtStart is { } left)
        {
            begin = (left.TotalMilliseconds * random.Uniform(0.85, 1.25)) - course;
        }

        int component = mode.Components > 0 ? 1 + random.Index(mode.Components) : 0;
        track.Current = new Failure(mode, (long)begin, (long)(begin + course), component, track.Machine.Model);
        track.Since = begin + course;
        track.Logged = false;
        track.Machine.Failures.Add(track.Current);
        if (mode.Rejects > 0)
        {
            track.Rejecting.RejectedFor.Add(track.Current);
        }
    }

    private sealed class Track(Machine machine, Machine rejecting, FailureMode mode, RandomStream random)
    {
        public Machine Machine { get; } = machine;

        public Machine Rejecting { get; } = rejecting;

        public FailureMode Mode { get; } = mode;

        public RandomStream Random { get; } = random;

        public Failure? Current { get; set; }

        public bool Logged { get; set; }

        /// <summary>End of the last course planned.</summary>
        public double Since { get; set; }
    }
}
