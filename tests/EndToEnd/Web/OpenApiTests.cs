using System.Net;
using System.Text.Json;
using Linewatch.Plants;

namespace Linewatch.Tests.EndToEnd.Web;

/// <summary>The description of the API agrees with the API.</summary>
[Collection(WebTests.Name)]
public sealed class OpenApiTests(WebPlant plant)
{
    [Fact]
    public async Task Every_operation_has_a_name_a_summary_and_a_described_success()
    {
        foreach ((string route, JsonElement operation, string verb) in await OperationsAsync())
        {
            Assert.True(operation.TryGetProperty("operationId", out _), $"{verb} {route} has no name");
            Assert.True(operation.TryGetProperty("summary", out JsonElement summary) && summary.GetString()!.Length > 10, $"{verb} {route} has no summary");
            Assert.Contains(operation.GetProperty("responses").EnumerateObject(), response => response.Name == "200");
        }
    }

    [Fact]
    public async Task Operation_names_are_unique()
    {
        string[] names = [.. (await OperationsAsync()).Select(operation => operation.Operation.GetProperty("operationId").GetString()!)];

        Assert.True(names.Length > 30, $"only {names.Length} operations");
        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public async Task Every_documented_change_says_how_it_may_fail()
    {
        foreach ((string route, JsonElement operation, string verb) in await OperationsAsync())
        {
            if (verb == "post")
            {
                Assert.Superset(
                    new HashSet<string> { "400", "404", "409" },
                    operation.GetProperty("responses").EnumerateObject().Select(response => response.Name).ToHashSet());
            }
        }
    }

    [Fact]
    public async Task Every_documented_get_answers()
    {
        string signal = Uri.EscapeDataString(plant.Services.GetRequiredService<CurrentPlant>().Value.Signals.First(each => each.Wear is not null).Path.ToString());
        string alert = (await plant.GetAsync("api/v1/alerts"))[0].GetProperty("id").GetString()!;
        string order = (await plant.GetAsync("api/v1/workorders"))[0].GetProperty("id").GetString()!;
        foreach ((string route, _, string verb) in await OperationsAsync())
        {
            if (verb != "get")
            {
                continue;
            }

            string path = route.TrimStart('/')
                .Replace("{line}", "line1", StringComparison.Ordinal)
                .Replace("alerts/{id}", "alerts/" + alert, StringComparison.Ordinal)
                .Replace("workorders/{id}", "workorders/" + order, StringComparison.Ordinal)
                .Replace("{file}", "{id}", StringComparison.Ordinal)
                .Replace("{start}", "2001-01-01T06:00:00Z", StringComparison.Ordinal);
            path += path.Contains("readings", StringComparison.Ordinal) || path.Contains("quality", StringComparison.Ordinal) ? $"?line=line1&signal={signal}" : "";
            using HttpResponseMessage response = await plant.Http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            bool isOfNothing = path.Contains("{id}", StringComparison.Ordinal) || path.Contains("2001-01-01", StringComparison.Ordinal);
            HttpStatusCode expected = isOfNothing ? HttpStatusCode.NotFound : HttpStatusCode.OK;
            Assert.True(response.StatusCode == expected, $"{path} answered {response.StatusCode}");
        }
    }

    private async Task<List<(string Route, JsonElement Operation, string Verb)>> OperationsAsync()
    {
        JsonElement document = await plant.GetAsync("openapi/v1.json");
        return
        [
            .. document.GetProperty("paths").EnumerateObject()
                .Where(path => path.Name.StartsWith("/api/v1", StringComparison.Ordinal))
                .SelectMany(path => path.Value.EnumerateObject().Select(operation => (path.Name, operation.Value, operation.Name))),
        ];
    }
}
