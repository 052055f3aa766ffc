using System.Globalization;

namespace Linewatch.Analytics.Planning;

/// <summary>Says in words why a job is where the plan puts it.</summary>
public static class PlacementText
{
    /// <summary>One paragraph: life interval, probability, cost now against the next opportunity, what moved it.</summary>
    /// <param name="placement">The placement.</param>
    /// <param name="zone">Zone that times are shown in.</param>
    public static string Of(Placement placement, TimeZoneInfo zone)
    {
        List<string> sentences = [$"Expected to fail by {Time(placement.LifeEarly, zone)} with 5 %, by {Time(placement.LifeMiddle, zone)} with 50 %."];
        if (placement.Opportunity is { } opportunity)
        {
            sentences.Add($"{Percent(placement.FailureProbability)} until {Name(opportunity.Kind)}: expected cost {Money(placement.Cost)}.");
            sentences.Add(placement is { Next: { } next, NextCost: { } cost }
                ? $"At the next chance, {Name(next.Kind)} on {Time(next.Start, zone)}, {Money(cost)}; left for after the plan, {Money(placement.UnplannedCost)}."
                : $"There is no later chance in the plan; left for after it, {Money(placement.UnplannedCost)}.");
        }
        else
        {
            sentences.Add($"{Percent(placement.FailureProbability)} until the end of the plan; left for after it: expected cost {Money(placement.UnplannedCost)}.");
            sentences.Add(placement is { Next: { } next, NextCost: { } cost }
                ? cost > placement.UnplannedCost
                    ? $"Doing it at the first chance, {Name(next.Kind)} on {Time(next.Start, zone)}, would cost {Money(cost)}: its life is worth more."
                    : "No stop with people and parts for it is left in the plan."
                : $"No stop of its line is long enough, with parts there, for {placement.Skill} work.");
        }

        if (placement.Moved.Length > 0)
        {
            sentences.Add(char.ToUpperInvariant(placement.Moved[0]) + placement.Moved[1..] + ".");
        }

        return string.Join(' ', sentences);
    }

    /// <summary>What an opportunity is called within a sentence.</summary>
    public static string Name(OpportunityKind kind) => kind switch
    {
        OpportunityKind.Maintenance => "the planned maintenance",
        OpportunityKind.Cleaning => "the cleaning",
        OpportunityKind.Off => "the day off",
        OpportunityKind.NotScheduled => "the time without a shift",
        OpportunityKind.Changeover => "the changeover",
        OpportunityKind.Break => "the break",
        _ => "an extra stop",
    };

    private static string Time(DateTime utc, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTimeFromUtc(utc, zone).ToString("ddd d MMM HH:mm", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share < 0.0005 ? "under 0.1 %" : (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string Money(double amount) => amount.ToString("#,0", CultureInfo.InvariantCulture);
}
