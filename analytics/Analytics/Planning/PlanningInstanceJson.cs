using System.Text.Json;
using Linewatch.Analytics.Prognosis;

namespace Linewatch.Analytics.Planning;

/// <summary>
/// Reads planning instances from JSON: an array of <c>{ id, horizon_days, stops: [{ start_day, crew_hours: { skill: hours } }],
/// jobs: [{ id, weibull_beta, weibull_eta_days, age_days, cost_planned, cost_failure, duration_h, skill, parts_available_day }] }</c>.
/// </summary>
public static class PlanningInstanceJson
{
    /// <summary>Reads every instance.</summary>
    /// <exception cref="InvalidDataException">It is not JSON of that form, or a figure is out of its range; the message says where.</exception>
    public static IReadOnlyList<PlanningInstance> Parse(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select((element, i) => ReadInstance(element, $"instance {i}"))]
                : throw new InvalidDataException($"found {document.RootElement.ValueKind} where the instances are expected; allowed: an array of objects");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException("the instances are not JSON: " + fault.Message, fault);
        }
    }

    private static PlanningInstance ReadInstance(JsonElement element, string where)
    {
        string id = Text(element, "id", where);
        where = $"instance '{id}'";
        double horizon = Number(element, "horizon_days", where, above: 0);
        return new PlanningInstance(
            id,
            horizon,
            [.. Elements(element, "stops", where).Select((stop, i) => ReadStop(stop, $"{where}, stop {i}"))],
            [.. Elements(element, "jobs", where).Select((job, i) => ReadJob(job, $"{where}, job {i}"))]);
    }

    private static PlanningStop ReadStop(JsonElement element, string where)
    {
        double start = Number(element, "start_day", where, from: 0);
        JsonElement hours = Member(element, "crew_hours", where);
        if (hours.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"{where}: found {hours.ValueKind} for 'crew_hours'; allowed: an object of hours by skill");
        }

        return new PlanningStop(
            start,
            hours.EnumerateObject().ToDictionary(skill => skill.Name, skill => Number(hours, skill.Name, where, from: 0), StringComparer.Ordinal));
    }

    private static PlanningJob ReadJob(JsonElement element, string where)
    {
        string id = Text(element, "id", where);
        Weibull life = new(Number(element, "weibull_beta", where, above: 0), Number(element, "weibull_eta_days", where, above: 0));
        ComponentAtRisk component = new(
            life,
            Number(element, "age_days", where, from: 0),
            Number(element, "cost_planned", where, above: 0),
            Number(element, "cost_failure", where, above: 0));
        return new PlanningJob(
            id,
            component,
            Number(element, "duration_h", where, above: 0),
            Text(element, "skill", where),
            Number(element, "parts_available_day", where));
    }

    private static JsonElement Member(JsonElement element, string name, string where) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement member)
            ? member
            : throw new InvalidDataException($"{where} lacks '{name}'");

    private static JsonElement.ArrayEnumerator Elements(JsonElement element, string name, string where)
    {
        JsonElement member = Member(element, name, where);
        return member.ValueKind == JsonValueKind.Array
            ? member.EnumerateArray()
            : throw new InvalidDataException($"{where}: found {member.ValueKind} for '{name}'; allowed: an array");
    }

    private static string Text(JsonElement element, string name, string where)
    {
        JsonElement member = Member(element, name, where);
        return member.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? member.ToString()
            : throw new InvalidDataException($"{where}: found {member.ValueKind} for '{name}'; allowed: a text or a number");
    }

    private static double Number(
        JsonElement element, string name, string where, double above = double.NegativeInfinity, double from = double.NegativeInfinity)
    {
        JsonElement member = Member(element, name, where);
        return member.ValueKind == JsonValueKind.Number && member.GetDouble() is var number && double.IsFinite(number) && number > above && number >= from
            ? number
            : throw new InvalidDataException(FormattableString.Invariant(
                $"{where}: found {member} for '{name}'; allowed: a number{(double.IsFinite(above) ? $" above {above}" : double.IsFinite(from) ? $" not below {from}" : "")}"));
    }
}
