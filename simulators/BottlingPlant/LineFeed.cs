using Linewatch.BottlingPlant.Dialects;
using Linewatch.BottlingPlant.Flow;

namespace Linewatch.BottlingPlant;

/// <summary>Turns what happens on one line into messages with their publish times, and lets chaos at them.</summary>
internal sealed class LineFeed
{
    private const long SilenceLength = 20 * 60_000;

    private readonly LineSimulation _line;
    private readonly IDialect _dialect;
    private readonly VirtualPlantOptions _options;
    private readonly DateTime _start;
    private readonly Action<SimulatedMessage> _emit;
    private readonly Dictionary<Machine, Gateway> _gateways = [];
    private readonly long _fineFrom;
    private readonly long _interval;
    private readonly long _fineInterval;
    private bool _rebirth;

    public LineFeed(LineSimulation line, IDialect dialect, VirtualPlantOptions options, DateTime start, Action<SimulatedMessage> emit)
    {
        _line = line;
        _dialect = dialect;
        _options = options;
        _start = start;
        _emit = emit;
        ulong seed = RandomStream.Seed(options.Seed, line.Model.Id + "/feed");
        Gateway? shared = dialect is SparkplugDialect ? new Gateway(seed, TimeSpan.Zero) : null;
        foreach (Machine machine in line.Machines)
        {
            // A Sparkplug edge node publishes for all its machines in one sequence; else each machine is on its own.
            ulong own = RandomStream.Seed(seed, machine.Model.Id);
            TimeSpan skew = options.Chaos.ClockSkew * ((RandomStream.Mix(own) % 2001 / 1000.0) - 1);
            _gateways[machine] = shared ?? new Gateway(own, TimeSpan.FromMilliseconds(Math.Round(skew.TotalMilliseconds)));
        }

        _fineFrom = options.LiveFrom is { } live ? Math.Max(0, (long)(live - start).TotalMilliseconds) : long.MaxValue;
        _interval = (long)options.ProcessInterval.TotalMilliseconds;
        _fineInterval = (long)options.LiveProcessInterval.TotalMilliseconds;
        line.FineFrom = _fineFrom;
        line.FineInterval = _fineInterval;
    }

    /// <summary>Sends births and listens to the line from its present instant on.</summary>
    public void Begin()
    {
        long now = _line.Now;
        _dialect.Begin(_line.Machines, Time(now), now, (topic, payload) => Send(_gateways[_line.Machines[0]], now, topic, payload, orderly: true));
        _line.Observer = Observe;
    }

    /// <summary>Sends births again with the next sample. Thread-safe.</summary>
    public void RequestRebirth() => Volatile.Write(ref _rebirth, true);

    private void Observe(Machine machine, long now, bool changed)
    {
        if (Volatile.Read(ref _rebirth))
        {
            Volatile.Write(ref _rebirth, false);
            Begin();
        }

        Gateway gateway = _gateways[machine];
        if (_options.Chaos.Silent > 0 && Chance(gateway.Seed, now / SilenceLength, 1) < _options.Chaos.Silent)
        {
            return;
        }

        _dialect.Write(machine, Time(now) + gateway.Skew, now, Parts(now, changed), (topic, payload) => Send(gateway, now, topic, payload, orderly: false));
    }

    private SampleParts Parts(long now, bool changed)
    {
        bool fine = now >= _fineFrom;
        SampleParts parts = changed || now % 60_000 == 0 ? SampleParts.Status : SampleParts.None;
        if (now % (fine ? _fineInterval : _interval) == 0)
        {
            parts |= SampleParts.Process;
        }

        if (now % (fine ? 60_000 : 300_000) == 0)
        {
            parts |= SampleParts.Slow;
        }

        return parts;
    }

    private void Send(Gateway gateway, long now, string topic, byte[] payload, bool orderly)
    {
        DateTime eventTime = Time(now);
        DateTime publishTime = Time(gateway.Publish(now));
        ChaosOptions chaos = _options.Chaos;
        if (orderly || ReferenceEquals(chaos, ChaosOptions.None))
        {
            _emit(new SimulatedMessage(eventTime, publishTime, topic, payload));
            return;
        }

        ulong seed = RandomStream.Seed(gateway.Seed, topic);
        if (Chance(seed, now, 2) < chaos.Broken)
        {
            _emit(new SimulatedMessage(eventTime, publishTime, topic, Break(payload, RandomStream.Mix(seed + (ulong)now))));
        }

        if (Chance(seed, now, 3) < chaos.Late)
        {
            publishTime += chaos.Lateness * Chance(seed, now, 4);
        }
        else if (Chance(seed, now, 5) < chaos.OutOfOrder)
        {
            publishTime += TimeSpan.FromSeconds(5) * Chance(seed, now, 6);
        }

        _emit(new SimulatedMessage(eventTime, publishTime, topic, payload));
        if (Chance(seed, now, 7) < chaos.Duplicates)
        {
            _emit(new SimulatedMessage(eventTime, publishTime + (TimeSpan.FromSeconds(30) * Chance(seed, now, 8)), topic, payload));
        }
    }

    private static byte[] Break(byte[] payload, ulong chance)
    {
        if (chance % 2 == 0)
        {
            return payload[..(int)(chance / 2 % (ulong)Math.Max(1, payload.Length - 1))];
        }

        byte[] broken = [.. payload];
        for (int index = (int)(chance % 5); index < broken.Length; index += 7)
        {
            broken[index] ^= 0x5A;
        }

        return broken;
    }

    /// <summary>Uniform in [0, 1), the same for the same arguments.</summary>
    private static double Chance(ulong seed, long key, ulong purpose) =>
        (RandomStream.Mix(seed + (purpose * 0xD1B54A32D192ED03) + RandomStream.Mix((ulong)key)) >> 11) * (1.0 / (1UL << 53));

    private DateTime Time(long now) => _start.AddMilliseconds(now);

    /// <summary>What publishes for a machine, or for all of an edge node; what it sends stays in order.</summary>
    private sealed class Gateway(ulong seed, TimeSpan skew)
    {
        private long _last;

        public ulong Seed { get; } = seed;

        public TimeSpan Skew { get; } = skew;

        /// <summary>When something of this instant is published: 20 to 200 ms later.</summary>
        public long Publish(long now) => _last = Math.Max(_last, now + 20 + (long)(RandomStream.Mix(Seed + (ulong)now) % 180));
    }
}
