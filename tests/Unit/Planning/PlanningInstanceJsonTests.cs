using System.Text.Json;
using Linewatch.Analytics.Planning;
using Linewatch.Server.Commands;
using Linewatch.Tests.Servers;

namespace Linewatch.Tests.Unit.Planning;

public sealed class PlanningInstanceJsonTests
{
    private const string Good = """
        [{"id":"a","horizon_days":28,"stops":[{"start_day":2,"crew_hours":{"mech":4}}],
          "jobs":[{"id":0,"weibull_beta":2.5,"weibull_eta_days":60,"age_days":45,"cost_planned":800,"cost_failure":5600,"duration_h":2,"skill":"mech","parts_available_day":0}]}]
        """;

    [Fact]
    public void Instance_is_read_with_all_it_says()
    {
        PlanningInstance instance = Assert.Single(PlanningInstanceJson.Parse(Good));

        Assert.Equal(("a", 28.0, 2.0, 4.0), (instance.Id, instance.HorizonDays, instance.Stops[0].StartDay, instance.Stops[0].CrewHours["mech"]));
        PlanningJob job = Assert.Single(instance.Jobs);
        Assert.Equal(("0", 2.5, 60.0, 45.0, 2.0, "mech"), (job.Id, job.Component.Life.Shape, job.Component.Life.Scale, job.Component.Age, job.DurationHours, job.Skill));
    }

    [Theory]
    [InlineData("\"weibull_beta\":2.5", "\"weibull_beta\":0", "instance 'a', job 0: found 0 for 'weibull_beta'; allowed: a number above 0")]
    [InlineData("\"age_days\":45", "\"age_days\":-1", "allowed: a number not below 0")]
    [InlineData("\"skill\":\"mech\",", "", "instance 'a', job 0 lacks 'skill'")]
    [InlineData("\"crew_hours\":{\"mech\":4}", "\"crew_hours\":[4]", "instance 'a', stop 0: found Array for 'crew_hours'")]
    [InlineData("\"horizon_days\":28", "\"horizon_days\":\"soon\"", "found soon for 'horizon_days'")]
    [InlineData("[{\"id\"", "{\"id\"", "not JSON")]
    public void Fault_says_where_it_is_and_what_is_allowed(string what, string instead, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => PlanningInstanceJson.Parse(Good.Replace(what, instead, StringComparison.Ordinal))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(new[] { 0 }, 0)]
    [InlineData(new[] { -1 }, 0)]
    [InlineData(new[] { 1 }, 1)]
    [InlineData(new[] { 0, 0 }, 1)]
    public void Broken_constraints_are_found(int[] plan, int broken) =>
        Assert.Equal(broken, PlanningInstanceJson.Parse(Good)[0].Broken(plan).Count);

    [Fact]
    public void Overfull_stop_and_missing_parts_are_broken_constraints()
    {
        PlanningInstance hand = HandCheckedInstance.Create();

        Assert.Contains("parts come on day 7", Assert.Single(hand.Broken([-1, -1, -1, 0, -1, -1])), StringComparison.Ordinal);
        Assert.Contains("6 h of mech planned, 4 h there", Assert.Single(hand.Broken([1, 1, -1, -1, -1, 1])), StringComparison.Ordinal);
    }

    [Fact]
    public void Backtest_writes_id_assignment_and_cost()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["in.json"], Good);

        int code = BacktestPlannerCommand.Create().Parse(["--instances", folder["in.json"], "--out", folder["out/plan.json"]]).Invoke();

        Assert.Equal(0, code);
        JsonElement answer = Assert.Single(JsonDocument.Parse(File.ReadAllText(folder["out/plan.json"])).RootElement.EnumerateArray().ToArray());
        Assert.Equal("a", answer.GetProperty("id").GetString());
        Assert.Equal([0], answer.GetProperty("assignment").EnumerateArray().Select(place => place.GetInt32()));
        Assert.Equal(956.0, answer.GetProperty("cost").GetDouble(), 0.05);
    }

    [Fact]
    public void Backtest_of_wrong_input_exits_2_and_of_a_missing_file_1()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["in.json"], "{}");

        Assert.Equal(2, BacktestPlannerCommand.Create().Parse(["--instances", folder["in.json"], "--out", folder["out.json"]]).Invoke());
        Assert.Equal(1, BacktestPlannerCommand.Create().Parse(["--instances", folder["none.json"], "--out", folder["out.json"]]).Invoke());
    }
}
