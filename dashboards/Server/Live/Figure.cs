using System.Globalization;
using Linewatch.Analytics.Oee;
using Linewatch.Plants;

namespace Linewatch.Server.Live;

/// <summary>Numbers as people read them: always with a unit, "–" for what is undefined.</summary>
public static class Figure
{
    /// <summary>What stands for an undefined number.</summary>
    public const string Undefined = "–";

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>A ratio as per cent with one decimal; 1 = 100 %.</summary>
    public static string Percent(double? ratio) =>
        ratio is { } value && double.IsFinite(value) ? (value * 100).ToString("0.0", Culture) + " %" : Undefined;

    /// <summary>A whole number of units.</summary>
    public static string Units(double? count) =>
        count is { } value && double.IsFinite(value) ? value.ToString("#,0", Culture) + (Math.Abs(value - 1) < 0.5 ? " unit" : " units") : Undefined;

    /// <summary>A whole number that stands under a heading with its unit.</summary>
    public static string Count(double? count) =>
        count is { } value && double.IsFinite(value) ? value.ToString("#,0", Culture) : Undefined;

    /// <summary>A measured value with four significant digits and its unit in usual spelling.</summary>
    public static string Value(double? value, string unit) =>
        value is not { } number || !double.IsFinite(number) ? Undefined : unit is "" or "1" ? Number(number) : $"{Number(number)} {Unit(unit)}";

    /// <summary>Four significant digits.</summary>
    public static string Number(double value) => Math.Abs(value) >= 1000
        ? value.ToString("#,0", Culture)
        : value.ToString("G4", Culture);

    /// <summary>
    /// A number with as many digits as its usual range justifies: the last shown is worth at most a tenth of the range. Four significant digits where
    /// the range says nothing.
    /// </summary>
    public static string Rounded(double value, double range)
    {
        if (!double.IsFinite(value))
        {
            return Undefined;
        }

        if (!(range > 0) || !double.IsFinite(range))
        {
            return value.ToString("G4", Culture);
        }

        int decimals = Math.Clamp(1 - (int)Math.Floor(Math.Log10(range)), 0, 9);
        string text = value.ToString("F" + decimals.ToString(Culture), Culture);
        return text.AsSpan().IndexOfAnyExcept("-0.") < 0 ? text.TrimStart('-') : text;
    }

    /// <summary>A UCUM unit in usual spelling: <c>Cel</c> → °C.</summary>
    public static string Unit(string ucum) => ucum switch
    {
        "1" => "",
        "Cel" => "°C",
        "1/h" => "/h",
        "1/min" => "/min",
        _ => ucum.Replace("Cel", "°C", StringComparison.Ordinal).Replace("m3", "m³", StringComparison.Ordinal).Replace(".", "·", StringComparison.Ordinal),
    };

    /// <summary>A length of time in the two largest units that matter.</summary>
    public static string Duration(TimeSpan time) => (time = time.Duration()) switch
    {
        { TotalSeconds: < 60 } => string.Create(Culture, $"{time.TotalSeconds:0} s"),
        { TotalMinutes: < 60, Seconds: 0 } => string.Create(Culture, $"{Math.Floor(time.TotalMinutes):0} min"),
        { TotalMinutes: < 60 } => string.Create(Culture, $"{Math.Floor(time.TotalMinutes):0} min {time.Seconds:00} s"),
        { TotalHours: < 48 } => string.Create(Culture, $"{Math.Floor(time.TotalHours):0} h {time.Minutes:00} min"),
        _ => string.Create(Culture, $"{time.TotalDays:0.#} d"),
    };

    /// <summary>What must be known of ratios where much of the time is not; null = nothing.</summary>
    public static string? Gap(Quantities quantities) => quantities.IsRecordedInPart
        ? $"No data for {Duration(quantities[LossCategory.NoData])} of {Duration(quantities.PlannedBusy)} planned: it counts as lost, so the line may have done better."
        : null;

    /// <summary>What a bucket is called.</summary>
    public static string Name(Bucket bucket) => bucket switch
    {
        Bucket.NoData => "No data",
        Bucket.NotScheduled => "Not scheduled",
        Bucket.PlannedDown => "Planned stop",
        Bucket.Run => "Running",
        Bucket.SetUp => "Set-up",
        Bucket.OwnFailure => "Failure",
        Bucket.ExternalFailure => "External failure",
        Bucket.Lack => "Lack",
        Bucket.Tailback => "Tailback",
        Bucket.LackBranchLine => "Lack, branch line",
        Bucket.TailbackBranchLine => "Tailback, branch line",
        Bucket.Waiting => "Waiting",
        Bucket.UnplannedMaintenance => "Unplanned maintenance",
        _ => bucket.ToString(),
    };

    /// <summary>What a kind of loss is called.</summary>
    public static string Name(LossCategory category) => category switch
    {
        LossCategory.NoData => "No data",
        LossCategory.NotScheduled => "Not scheduled",
        LossCategory.PlannedDown => "Planned stop",
        LossCategory.Run => "Running",
        LossCategory.MinorStop => "Minor stop",
        LossCategory.SetUp => "Set-up",
        LossCategory.External => "External failure",
        LossCategory.UnplannedMaintenance => "Unplanned maintenance",
        _ => category.ToString(),
    };
}
