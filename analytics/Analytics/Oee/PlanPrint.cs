using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Linewatch.Plants;

namespace Linewatch.Analytics.Oee;

/// <summary>What the plant file says about a shift, as a short print: when it differs, the shift must be computed again.</summary>
public static class PlanPrint
{
    /// <summary>Calendar, breaks, planned stops, thresholds and ideal rates of a shift; 32 hexadecimal digits.</summary>
    public static string Of(Plant plant, Line line, ShiftInstance shift)
    {
        StringBuilder text = new();
        Add($"{shift.Name}|{shift.Start.Ticks}|{shift.End.Ticks}|{line.MicroStop.Ticks}|{line.AllowedLateness.Ticks}|{line.NoOrderIsLoss}");
        Add($"{line.CriticalMachine.Id}|{line.CountingMachine.Id}|{line.DefaultProduct?.Id}");
        foreach (PlanSegment segment in PlanSegment.Between(line.Shifts, shift.Start.Ticks, shift.End.Ticks))
        {
            Add($"{segment.Start}|{segment.End}|{segment.Planned}");
        }

        foreach (Product product in plant.Products.OrderBy(product => product.Id, StringComparer.Ordinal))
        {
            Add($"{product.Id}|{line.IdealRates.GetValueOrDefault(product.Id, product.IdealRatePerHour):R}");
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));

        void Add(FormattableString part) => text.Append(part.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
