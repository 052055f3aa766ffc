using Linewatch.Analytics.Anomalies;
using Linewatch.Analytics.Anomalies.Training;
using Linewatch.Operations.Rules;
using Linewatch.Plants;
using Linewatch.Server.Flow;
using Linewatch.Telemetry;

namespace Linewatch.Server.Commands.Backtests;

/// <summary>
/// Trains the models of a plant once while its recording runs, as the training job does: from the readings so far, the newest fifth of
/// them held back, promoted by the same rule. Nobody judges an alert. Not thread-safe.
/// </summary>
/// <param name="settings">How signals are watched.</param>
/// <param name="start">Begin of the recording, UTC.</param>
/// <param name="after">Event time from there at which the models are put into use.</param>
internal sealed class PlantTraining(MonitorSettings settings, DateTime start, TimeSpan after)
{
    private const double HeldBackShare = 0.2;

    private readonly PromotionRule _rule = new();
    private readonly Dictionary<(string Line, string Machine), (MachineLearner Pupil, List<JudgedSpan> Raised)> _learners = [];
    private readonly DateTime _heldBackFrom = start + (after * (1 - HeldBackShare));
    private bool _isHeldBack;
    private bool _isDone;

    /// <summary>What was decided, machine by machine.</summary>
    public List<string> Decisions { get; } = [];

    /// <summary>Machines whose model watches rows.</summary>
    public int WithRows { get; private set; }

    /// <summary>Takes a reading before the line's watches do.</summary>
    public void Observe(in Reading reading, IReadOnlyDictionary<string, LineAnalysis> lines)
    {
        if (_isDone)
        {
            return;
        }

        if (!_isHeldBack && reading.EventTime >= _heldBackFrom)
        {
            _isHeldBack = true;
            foreach ((MachineLearner pupil, _) in _learners.Values)
            {
                pupil.HoldBack(_heldBackFrom, endTraining: true);
            }
        }

        if (reading.EventTime >= start + after)
        {
            _isDone = true;
            Promote(lines);
            return;
        }

        SignalPath path = reading.Signal.Path;
        if (!_learners.TryGetValue((path.Line, path.Machine), out (MachineLearner Pupil, List<JudgedSpan>) learner))
        {
            Machine machine = lines[path.Line].Line.Machines.First(machine => machine.Id == path.Machine);
            List<JudgedSpan> raised = [];
            _learners.Add((path.Line, path.Machine), learner = (new MachineLearner(machine, settings, raised, []), raised));
        }

        learner.Pupil.Observe(reading);
    }

    /// <summary>An alert was raised or is over: where one stands, an alarm of the model being trained is neither true nor false.</summary>
    public void Hear(AlertFinding finding)
    {
        if (finding.Detector == DetectorRules.Anomaly && _learners.TryGetValue((finding.Source.Line, finding.Source.Machine), out (MachineLearner, List<JudgedSpan> Raised) learner))
        {
            int open = learner.Raised.FindIndex(span => span.Signal == finding.Source.Signal && span.To == DateTime.MaxValue);
            if (finding.IsActive && open < 0)
            {
                learner.Raised.Add(new JudgedSpan(finding.Source.Signal, finding.EventTime, DateTime.MaxValue, null));
            }
            else if (!finding.IsActive && open >= 0)
            {
                learner.Raised[open] = learner.Raised[open] with { To = finding.EventTime };
            }
        }
    }

    private void Promote(IReadOnlyDictionary<string, LineAnalysis> lines)
    {
        foreach (((string line, string machine), (MachineLearner learner, _)) in _learners)
        {
            TrainingMetrics metrics = learner.Metrics();
            PromotionDecision decision = _rule.Decide(metrics, null);
            Decisions.Add($"{line}/{machine}: {(decision.IsPromoted ? "promoted" : "kept aside")}: {decision.Reason}");
            if (decision.IsPromoted)
            {
                lines[line].Adopt(machine, MachineModel.Read(learner.Save(), settings), settings, use: 1);
                WithRows += metrics.Rows is null ? 0 : 1;
            }
        }

        _learners.Clear();
    }
}
