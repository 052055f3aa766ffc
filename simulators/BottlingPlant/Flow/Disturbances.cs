namespace Linewatch.BottlingPlant.Flow;

/// <summary>What comes upon machines from outside: utilities that fail for several at once, and scripted stops.</summary>
internal sealed class Disturbances
{
    /// <summary>Fault code of a compressed-air failure.</summary>
    public const int AirPressure = 9001;

    private readonly Machine[] _machines;
    private readonly RandomStream _random;
    private readonly Queue<ScriptedStop> _stops;
    private long _nextUtility = long.MaxValue;

    public Disturbances(Machine[] machines, RandomStream random, LineScript script)
    {
        _machines = machines;
        _random = random;
        _stops = new(script.Stops.OrderBy(stop => stop.Start));
        if (script.RandomStops)
        {
            _nextUtility = NextUtility(0);
        }
    }

    public long Next => Math.Min(_nextUtility, _stops.TryPeek(out ScriptedStop? stop) ? (long)stop.Start.TotalMilliseconds : long.MaxValue);

    public void Apply(long now)
    {
        while (_stops.TryPeek(out ScriptedStop? stop) && stop.Start.TotalMilliseconds <= now)
        {
            _stops.Dequeue();
            _machines.Single(machine => machine.Model.Id == stop.Machine)
                .Halt(Condition.OwnFailure, stop.FaultCode, now + (long)stop.Length.TotalMilliseconds);
        }

        if (now >= _nextUtility)
        {
            long length = (long)(Math.Max(40, _random.LogNormal(240, 0.7)) * 1000);
            foreach (Machine machine in _machines)
            {
                // Those that clamp, blow and grip with air stop; a resting pressure switch lets each restart a little later.
                if (machine.Model.Kind is "filler" or "labeller" or "packer" or "rinser")
                {
                    machine.Halt(Condition.External, AirPressure, now + length + (long)(_random.Uniform() * 8000));
                }
            }

            _nextUtility = NextUtility(now);
        }
    }

    private long NextUtility(long now) => now + (long)(_random.Exponential(30) * 3_600_000) + 1;
}
