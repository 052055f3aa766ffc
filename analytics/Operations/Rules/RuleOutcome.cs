using Linewatch.Operations.Alerts;

namespace Linewatch.Operations.Rules;

/// <summary>What a rule wants done with the alerts.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Condition">The condition; for <see cref="RuleOutcomeKind.Clear"/> and the suppressions only its rule, source and event time count.</param>
internal sealed record RuleOutcome(RuleOutcomeKind Kind, AlertCondition Condition);

/// <summary>What to do with an alert.</summary>
internal enum RuleOutcomeKind
{
    /// <summary>The condition stands.</summary>
    Raise,

    /// <summary>The condition is gone.</summary>
    Clear,

    /// <summary>Silence it by design from now on.</summary>
    Suppress,

    /// <summary>No longer silence it by design.</summary>
    Unsuppress,
}
