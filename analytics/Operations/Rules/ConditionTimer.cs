namespace Linewatch.Operations.Rules;

/// <summary>
/// On-delay, off-delay and flap hold of one condition, in event time. A condition that comes and goes more often than
/// allowed is held: it clears only after it was gone for the hold, so it stands as one alert instead of dozens.
/// Its state goes to disk as <see cref="ConditionTimerState"/> and comes back after a restart.
/// </summary>
internal sealed class ConditionTimer(TimeSpan onDelay, TimeSpan offDelay, int flapTransitions, TimeSpan flapWindow, TimeSpan flapHold)
{
    private readonly List<DateTime> _transitions = [];

    /// <summary>Whether the condition counts as an alert now.</summary>
    public bool IsActive { get; private set; }

    /// <summary>The condition as last seen.</summary>
    public bool Condition { get; private set; }

    /// <summary>When the condition became what it is now: the event time of the alert or of its end.</summary>
    public DateTime Since { get; private set; } = DateTime.UnixEpoch;

    /// <summary>
    /// Takes the condition as it is at an event time, which does not go back. Returns what changed. The caller has let
    /// time pass up to here with <see cref="Advance"/>, so that a delay that ran out between two values counts.
    /// </summary>
    public ConditionChange Update(bool condition, DateTime eventTime)
    {
        if (condition != Condition)
        {
            Condition = condition;
            Since = eventTime;
            RememberTransition(eventTime);
        }

        return Advance(eventTime);
    }

    /// <summary>The condition "nothing since" begins anew. Returns whether an alert was up and is over.</summary>
    public bool Restart(DateTime eventTime)
    {
        bool wasActive = IsActive;
        Condition = true;
        IsActive = false;
        Since = eventTime;
        return wasActive;
    }

    /// <summary>Lets event time pass without a new value: delays run out.</summary>
    public ConditionChange Advance(DateTime eventTime)
    {
        if (Condition == IsActive || eventTime - Since < Delay)
        {
            return ConditionChange.None;
        }

        IsActive = Condition;
        return Condition ? ConditionChange.Raised : ConditionChange.Cleared;
    }

    /// <summary>What must survive a restart.</summary>
    public ConditionTimerState Snapshot() => new(Condition, IsActive, Since, [.. _transitions]);

    /// <summary>Takes up where a snapshot left off.</summary>
    public void Restore(ConditionTimerState state)
    {
        (Condition, IsActive, Since) = (state.Condition, state.IsActive, state.Since);
        _transitions.Clear();
        _transitions.AddRange(state.Transitions);
    }

    private TimeSpan Delay => Condition ? onDelay : IsFlapping && flapHold > offDelay ? flapHold : offDelay;

    private bool IsFlapping => _transitions.Count > flapTransitions;

    private void RememberTransition(DateTime eventTime)
    {
        _transitions.Add(eventTime);
        if (_transitions.Count > flapTransitions + 1)
        {
            _transitions.RemoveAt(0);
        }

        while (eventTime - _transitions[0] > flapWindow)
        {
            _transitions.RemoveAt(0);
        }
    }
}

/// <summary>What a <see cref="ConditionTimer"/> remembers; transitions oldest first.</summary>
internal sealed record ConditionTimerState(bool Condition, bool IsActive, DateTime Since, IReadOnlyList<DateTime> Transitions);

/// <summary>What an update changed.</summary>
internal enum ConditionChange
{
    None,
    Raised,
    Cleared,
}
