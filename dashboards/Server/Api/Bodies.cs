namespace Linewatch.Server.Api;

/// <summary>Who changes something and what they say about it.</summary>
internal sealed record Remark(string Author = "anonymous", string Text = "");

/// <summary>A silence for some minutes, 1 to 1440, and why; the reason is required.</summary>
internal sealed record Shelving(int Minutes, string Text, string Author = "anonymous");

/// <summary>A silence for some days, 1 to 90, and why; the reason is required.</summary>
internal sealed record Silence(int Days, string Text, string Author = "anonymous");

/// <summary>Who shall look after something; null or empty = nobody.</summary>
internal sealed record Assignment(string? Assignee, string Author = "anonymous")
{
    public string? Person => string.IsNullOrWhiteSpace(Assignee) ? null : Assignee.Trim();
}

/// <summary>A planned time for a work order, with its zone.</summary>
internal sealed record Scheduling(DateTimeOffset Start, DateTimeOffset End, string Author = "anonymous", string Text = "");

/// <summary>When a job shall run; null or empty = as it was built.</summary>
internal sealed record Reschedule(string? Cron = null, string Author = "anonymous");

/// <summary>A pause of a job for some minutes, 1 to 43,200 (30 days), and why.</summary>
internal sealed record Pause(int Minutes, string Author = "anonymous", string Text = "");
