namespace Linewatch.Analytics.Anomalies;

/// <summary>
/// What a machine has been doing, as numbers that its signals can be explained by: product, load, the time of day, and how
/// long it has been running or standing, at five speeds of forgetting. A bearing's temperature half an hour after a start is a
/// sum of such numbers, whatever its own time constant. One for all signals of a machine; constant memory; not thread-safe.
/// </summary>
public sealed class MachineDuty
{
    /// <summary>
    /// Products told apart, each once for every programme it is made with; what comes later shares the place of its product, or the last.
    /// </summary>
    public const int MostProducts = 8;

    private const char With = '\n'; // between product and programme

    private const int Days = 4;        // sine and cosine of one and of two turns a day
    private const int Shared = 2 + Days;
    private const double Negligible = 1e-9; // what is left of long ago; without an end it would become a number that processors are slow with

    /// <summary>Shortest stop in which something may have been repaired.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMinutes(5);

    // Ratio 3: a first-order lag anywhere between is met within a hundredth by a mixture of its neighbours.
    private static readonly double[] Seconds = [60, 180, 540, 1620, 4860];

    private static readonly int Banks = Seconds.Length;
    private static readonly int ProductTerms = 1 + Banks;
    private static readonly int Fixed = Shared + Banks;

    private static readonly int[] LevelTerms = [0, .. Enumerable.Range(0, MostProducts).Select(product => Fixed + (product * ProductTerms))];

    private readonly List<string> _products = [];
    private readonly double[] _terms = new double[Fixed + (MostProducts * ProductTerms)];
    private DateTime _reached;
    private (string Product, string Programme) _made;
    private int _product;
    private bool _running;
    private DateTime _stopped;
    private double _load;
    private bool _any;
    private bool _isSet;

    /// <summary>The numbers at the time last asked for; their count grows with the products seen.</summary>
    public ReadOnlySpan<double> Terms => _terms.AsSpan(0, Fixed + (_products.Count * ProductTerms));

    /// <summary>Which of the terms tell one level from another: the offset and each product's.</summary>
    public ReadOnlySpan<int> Levels => LevelTerms.AsSpan(0, 1 + _products.Count);

    /// <summary>When the machine last began to run after a stop of at least five minutes, UTC; the smallest time before the first.</summary>
    public DateTime PauseEnded { get; private set; }

    /// <summary>Number of the product in hand, in the order of their first appearance.</summary>
    public int Product => _product;

    /// <summary>Tells what the machine does from an event time on.</summary>
    /// <param name="eventTime">UTC; one before the last is taken as the last.</param>
    /// <param name="product">What it makes; empty where not known.</param>
    /// <param name="programme">What it makes it with: another programme is like another product; empty where not known.</param>
    /// <param name="running">Whether it runs.</param>
    /// <param name="load">Its speed as a share of the speed it is built for; 0 when standing.</param>
    public void Follow(DateTime eventTime, string product, string programme, bool running, double load)
    {
        At(eventTime);
        if (running && !_running && _reached - _stopped >= ShortestPause)
        {
            PauseEnded = _reached;
        }
        else if (!running && _running)
        {
            _stopped = _reached;
        }

        _running = running;
        _load = double.IsFinite(load) ? load : 0;
        if (_made != (product, programme))
        {
            _made = (product, programme);
            _product = PlaceFor(product, programme);
        }

        _isSet = false;
    }

    /// <summary>Moves on to an event time; one before the last changes nothing.</summary>
    public void At(DateTime eventTime)
    {
        if (_isSet && eventTime <= _reached)
        {
            return;
        }

        if (!_any || eventTime <= _reached)
        {
            _reached = _any ? _reached : eventTime;
            _any = true;
            SetNow();
            return;
        }

        double elapsed = (eventTime - _reached).TotalSeconds;
        _reached = eventTime;
        for (int bank = 0; bank < Banks; bank++)
        {
            double kept = Math.Exp(-elapsed / Seconds[bank]);
            ref double load = ref _terms[Shared + bank];
            load = Towards(_load, load, kept);
            for (int product = 0; product < _products.Count; product++)
            {
                ref double run = ref _terms[Fixed + (product * ProductTerms) + 1 + bank];
                run = Towards(_running && product == _product ? 1 : 0, run, kept);
            }
        }

        SetNow();
    }

