using System.Globalization;
using Linewatch.Jobs.Schedule;
using Linewatch.Operations;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.WorkOrders;

namespace Linewatch.Tests.Node;

/// <summary>What a test can ask of the node: each command drives one step of a life cycle.</summary>
internal sealed class Commands(AlertBook alerts, WorkOrderBook orders, JobSchedule jobs)
{
    private static readonly DateTime Start = new(2026, 11, 23, 9, 0, 0, DateTimeKind.Utc);
    private static readonly AlertSource Source = new("line1", "filler", "pressure");

    public async Task<string> RunAsync(string[] command)
    {
        return command[0] switch
        {
            "raise" => (await alerts.RaiseAsync(Condition(command[1]), default)).State.ToString(),
            "clear" => (await alerts.ClearAsync("band", Source, At(command[1]), default))?.State.ToString() ?? "nothing",
            "acknowledge" => Text(await alerts.AcknowledgeAsync(await OpenAlertAsync(), "ann", "", default), alert => alert.State),
            "propose" => (await orders.ProposeAsync(SlowProposals.Proposal(0), "node", default)).State.ToString(),
            "move" => Text(await MoveAsync(Enum.Parse<WorkOrderState>(command[1])), order => order.State),
            "trigger" => (await jobs.TriggerAsync(command[1], default)).IsDone ? "triggered" : "refused",
            _ => "unknown command",
        };
    }

    private async Task<ChangeResult<WorkOrder>> MoveAsync(WorkOrderState to)
    {
        IReadOnlyList<WorkOrder> all = await orders.ListAsync(new WorkOrderFilter(), default);
        return await orders.MoveAsync(all[0].Id, to, "pat", "", Start.AddDays(1), Start.AddDays(1).AddHours(2), default);
    }

    private async Task<string> OpenAlertAsync() =>
        (await alerts.ListAsync(new AlertFilter { OpenOnly = true }, default)) is [Alert alert, ..] ? alert.Id : "none";

    private static AlertCondition Condition(string minute) => new()
    {
        Rule = "band",
        Source = Source,
        Severity = AlertSeverity.Medium,
        EventTime = At(minute),
        Message = "Pressure is 4.4 bar",
        Value = 4.4,
        Unit = "bar",
    };

    private static DateTime At(string minute) => Start.AddMinutes(int.Parse(minute, CultureInfo.InvariantCulture));

    private static string Text<T>(ChangeResult<T> result, Func<T, object> state)
        where T : class => result.IsDone ? state(result.Value).ToString()! : "refused: " + result.Refusal;
}
