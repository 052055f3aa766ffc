using FsCheck;
using FsCheck.Fluent;
using Linewatch.Analytics.Anomalies;

namespace Linewatch.Tests.Unit.Anomalies;

public sealed class AlarmScoreRuleTests
{
    [Theory]
    [InlineData("F", 9.5)]
    [InlineData("D", 9.5)]
    [InlineData("FF", 10)]
    [InlineData("TT", 9)]
    [InlineData("TTT", 8.75)]
    [InlineData("TTFT", 9.5)]
    [InlineData("TTTTTT", 8.5)]
    [InlineData("FFFFFFFFF", 12)]
    public void Judgements_move_the_alarm_score(string judgements, double alarmScore)
    {
        Assert.Equal(alarmScore, After(judgements).AlarmScore);
    }

    [Fact]
    public void Precision_and_false_alarms_a_machine_week_count_what_was_judged()
    {
        AlarmScoreRule rule = After("TFTTD");

        Assert.Equal(0.6, rule.Precision);
        Assert.Equal(0.5, rule.FalsesPerMachineWeek(TimeSpan.FromDays(28)));
        Assert.Null(After("").Precision);
    }

    [Fact]
    public void No_run_of_judgements_moves_the_alarm_score_further_than_three_decades() => Prop.ForAll(
        ArbMap.Default.ArbFor<bool[]>(),
        judgements => Math.Abs(After(string.Concat(judgements.Select(one => one ? 'T' : 'F'))).AlarmScore - 9) <= 3).QuickCheckThrowOnFailure();

    private static AlarmScoreRule After(string judgements) => judgements.Aggregate(
        new AlarmScoreRule(9),
        (rule, one) => rule.After(one switch { 'T' => Judgement.True, 'F' => Judgement.False, _ => Judgement.Duty }));
}
