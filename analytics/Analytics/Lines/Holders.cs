namespace Linewatch.Analytics.Lines;

/// <summary>Which roots held a standing machine, one after the other, and each for how long. Not thread-safe.</summary>
internal sealed class Holders
{
    private readonly List<(Root Root, long Ticks)> _held = [];
    private long _since;

    /// <summary>What holds it now; null = nothing known.</summary>
    public Root? Current { get; private set; }

    /// <summary>From an instant on something else holds it, or the same still; null = nothing known.</summary>
    public void Hold(Root? root, long time)
    {
        if (root != Current)
        {
            Count(time);
            (Current, _since) = (root, time);
        }
    }

    /// <summary>The standstill ends: returns what held it longest, of equals the first; null = nothing known held it.</summary>
    public Root? Release(long time)
    {
        Hold(null, time);
        Root? longest = null;
        long most = 0;
        foreach ((Root root, long ticks) in _held)
        {
            (longest, most) = ticks > most ? (root, ticks) : (longest, most);
        }

        _held.Clear();
        return longest;
    }

    private void Count(long time)
    {
        if (Current is not { } root || time <= _since)
        {
            return;
        }

        int known = _held.FindIndex(held => held.Root == root);
        if (known < 0)
        {
            _held.Add((root, time - _since));
        }
        else
        {
            _held[known] = (root, _held[known].Ticks + time - _since);
        }
    }
}