    /// <summary>A duty that numbers the products as this one does and has lived through what another has.</summary>
    /// <param name="lived">What the machine has been doing; unchanged.</param>
    public MachineDuty ContinuedBy(MachineDuty lived)
    {
        MachineDuty duty = new() { _any = lived._any, _reached = lived._reached, _running = lived._running, _stopped = lived._stopped, _load = lived._load, PauseEnded = lived.PauseEnded };
        duty._products.AddRange(_products);
        duty._products.AddRange(lived._products.Except(_products).Take(MostProducts - _products.Count));
        lived._terms.AsSpan(Shared, Banks).CopyTo(duty._terms.AsSpan(Shared));
        for (int product = 0; product < lived._products.Count; product++)
        {
            int place = duty.PlaceOf(lived._products[product]);
            for (int bank = 1; bank <= Banks; bank++)
            {
                // The last place is shared by all products that came too late for one of their own.
                duty._terms[Fixed + (place * ProductTerms) + bank] += lived._terms[Fixed + (product * ProductTerms) + bank];
            }
        }

        duty._product = lived._products.Count == 0 ? 0 : duty.PlaceOf(lived._products[lived._product]);
        duty.SetNow();
        return duty;
    }

    /// <summary>Writes the state.</summary>
    public void Save(StateWriter state)
    {
        state.Write(_any ? 1L : 0L);
        state.Write(_reached.Ticks);
        state.Write(_product);
        state.Write(_running ? 1L : 0L);
        state.Write(_stopped.Ticks);
        state.Write(PauseEnded.Ticks);
        state.Write(_load);
        state.Write((long)_products.Count);
        _products.ForEach(state.Write);
        state.Write(_terms);
    }

    /// <summary>Takes over what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The state is torn or of another release.</exception>
    public void Restore(StateReader state)
    {
        _any = state.ReadInt64() != 0;
        _reached = state.ReadUtc();
        _made = default;
        _product = state.ReadInt32(0, MostProducts - 1);
        _running = state.ReadInt64() != 0;
        _stopped = state.ReadUtc();
        PauseEnded = state.ReadUtc();
        _load = state.ReadDouble();
        int products = state.ReadInt32(0, MostProducts);
        _products.Clear();
        for (int i = 0; i < products; i++)
        {
            _products.Add(state.ReadString());
        }

        state.Read(_terms);
        _isSet = false;
    }

    /// <summary>The place of a product made with a programme, a new one where there is room.</summary>
    private int PlaceFor(string product, string programme)
    {
        string name = programme.Length == 0 ? product : product + With + programme;
        int known = _products.IndexOf(name);
        if (known >= 0)
        {
            return known;
        }

        int untold = _products.IndexOf(product);
        if (untold >= 0)
        {
            // What it made before it told its programme, it made with this one.
            _products[untold] = name;
            return untold;
        }

        bool isFull = _products.Count == MostProducts;
        int alike = _products.FindIndex(one => one.StartsWith(product + With, StringComparison.Ordinal));
        if (alike >= 0 && (isFull || programme.Length == 0))
        {
            return alike;
        }

        if (!isFull)
        {
            _products.Add(name);
        }

        return _products.Count - 1;
    }

    private int PlaceOf(string product) => _products.IndexOf(product) is >= 0 and var place ? place : MostProducts - 1;

    private static double Towards(double target, double value, double kept)
    {
        double next = target + ((value - target) * kept);
        return Math.Abs(next) < Negligible ? 0 : next;
    }

    private void SetNow()
    {
        _isSet = true;
        double day = 2 * Math.PI * _reached.TimeOfDay.TotalDays;
        _terms[0] = 1;
        (_terms[1], _terms[2]) = Math.SinCos(day);
        (_terms[3], _terms[4]) = Math.SinCos(2 * day);
        _terms[5] = _load;
        for (int product = 0; product < _products.Count; product++)
        {
            _terms[Fixed + (product * ProductTerms)] = product == _product ? 1 : 0;
        }
    }
}
