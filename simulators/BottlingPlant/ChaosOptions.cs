using System.Globalization;

namespace Linewatch.BottlingPlant;

/// <summary>
/// What goes wrong between machine and listener. Nothing of it is in the ground truth, and all but silence and clock
/// skew leave every value on its way once in good order, so the truth can still be reached. Shares are of messages, 0 … 1.
/// </summary>
public sealed class ChaosOptions
{
    /// <summary>Nothing goes wrong.</summary>
    public static ChaosOptions None { get; } = new();

    /// <summary>Some of everything that can be put right: 1 % duplicates, 5 % late, 2 % out of order, 0.1 % broken, 2 s skew.</summary>
    public static ChaosOptions Some { get; } = new() { Duplicates = 0.01, Late = 0.05, OutOfOrder = 0.02, Broken = 0.001, ClockSkew = TimeSpan.FromSeconds(2) };

    /// <summary>Share sent a second time, up to 30 s later.</summary>
    public double Duplicates { get; init; }

    /// <summary>Share that comes late, by up to <see cref="Lateness"/>.</summary>
    public double Late { get; init; }

    /// <summary>How late at most. Default 100 s, within the plant file's allowed lateness.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Share that others overtake, by up to 5 s.</summary>
    public double OutOfOrder { get; init; }

    /// <summary>Share of which a broken copy goes ahead: cut off, or with bytes changed.</summary>
    public double Broken { get; init; }

    /// <summary>Share of the time in which a machine sends nothing at all, in stretches of 20 min; lost for good.</summary>
    public double Silent { get; init; }

    /// <summary>Each machine's clock is off by a constant of up to this, either way. Default 0.</summary>
    public TimeSpan ClockSkew { get; init; }

    /// <summary>
    /// Reads <c>some</c>, or settings such as <c>duplicates=0.01,late=0.05,lateness=300,out-of-order=0.02,broken=0.001,silent=0.01,skew=2</c>
    /// (shares; seconds).
    /// </summary>
    /// <exception cref="FormatException">A setting is unknown or out of range; the message says which.</exception>
    public static ChaosOptions Parse(string text)
    {
        if (text == "some")
        {
            return Some;
        }

        Dictionary<string, double> settings = new(StringComparer.Ordinal)
        {
            ["duplicates"] = 0, ["late"] = 0, ["lateness"] = 100, ["out-of-order"] = 0, ["broken"] = 0, ["silent"] = 0, ["skew"] = 0,
        };
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] pair = part.Split('=', 2);
            bool seconds = pair[0] is "lateness" or "skew";
            if (!settings.ContainsKey(pair[0]))
            {
                throw new FormatException($"unknown setting '{pair[0]}'; allowed: some, or {string.Join(", ", settings.Keys)}");
            }

            if (pair.Length != 2 || !double.TryParse(pair[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !(value >= 0 && value <= (seconds ? 86_400 : 1)))
            {
                throw new FormatException($"'{part}': {(seconds ? "seconds from 0 to 86400" : "a share from 0 to 1")} allowed");
            }

            settings[pair[0]] = value;
        }

        return new ChaosOptions
        {
            Duplicates = settings["duplicates"],
            Late = settings["late"],
            Lateness = TimeSpan.FromSeconds(settings["lateness"]),
            OutOfOrder = settings["out-of-order"],
            Broken = settings["broken"],
            Silent = settings["silent"],
            ClockSkew = TimeSpan.FromSeconds(settings["skew"]),
        };
    }
}
