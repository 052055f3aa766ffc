using Linewatch.Analytics.Anomalies;
using Linewatch.Plants;
using Linewatch.Telemetry;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>What the machine of a recording does, row by row, as the running service follows it. Not thread-safe.</summary>
internal sealed class RecordedDuty
{
    private const int StatesShown = 5;

    private readonly DutyColumns _columns;
    private readonly MachineActivity _activity;
    private readonly Signal _state = Signal(SignalRole.State);
    private readonly Signal _product = Signal(SignalRole.Product);
    private readonly Signal _speed = Signal(SignalRole.Speed);
    private readonly List<string> _seen = new(StatesShown);
    private bool _ran;

    /// <param name="columns">The columns that say it.</param>
    public RecordedDuty(DutyColumns columns)
    {
        _columns = columns;
        _activity = new MachineActivity(new Machine
        {
            Id = "machine",
            Name = "machine",
            DesignRatePerHour = columns.DesignRate,
            States = columns.Map,
            Signals = [_state, _product, _speed],
        });
    }

    /// <summary>The context of the signals at an event time.</summary>
    public SignalContext Context(DateTime eventTime) => _activity.Context(eventTime);

    /// <summary>Takes what a row says of the machine; empty cells change nothing.</summary>
    /// <param name="eventTime">Of the row, UTC.</param>
    /// <param name="recording">Stands at the row.</param>
    /// <param name="unread">Told of each column whose cell cannot be read, which changes nothing either.</param>
    public void Follow(DateTime eventTime, CsvRecording recording, Action<string> unread)
    {
        if (recording.Beside(_columns.State) is { Length: > 0 } state)
        {
            if (_seen.Count < StatesShown && !_seen.Contains(state))
            {
                _seen.Add(state);
            }

            Accept(_columns.TryCode(state, out int code), _columns.State, new Reading(_state, eventTime, code));
            _ran |= _activity.Bucket == Bucket.Run;
        }

        if (_columns.Product is not null && recording.Beside(_columns.Product) is { Length: > 0 } product)
        {
            Accept(true, _columns.Product, new Reading(_product, eventTime, double.NaN, product));
        }

        if (_columns.Speed is not null && recording.Beside(_columns.Speed) is { Length: > 0 } speed)
        {
            Accept(recording.TryNumber(speed, out double number), _columns.Speed, new Reading(_speed, eventTime, number));
        }

        void Accept(bool isRead, string column, in Reading reading)
        {
            if (isRead)
            {
                _ = _activity.Accept(reading);
            }
            else
            {
                unread(column);
            }
        }
    }

    /// <summary>Why nothing of the recording was judged, or null where the machine ran at some time.</summary>
    public string? WhyNothingJudged => _ran ? null
        : $"by column '{CsvTable.Shown(_columns.State)}' the machine never runs, so nothing is judged; its cells are such as {string.Join(", ", _seen.Select(cell => $"'{CsvTable.Shown(cell)}'"))}, and --states {CsvTable.Shown(_columns.States)} {(_columns.Map.Name == "own" ? "names the cells that stand for running" : "is a standard of codes: name the cells that stand for running instead, as in --states Run,Produce")}";

    private static Signal Signal(SignalRole role) => new()
    {
        Path = new SignalPath("backtest", "", "", "machine", role.ToString()),
        Name = role.ToString(),
        Role = role,
        IsText = role == SignalRole.Product,
    };
}
