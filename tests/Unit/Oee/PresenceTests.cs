using FsCheck;
using FsCheck.Fluent;
using Linewatch.Analytics.Oee;

namespace Linewatch.Tests.Unit.Oee;

public sealed class PresenceTests
{
    [Fact]
    public void Silences_do_not_depend_on_the_order_in_which_readings_arrive()
    {
        Prop.ForAll<byte[]>(heard =>
        {
            Presence presence = new(silentAfter: 5);
            foreach (byte time in heard)
            {
                presence.Heard(time);
            }

            List<(long, long)> silences = [];
            presence.Silences(0, 300, 300, silences);

            List<(long, long)> expected = [];
            long[] times = [.. heard.Distinct().Order().Select(time => (long)time)];
            for (int i = 1; i < times.Length; i++)
            {
                if (times[i] - times[i - 1] > 5)
                {
                    expected.Add((times[i - 1], times[i]));
                }
            }

            if (times.Length > 0)
            {
                expected.Add((times[^1], 300));
            }

            return silences.Where(silence => silence.Item2 > 0).SequenceEqual(expected.Where(silence => silence.Item2 > 0));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(104, false)]
    [InlineData(106, true)]
    public void What_is_not_yet_too_long_at_the_horizon_is_not_yet_silence(long horizon, bool silent)
    {
        Presence presence = new(silentAfter: 5);
        presence.Heard(100);
        List<(long, long)> silences = [];

        presence.Silences(0, 105, horizon, silences);

        Assert.Equal(silent, silences.Count == 1);
    }
}
