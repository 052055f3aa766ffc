namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// The anomalies of one machine so far, each as the profile of its signals' scores, to find those that looked alike. Keeps the
/// newest 64; not thread-safe.
/// </summary>
public sealed class PastCases
{
    /// <summary>Cases kept.</summary>
    public const int Kept = 64;

    private const double LeastLikeness = 0.7; // cosine between two profiles
    private const int MostSignals = 256;

    private readonly Queue<(DateTime EventTime, (string Signal, double Score)[] Profile)> _cases = [];

    /// <summary>The cases that looked most alike, the most alike first, with their likeness from 0.7 to 1 (cosine of the profiles).</summary>
    /// <param name="profile">Score of each odd signal, negative where it is below what is expected.</param>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<(DateTime EventTime, double Likeness)> Like(IReadOnlyList<(string Signal, double Score)> profile, int most) =>
        [.. _cases
            .Select(one => (one.EventTime, Likeness: Likeness(one.Profile, profile)))
            .Where(one => one.Likeness >= LeastLikeness)
            .OrderByDescending(one => one.Likeness).ThenByDescending(one => one.EventTime)
            .Take(most)];

    /// <summary>Keeps a case.</summary>
    public void Add(DateTime eventTime, IReadOnlyList<(string Signal, double Score)> profile)
    {
        if (_cases.Count == Kept)
        {
            _ = _cases.Dequeue();
        }

        _cases.Enqueue((eventTime, [.. profile]));
    }

    /// <summary>Writes the cases.</summary>
    public void Save(StateWriter state)
    {
        state.Write((long)_cases.Count);
        foreach ((DateTime eventTime, (string Signal, double Score)[] profile) in _cases)
        {
            state.Write(eventTime.Ticks);
            state.Write((long)profile.Length);
            foreach ((string signal, double score) in profile)
            {
                state.Write(signal);
                state.Write(score);
            }
        }
    }

    /// <summary>Takes over what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The state is torn or of another release.</exception>
    public void Restore(StateReader state)
    {
        _cases.Clear();
        for (int left = state.ReadInt32(0, Kept); left > 0; left--)
        {
            DateTime eventTime = state.ReadUtc();
            (string, double)[] profile = new (string, double)[state.ReadInt32(0, MostSignals)];
            for (int i = 0; i < profile.Length; i++)
            {
                profile[i] = (state.ReadString(), state.ReadDouble());
            }

            _cases.Enqueue((eventTime, profile));
        }
    }

    private static double Likeness(IReadOnlyList<(string Signal, double Score)> one, IReadOnlyList<(string Signal, double Score)> other)
    {
        double together = 0;
        foreach ((string signal, double score) in one)
        {
            foreach ((string name, double value) in other)
            {
                together += name == signal ? score * value : 0;
            }
        }

        double sizes = Math.Sqrt(one.Sum(part => part.Score * part.Score) * other.Sum(part => part.Score * part.Score));
        return sizes > 0 ? together / sizes : 0;
    }
}
