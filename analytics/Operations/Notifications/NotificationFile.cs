namespace Linewatch.Operations.Notifications;

/// <summary>A text file that goes along with a notification where the channel can carry it. HTML becomes the mail's rich text, anything else an attachment.</summary>
public sealed record NotificationFile
{
    /// <summary>File name.</summary>
    public required string Name { get; init; }

    /// <summary>Media type without parameters, for instance <c>text/csv</c>; the text is UTF-8.</summary>
    public required string ContentType { get; init; }

    /// <summary>The text.</summary>
    public required string Content { get; init; }
}
