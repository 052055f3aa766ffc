namespace Linewatch.Storage.Influx;

/// <summary>
/// How many connections write at once: one after the database said it is overloaded or did not answer, one more after every
/// <see cref="CallsToGrow"/> calls that went well, up to the configured number. Thread-safe.
/// </summary>
internal sealed class AdaptiveConcurrency
{
    /// <summary>Calls without a failure before another connection is tried.</summary>
    public const int CallsToGrow = 10;

    private readonly Lock _gate = new();
    private readonly int _most;
    private int _current;
    private int _good;

    public AdaptiveConcurrency(int most)
    {
        _most = most;
        _current = most;
    }

    public int Current
    {
        get
        {
            lock (_gate)
            {
                return _current;
            }
        }
    }

    public void Succeeded()
    {
        lock (_gate)
        {
            if (_current < _most && ++_good >= CallsToGrow)
            {
                _current++;
                _good = 0;
            }
        }
    }

    public void Failed()
    {
        lock (_gate)
        {
            _current = 1;
            _good = 0;
        }
    }
}
