using Linewatch.Plants;

namespace Linewatch.Analytics.Oee;

/// <summary>
/// When the line had no order, as far as it reports orders: an order signal that is explicitly empty. Planned time
/// without an order is a loss (ISO 22400 ADOT) or not scheduled (OEE Industry Standard), as the line is configured.
/// </summary>
internal sealed class OrderTimes(EventSeries<string?> orders, bool noOrderIsLoss)
{
    public void AddBounds(long from, long to, List<long> bounds)
    {
        int last = orders.At(to - 1);
        for (int i = Math.Max(1, orders.At(from)); i <= last; i++)
        {
            if (orders.Time(i) > from && IsNone(i) != IsNone(i - 1))
            {
                bounds.Add(orders.Time(i));
            }
        }

        if (last >= 0 && orders.At(from) < 0 && orders.Time(0) > from)
        {
            bounds.Add(orders.Time(0));
        }
    }

    /// <summary>What a bucket becomes when no order is there: a machine that stands then waits for one.</summary>
    public Bucket WithoutOrder(Bucket bucket, long time)
    {
        int index = orders.At(time);
        return index < 0 || !IsNone(index) || bucket is Bucket.Run or Bucket.PlannedDown or Bucket.SetUp ? bucket
            : noOrderIsLoss ? Bucket.Waiting
            : Bucket.NotScheduled;
    }

    private bool IsNone(int index) => string.IsNullOrEmpty(orders.Value(index));
}
