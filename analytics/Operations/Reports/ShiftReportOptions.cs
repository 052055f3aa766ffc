using Linewatch.Operations.Notifications;
using Microsoft.Extensions.Options;

namespace Linewatch.Operations.Reports;

/// <summary>Who gets the report of each closed shift; section <c>Operations:ShiftReports</c>.</summary>
public sealed class ShiftReportOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Operations:ShiftReports";

    /// <summary>Notification channels that get it. Default none: reports are only shown.</summary>
    public IList<string> Channels { get; } = [];

    /// <summary>Line ids; empty = every line. Default empty.</summary>
    public IList<string> Lines { get; } = [];
}

/// <summary>Checks <see cref="ShiftReportOptions"/> at start; every fault is reported.</summary>
internal sealed class ShiftReportOptionsValidator(IOptionsMonitor<NotificationOptions> notifications) : IValidateOptions<ShiftReportOptions>
{
    public ValidateOptionsResult Validate(string? name, ShiftReportOptions options)
    {
        IDictionary<string, NotificationChannel> known;
        try
        {
            known = notifications.CurrentValue.Channels;
        }
        catch (OptionsValidationException)
        {
            // The faults of the channels themselves are reported where they are; these names can be checked once they are mended.
            return ValidateOptionsResult.Success;
        }

        string[] faults =
        [
            .. options.Channels.Where(channel => !known.ContainsKey(channel))
                .Select(channel => $"{ShiftReportOptions.Section}:Channels: there is no channel \"{channel}\"; known: {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}"),
        ];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
