using System.Globalization;
using System.Text;
using Linewatch.Plants;
using Linewatch.Telemetry;
using Linewatch.Telemetry.Decoding;
using Linewatch.Telemetry.Journaling;
using Linewatch.Telemetry.Watching;

namespace Linewatch.Tests.Unit.Telemetry;

/// <summary>Clocks that are off, told from data that are late.</summary>
public sealed class ClockWatchTests
{
    private static readonly DateTime Start = new(2026, 11, 20, 10, 0, 0, DateTimeKind.Utc);
    private static readonly Plant Plant = Bench.Plant("""[{ name: j, topic: "{line}/{machine}", decoder: json, options: { time: /ts, timeFormat: iso8601, values: /values } }]""", top: "clock: { drift: 20 s }");

    private readonly ClockWatch _clocks = new();
    private readonly ReadingBatch _batch = new() { Plant = Plant };
    private readonly MessageDecoder _decoder;
    private byte[] _buffer = new byte[256];

    public ClockWatchTests() => _decoder = new MessageDecoder(Plant, clocks: _clocks);

    [Theory]
    [InlineData(45, 1, 1, true)] // the clock is 45 s behind, a message a second
    [InlineData(45, 20, 1, true)] // one every 20 s
    [InlineData(19, 1, 1, false)] // within what the plant file allows
    [InlineData(100_000, 1, 60, false)] // history that is fed in a minute a second
    [InlineData(-7, 1, 1, true)] // ahead, but not so far that its times are refused
    [InlineData(-45, 1, 1, true)] // ahead beyond the tolerance
    [InlineData(0, 1, 1, false)]
    public void Clock_is_off_when_the_quickest_messages_stay_equally_late(int behind, int everySeconds, int speed, bool isOff)
    {
        for (int seconds = 0; seconds < 600; seconds += everySeconds)
        {
            // Some messages are held up on their way; that is not the clock.
            int delay = seconds / everySeconds % 3 == 0 ? 0 : 8;
            Receive("l/m", Start.AddSeconds(seconds + delay), Start.AddSeconds((seconds * speed) - behind));
        }

        Assert.Equal(isOff, _clocks.Faults.Count == 1);
        Assert.Equal(isOff, (_batch.Readings.Span[^1].Flags & ReadingFlags.ClockSuspect) != 0);
        if (isOff && behind > -10)
        {
            Assert.Equal(behind, _clocks.Faults[0].Behind.TotalSeconds);
            Assert.Equal("m", _clocks.Faults[0].Machine.Id);
        }
    }

    [Fact]
    public void Clock_that_is_set_right_is_forgiven_and_other_machines_are_not_accused()
    {
        for (int seconds = 0; seconds < 1200; seconds++)
        {
            Receive("l/m", Start.AddSeconds(seconds), Start.AddSeconds(seconds - (seconds < 600 ? 45 : 0)));
            Receive("l/n", Start.AddSeconds(seconds), Start.AddSeconds(seconds));
            if (seconds == 599)
            {
                Assert.Equal("m", Assert.Single(_clocks.Faults).Machine.Id);
            }
        }

        Assert.Empty(_clocks.Faults);
    }

    [Fact]
    public void Flagged_reading_keeps_its_event_time()
    {
        for (int seconds = 0; seconds < 600; seconds++)
        {
            Receive("l/m", Start.AddSeconds(seconds), Start.AddSeconds(seconds - 45));
        }

        Assert.Equal(Start.AddSeconds(599 - 45), _batch.Readings.Span[^1].EventTime);
    }

    private void Receive(string topic, DateTime receiveTime, DateTime eventTime)
    {
        byte[] payload = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""{"ts":"{{{eventTime:O}}}","values":{"x":1}}"""));
        _decoder.Decode(JournalRecord.Rebuild(ref _buffer, 0, receiveTime, Encoding.UTF8.GetBytes(topic), payload), _batch);
    }
}
