using Linewatch.Plants;

namespace Linewatch.Analytics.Oee;

/// <summary>A stretch [Start, End) of a machine's time in one bucket, in UTC ticks.</summary>
internal readonly record struct BucketInterval(long Start, long End, Bucket Bucket)
{
    public long Length => End - Start;

    /// <summary>Index of the interval that contains an instant in a list that tiles time; −1 when none does.</summary>
    public static int IndexAt(List<BucketInterval> intervals, long time)
    {
        int low = 0;
        int high = intervals.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (intervals[middle].End <= time)
            {
                low = middle + 1;
            }
            else if (intervals[middle].Start > time)
            {
                high = middle - 1;
            }
            else
            {
                return middle;
            }
        }

        return -1;
    }
}
