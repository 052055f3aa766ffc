using Linewatch.Analytics.Anomalies;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class MachineDutyTests
{
    [Theory]
    [InlineData("cola beer cola", "0 1 0")]
    [InlineData("cola/1 cola/2 beer/1 cola/1", "0 1 2 0")]
    [InlineData("cola beer cola/1 cola/2 beer/2 cola/1", "0 1 0 2 1 0")] // what was made before its programme was told was made with this one
    [InlineData("cola/1 cola/2 cola", "0 1 0")]                          // not told again after a restart
    [InlineData("a/1 b/1 c/1 d/1 e/1 f/1 g/1 h/1 d/2 z/1 d/1", "0 1 2 3 4 5 6 7 3 7 3")]
    public void Products_are_told_apart_each_once_for_every_programme_while_there_is_room(string made, string places)
    {
        MachineDuty duty = new();

        IEnumerable<int> known = made.Split(' ').Select((one, minute) =>
        {
            string[] names = one.Split('/');
            duty.Follow(Series.Start.AddMinutes(minute), names[0], names.ElementAtOrDefault(1) ?? "", running: true, load: 1);
            return duty.Product;
        });

        Assert.Equal(places, string.Join(' ', known));
    }
}
