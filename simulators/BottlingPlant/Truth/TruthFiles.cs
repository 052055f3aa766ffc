using System.Globalization;
using Linewatch.BottlingPlant.Failures;
using Linewatch.BottlingPlant.Flow;

namespace Linewatch.BottlingPlant.Truth;

/// <summary>Writes the ground truth as CSV; columns and definitions are in the README.</summary>
internal static class TruthFiles
{
    public static void Write(string folder, DateTime start, IReadOnlyList<LineSimulation> lines)
    {
        Directory.CreateDirectory(folder);
        WriteFile(folder, "shifts.csv", ShiftFigures.Header, lines.SelectMany(line => ShiftFigures.Of(line, start).Select(shift => shift.ToCsv())));
        WriteFile(folder, "stops.csv", "line,machine,start,end,bucket,fault_code,cause_machine,lost_s", lines.SelectMany(line => Stops(line, start)));
        WriteFile(folder, "states.csv", "line,machine,start,end,condition,state,program,fault_code,product", lines.SelectMany(line => States(line, start)));
        WriteFile(folder, "failures.csv", "line,machine,mode,component,onset,detectable,functional_failure,repaired,signals,benign", lines.SelectMany(line => Failures(line, start)));
    }

    /// <summary>An instant as the files show it.</summary>
    public static string Time(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The bucket of a stop in the words of the truth.</summary>
    public static string Bucket(StopInterval stop, long microStop) => stop.Condition switch
    {
        Condition.OwnFailure => stop.End - stop.Start < microStop ? "minor-stop" : "breakdown",
        Condition.SetUp => "setup",
        Condition.Tailback => "tailback",
        Condition.External => "external",
        Condition.Waiting => "waiting",
        _ => "lack",
    };

    private static IEnumerable<string> Stops(LineSimulation line, DateTime start)
    {
        long microStop = (long)line.Model.MicroStop.TotalMilliseconds;

        // A stop that a break cuts in two has two rows; what it cost stands in the first.
        HashSet<StopCause> credited = [];
        foreach (StopInterval stop in line.Truth.Stops.OrderBy(stop => stop.Start))
        {
            long lost = stop.Machine.Model.Id == line.Model.CriticalMachine ? stop.End - stop.Start : credited.Add(stop.Cause!) ? stop.Cause!.LostAtCritical : 0;
            yield return string.Create(CultureInfo.InvariantCulture, $"{line.Model.Id},{stop.Machine.Model.Id},{Time(start.AddMilliseconds(stop.Start))},{Time(start.AddMilliseconds(stop.End))},{Bucket(stop, microStop)},{stop.FaultCode},{stop.Cause?.Machine.Model.Id},{lost / 1000.0:F3}");
        }
    }

    private static IEnumerable<string> States(LineSimulation line, DateTime start) => line.Truth.States.Select(state => string.Create(
        CultureInfo.InvariantCulture,
        $"{line.Model.Id},{state.Machine.Model.Id},{Time(start.AddMilliseconds(state.Start))},{Time(start.AddMilliseconds(state.End))},{Name(state.Condition)},{state.State},{(int)state.Programme},{state.FaultCode},{state.Product}"));

    private static IEnumerable<string> Failures(LineSimulation line, DateTime start)
    {
        foreach ((Machine machine, Failure failure) in line.Truth.Failures)
        {
            string At(long? time) => time is { } value ? Time(start.AddMilliseconds(value)) : "";
            string component = failure.Component > 0 ? failure.Component.ToString(CultureInfo.InvariantCulture) : "";
            string signals = string.Join(' ', failure.Mode.Effects.Select(effect => effect.Signal));
            yield return $"{line.Model.Id},{machine.Model.Id},{failure.Mode.Id},{component},{At(failure.Onset)},{At(failure.Detectable)},{At(failure.FunctionalFailure)},{At(failure.Repaired)},{signals},{(failure.Mode.Benign ? "true" : "false")}";
        }
    }

    private static string Name(Condition condition) => condition switch
    {
        Condition.Run => "run",
        Condition.OwnFailure => "own-failure",
        Condition.External => "external",
        Condition.Lack => "lack",
        Condition.Tailback => "tailback",
        Condition.LackBranch => "lack-branch",
        Condition.SetUp => "setup",
        Condition.Waiting => "waiting",
        Condition.PlannedDown => "planned-down",
        _ => "not-scheduled",
    };

    private static void WriteFile(string folder, string name, string header, IEnumerable<string> rows)
    {
        using StreamWriter file = new(Path.Combine(folder, name)) { NewLine = "\n" };
        file.WriteLine(header);
        foreach (string row in rows)
        {
            file.WriteLine(row);
        }
    }
}
