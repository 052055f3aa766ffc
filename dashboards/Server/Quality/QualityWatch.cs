using System.Globalization;
using Linewatch.Analytics.Spc;
using Linewatch.Operations.Alerts;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Server.Live;
using Linewatch.Storage;

namespace Linewatch.Server.Quality;

/// <summary>
/// Compares the valves, heads and other like components of every line each quarter of an hour, and tells the alert rules which
/// differ from their like (findings of <c>spc</c>) and which do not, so that one bad valve among a hundred is named without
/// anybody looking at a chart. One thread at a time.
/// </summary>
internal sealed class QualityWatch(
    QualityView quality, CurrentPlant plant, LivePlant live, RuleFlow rules, TimeProvider clock, ILogger<QualityWatch> logger)
    : FindingWatch(rules, TimeSpan.FromMinutes(15), clock, logger)
{
    /// <summary>Name of the engine in alert rules.</summary>
    public const string Detector = "spc";

    /// <summary>How far back it looks: no further than it must to have values enough of every component.</summary>
    private static readonly TimeSpan[] Windows = [TimeSpan.FromHours(1), TimeSpan.FromHours(8)];

    /// <summary>Looks at each line where it stands in event time.</summary>
    protected override async Task<IReadOnlyCollection<AlertFinding>> FindAsync(CancellationToken cancellationToken)
    {
        List<AlertFinding> findings = [];
        foreach (Line line in plant.Value.Lines)
        {
            if (live.Find(line.Id)?.DataTime is { } now)
            {
                findings.AddRange(await FindAsync(quality, line, now, cancellationToken));
            }
        }

        return findings;
    }

    /// <summary>What the comparison says of every component of a line of whose family enough was read.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    internal static async Task<IReadOnlyList<AlertFinding>> FindAsync(QualityView quality, Line line, DateTime now, CancellationToken cancellationToken)
    {
        List<AlertFinding> findings = [];
        foreach (ComponentFamily family in ComponentFamily.Of(line))
        {
            if (await JudgeAsync(quality, line, family, now, cancellationToken) is { Judged: > 0 } judged)
            {
                findings.AddRange(family.Signals.Select(signal => Finding(family, signal, judged, now)));
            }
        }

        return findings;
    }

    private static async Task<FamilyAnswer> JudgeAsync(QualityView quality, Line line, ComponentFamily family, DateTime now, CancellationToken cancellationToken)
    {
        FamilyAnswer answer = null!;
        foreach (TimeSpan window in Windows)
        {
            answer = await quality.FamilyAsync(line, family, now - window, now.AddTicks(1), pricePerLitre: null, ComponentComparison.LooksOfADay, cancellationToken);
            if (answer.Judged == answer.Components)
            {
                break;
            }
        }

        return answer;
    }

    private static AlertFinding Finding(ComponentFamily family, Signal signal, FamilyAnswer judged, DateTime now)
    {
        OddSignal? odd = judged.Odd.FirstOrDefault(each => each.Signal == signal.Path.ToString());
        return new AlertFinding
        {
            Detector = Detector,
            Source = AlertSource.Of(signal.Path),
            IsActive = odd is not null,
            EventTime = now,
            Message = odd is null ? "" : string.Create(
                CultureInfo.InvariantCulture,
                $"{signal.Name} of {family.Machine.Name} differs from the {judged.Judged - 1} others: its mean by {odd.Shift:+0.###;-0.###} {signal.Unit} ({Math.Abs(odd.Score):0.0} times what sound ones differ by), its spread is {odd.SpreadRatio:0.0} times theirs"),
            Value = odd?.Shift,
            Unit = signal.Unit,
        };
    }
}
