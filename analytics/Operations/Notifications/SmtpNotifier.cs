using System.Net;
using System.Net.Mail;
using System.Text;

namespace Linewatch.Operations.Notifications;

/// <summary>E-mail, as plain text with the rich text and attachments it comes with. The Message-ID is the notification's, so that a mail sent again after a crash is known as the same.</summary>
internal sealed class SmtpNotifier : INotifier
{
    public NotificationChannelKind Kind => NotificationChannelKind.Smtp;

    public async Task SendAsync(NotificationChannel channel, Notification notification, CancellationToken cancellationToken)
    {
        using SmtpClient client = new(channel.Host, channel.Port) { EnableSsl = channel.UseTls };
        if (channel.User.Length > 0)
        {
            client.Credentials = new NetworkCredential(channel.User, channel.Password);
        }

        using MailMessage mail = new() { From = new MailAddress(channel.From), Subject = notification.Subject, Body = notification.Body };
        foreach (string to in channel.To)
        {
            mail.To.Add(to);
        }

        foreach (NotificationFile file in notification.Files)
        {
            if (file.ContentType == "text/html")
            {
                mail.AlternateViews.Add(AlternateView.CreateAlternateViewFromString(file.Content, Encoding.UTF8, file.ContentType));
            }
            else
            {
                mail.Attachments.Add(new Attachment(new MemoryStream(Encoding.UTF8.GetBytes(file.Content)), file.Name, file.ContentType));
            }
        }

        mail.Headers.Add("Message-ID", $"<{notification.Id}@linewatch.{mail.From.Host}>");
        try
        {
            await client.SendMailAsync(mail, cancellationToken);
        }
        catch (SmtpFailedRecipientException refused) when (refused.StatusCode
            is SmtpStatusCode.MailboxUnavailable or SmtpStatusCode.MailboxNameNotAllowed or SmtpStatusCode.UserNotLocalTryAlternatePath)
        {
            throw new NotificationRefusedException($"{channel.Host} refuses {refused.FailedRecipient}: {refused.Message}");
        }
    }
}
