using System.Net;
using System.Net.Mail;

namespace Linewatch.Operations.Notifications;

/// <summary>E-mail. The Message-ID is the notification's, so that a mail sent again after a crash is known as the same.</summary>
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
