using System.ComponentModel.DataAnnotations;
using System.Net.Mail;
using Microsoft.Extensions.Options;

namespace Linewatch.Operations.Notifications;

/// <summary>Checks <see cref="NotificationOptions"/> at start; every fault is reported.</summary>
internal sealed class NotificationOptionsValidator : IValidateOptions<NotificationOptions>
{
    public ValidateOptionsResult Validate(string? name, NotificationOptions options)
    {
        List<string> faults = [];
        CheckAttributes(options, NotificationOptions.Section, faults);
        foreach ((string channel, NotificationChannel value) in options.Channels)
        {
            string where = $"{NotificationOptions.Section}:Channels:{channel}";
            CheckAttributes(value, where, faults);
            faults.AddRange(Faults(value).Select(fault => $"{where}: {fault}"));
        }

        for (int i = 0; i < options.Routes.Count; i++)
        {
            string where = $"{NotificationOptions.Section}:Routes:{i}";
            NotificationRoute route = options.Routes[i];
            CheckAttributes(route, where, faults);
            if (route.Steps.Count == 0)
            {
                faults.Add($"{where}: Steps is empty; name at least one channel");
            }

            for (int step = 0; step < route.Steps.Count; step++)
            {
                CheckAttributes(route.Steps[step], $"{where}:Steps:{step}", faults);
                if (!options.Channels.ContainsKey(route.Steps[step].Channel))
                {
                    faults.Add($"{where}:Steps:{step}: there is no channel \"{route.Steps[step].Channel}\"; known: {string.Join(", ", options.Channels.Keys)}");
                }
            }
        }

        foreach (string twice in options.Routes.GroupBy(route => route.Name).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            faults.Add($"{NotificationOptions.Section}:Routes: the name \"{twice}\" is used twice");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(NotificationChannel channel)
    {
        switch (channel.Kind)
        {
            case NotificationChannelKind.Smtp:
                if (channel.Host.Length == 0)
                {
                    yield return "Host is empty";
                }

                if (!MailAddress.TryCreate(channel.From, out _))
                {
                    yield return $"From \"{channel.From}\" is not a mail address";
                }

                if (channel.To.Count == 0)
                {
                    yield return "To is empty";
                }

                foreach (string to in channel.To.Where(to => !MailAddress.TryCreate(to, out _)))
                {
                    yield return $"To \"{to}\" is not a mail address";
                }

                break;
            case NotificationChannelKind.Mqtt:
                if (channel.Topic.Length == 0 || channel.Topic.AsSpan().ContainsAny('+', '#'))
                {
                    yield return $"Topic \"{channel.Topic}\" is empty or has a wildcard";
                }

                break;
            default:
                if (!Uri.TryCreate(channel.Address, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
                {
                    yield return $"Address \"{channel.Address}\" is not an absolute http or https address";
                }

                break;
        }
    }

    private static void CheckAttributes(object value, string where, List<string> faults)
    {
        List<ValidationResult> results = [];
        Validator.TryValidateObject(value, new ValidationContext(value), results, validateAllProperties: true);
        faults.AddRange(results.Select(result => $"{where}: {result.ErrorMessage}"));
    }
}
