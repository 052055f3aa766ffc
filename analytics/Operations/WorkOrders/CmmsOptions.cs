namespace Linewatch.Operations.WorkOrders;

/// <summary>The round trip with an outside maintenance system; section <c>Operations:Cmms</c>.</summary>
public sealed class CmmsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Operations:Cmms";

    /// <summary>Notification channel (a webhook) that every change of a work order is posted to; empty = none. Default empty.</summary>
    public string Channel { get; set; } = "";

    /// <summary>Key of the signature on what comes back; empty = what comes back must be authenticated by the caller. Default empty.</summary>
    public string Secret { get; set; } = "";
}
