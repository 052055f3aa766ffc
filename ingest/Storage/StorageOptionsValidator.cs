using System.Globalization;
using Microsoft.Extensions.Options;

namespace Linewatch.Storage;

/// <summary>Checks <see cref="StorageOptions"/> and reports every fault: key, what was found, what is allowed.</summary>
internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    private const string Section = "Linewatch:Storage:";

    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        List<string> faults = [];
        OneOf(faults, nameof(options.Kind), options.Kind, "sqlite", "influx");
        OneOf(faults, nameof(options.Compression), options.Compression, "auto", "on", "off");
        InRange(faults, nameof(options.RetentionDays), options.RetentionDays, 0, 36_500, "days");
        InRange(faults, nameof(options.BatchSize), options.BatchSize, 100, 50_000, "points");
        InRange(faults, nameof(options.FlushMilliseconds), options.FlushMilliseconds, 1, 10_000, "ms");
        InRange(faults, nameof(options.Connections), options.Connections, 1, 8, "connections");
        InRange(faults, nameof(options.TimeoutSeconds), options.TimeoutSeconds, 1, 600, "s");
        if (options.IsInflux)
        {
            CheckInflux(faults, options);
        }
        else if (string.IsNullOrWhiteSpace(options.Path))
        {
            faults.Add($"{Section}{nameof(options.Path)} is empty; the SQLite store needs the path of its file");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void CheckInflux(List<string> faults, StorageOptions options)
    {
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
        {
            faults.Add($"{Section}{nameof(options.Url)} is '{options.Url}'; allowed is an address such as http://127.0.0.1:8086");
        }

        if (options.Database.Length is 0 or > 64 || !options.Database.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-'))
        {
            faults.Add($"{Section}{nameof(options.Database)} is '{options.Database}'; allowed are 1 to 64 letters, digits, _ and -");
        }

        if (options.Api is { } api and not (1 or 2))
        {
            faults.Add($"{Section}{nameof(options.Api)} is {api.ToString(CultureInfo.InvariantCulture)}; allowed are 1 and 2");
        }

        if (options.UsesApi2 && string.IsNullOrWhiteSpace(options.Organization))
        {
            faults.Add($"{Section}{nameof(options.Organization)} is empty; the 2.x API needs the organisation that owns the bucket");
        }
    }

    private static void OneOf(List<string> faults, string key, string actual, params string[] allowed)
    {
        if (!allowed.Contains(actual, StringComparer.OrdinalIgnoreCase))
        {
            faults.Add($"{Section}{key} is '{actual}'; allowed are {string.Join(", ", allowed)}");
        }
    }

    private static void InRange(List<string> faults, string key, int actual, int least, int most, string unit)
    {
        if (actual < least || actual > most)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{Section}{key} is {actual}; allowed are {least} to {most} {unit}"));
        }
    }
}
