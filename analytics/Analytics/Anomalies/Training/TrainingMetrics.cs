namespace Linewatch.Analytics.Anomalies.Training;

/// <summary>How a model of a machine did on data held back from its training.</summary>
public sealed record TrainingMetrics
{
    /// <summary>Signals watched.</summary>
    public required int Signals { get; init; }

    /// <summary>Signals of which enough was learned to judge them.</summary>
    public required int Judging { get; init; }

    /// <summary>Readings in the training data.</summary>
    public required long TrainingReadings { get; init; }

    /// <summary>Readings in the data held back.</summary>
    public required long HeldBackReadings { get; init; }

    /// <summary>Length of the data held back, days.</summary>
    public required double HeldBackDays { get; init; }

    /// <summary>Alarms of anomalies where no alert stood that people judged true or have not judged yet.</summary>
    public required int FalseAlarms { get; init; }

    /// <summary>Alarms where an alert stood that nobody has judged: neither true nor false.</summary>
    public required int UnjudgedAlarms { get; init; }

    /// <summary>Alerts in the data held back that people judged true.</summary>
    public required int TrueKnown { get; init; }

    /// <summary>Those of them at which the model raised an alarm too.</summary>
    public required int TrueFound { get; init; }

    /// <summary>Alerts in the data held back that people judged false or duty.</summary>
    public required int FalseKnown { get; init; }

    /// <summary>Those of them at which the model raised an alarm again.</summary>
    public required int FalseRepeated { get; init; }

    /// <summary>Sensors reported as faulty.</summary>
    public required int SensorFaults { get; init; }

    /// <summary>
    /// Median over the signals of the population stability index of the errors held back against those of training; below 0.1 the
    /// p-values are calibrated, above 0.25 they are not. Null while too little is known.
    /// </summary>
    public double? Drift { get; init; }

    /// <summary>The same as the largest distance of the distribution of p-values from the uniform one, 0 to 1.</summary>
    public double? Distance { get; init; }

    /// <summary>The watch over its rows; null where there is none.</summary>
    public RowMetrics? Rows { get; init; }

    /// <summary>By signal, in the order of the plant file.</summary>
    public IReadOnlyList<SignalMetrics> BySignal { get; init; } = [];

    /// <summary>False alarms a machine-week; null without data held back.</summary>
    public double? FalseAlarmsPerMachineWeek => HeldBackDays > 0 ? FalseAlarms / (HeldBackDays / 7) : null;
}

/// <summary>How the watch over a machine's rows did; its alarms count with those of the signals.</summary>
/// <param name="TrainingRows">Rows it was fitted on; 0 for one that was fitted in an earlier training.</param>
/// <param name="Signals">Signals in a row.</param>
/// <param name="Alarms">Alarms in the data held back.</param>
/// <param name="Drift">Population stability index of how strange the rows held back were against those of training; null while too little is known.</param>
/// <param name="Distance">Largest distance of their p-values from uniform; null while too little is known.</param>
public sealed record RowMetrics(int TrainingRows, int Signals, int Alarms, double? Drift = null, double? Distance = null);

/// <summary>How a model did for one signal.</summary>
/// <param name="Signal">Id of the signal within its machine.</param>
/// <param name="Alarms">Alarms of anomalies in the data held back.</param>
/// <param name="Drift">Population stability index; null while too little is known.</param>
/// <param name="Distance">Largest distance of the p-values from uniform; null while too little is known.</param>
public sealed record SignalMetrics(string Signal, int Alarms, double? Drift, double? Distance);
