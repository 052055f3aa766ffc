using Linewatch.Analytics.Spc;

namespace Linewatch.Tests.Unit.Spc;

public sealed class CapabilityStudyTests
{
    [Fact]
    public void Fewer_than_25_subgroups_are_refused() =>
        Assert.Contains("25 are needed", CapabilityStudy.Of(Subgroups(24), 480, 520).Refusal, StringComparison.Ordinal);

    [Fact]
    public void A_process_out_of_control_is_refused()
    {
        List<IReadOnlyList<double>> subgroups = Subgroups(40);
        subgroups[20] = [540, 541, 539, 540, 540];

        CapabilityStudy study = CapabilityStudy.Of(subgroups, 480, 520);

        Assert.Equal((false, true), (study.IsStable, study.Within is null));
        Assert.Contains("not stable", study.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stuck_sensor_is_refused() =>
        Assert.Contains("stuck", CapabilityStudy.Of([.. Enumerable.Repeat((IReadOnlyList<double>)[500, 500, 500], 30)], 480, 520).Refusal, StringComparison.Ordinal);

    [Fact]
    public void A_stable_process_gets_both_families_of_indices()
    {
        CapabilityStudy study = CapabilityStudy.Of(Subgroups(30), 494, 506);

        Assert.Null(study.Refusal);
        Assert.InRange(study.Within!.Cpk!.Value, 0.85, 1.15);
        Assert.InRange(study.Overall!.Cpk!.Value, 0.85, 1.15);
    }

    /// <summary>Normal around 500 with σ 2.</summary>
    private static List<IReadOnlyList<double>> Subgroups(int count)
    {
        Random random = new(5);
        return [.. Enumerable.Range(0, count).Select(_ => (IReadOnlyList<double>)[.. Enumerable.Range(0, 5).Select(_ => MathNet.Numerics.Distributions.Normal.Sample(random, 500, 2))])];
    }
}
