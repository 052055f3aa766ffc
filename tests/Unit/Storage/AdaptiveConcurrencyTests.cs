using Linewatch.Storage.Influx;

namespace Linewatch.Tests.Unit.Storage;

public sealed class AdaptiveConcurrencyTests
{
    [Fact]
    public void Overload_leaves_one_connection_and_success_brings_them_back_one_by_one()
    {
        AdaptiveConcurrency concurrency = new(3);
        Assert.Equal(3, concurrency.Current);

        concurrency.Failed();
        List<int> seen = [];
        for (int i = 0; i < 3 * AdaptiveConcurrency.CallsToGrow; i++)
        {
            seen.Add(concurrency.Current);
            concurrency.Succeeded();
        }

        Assert.Equal([.. Enumerable.Repeat(1, 10), .. Enumerable.Repeat(2, 10), .. Enumerable.Repeat(3, 10)], seen);
        Assert.Equal(3, concurrency.Current);
    }
}
