using FsCheck;
using FsCheck.Fluent;
using Recorder.Cluster.Registry;
using Recorder.Contracts;

namespace Recorder.Cluster.Tests.Decisions;

/// <summary>Changes of a recorder on nodes that cannot reach each other, merged when they can.</summary>
public class RegistrySpecs
{
    private static readonly RegisteredRecorder Base = RegisteredRecorder.Create(new RecorderId("r"), "{}", DesiredState.Inactive, "n1");

    [Fact]
    public void Of_a_start_and_a_stop_at_the_same_time_the_start_wins()
    {
        var (merged, conflicts) = Base.Desire(DesiredState.Inactive, "n9").MergeWith(Base.Desire(DesiredState.Recording, "n1"));

        merged.ShouldRecord.ShouldBeTrue();
        conflicts.ShouldBe([nameof(RegisteredRecorder.Desired)]);
    }

    [Fact]
    public void A_recorder_that_is_changed_and_deleted_at_the_same_time_stays()
    {
        var (merged, conflicts) = Base.Delete("n9").MergeWith(Base.Define("{1}", "n1"));

        merged.Exists.ShouldBeTrue();
        merged.Definition.Value.Json.ShouldBe("{1}");
        conflicts.ShouldBe([nameof(RegisteredRecorder.Existence)]);
    }

    [Fact]
    public void A_deletion_that_knew_of_the_change_deletes() =>
        Base.MergeWith(Base.Define("{1}", "n2").Delete("n1")).Merged.Exists.ShouldBeFalse();

    // Every order in which nodes hear of each other's changes, any number of times, leads to the same registry.
    [Fact]
    public void Merging_is_commutative_associative_and_idempotent() =>
        Prop.ForAll(Versions(), Versions(), Versions(), (one, two, three) =>
        {
            Merge(one, two).ShouldBe(Merge(two, one));
            Merge(Merge(one, two), three).ShouldBe(Merge(one, Merge(two, three)));
            Merge(one, one).ShouldBe(one);
        }).QuickCheckThrowOnFailure();

    private static RegisteredRecorder Merge(RegisteredRecorder one, RegisteredRecorder other) => one.MergeWith(other).Merged;

    private static Arbitrary<RegisteredRecorder> Versions() =>
        Gen.Choose(0, 11).ListOf().Select(steps => steps.Aggregate(Base, Change)).ToArbitrary();

    private static RegisteredRecorder Change(RegisteredRecorder known, int step)
    {
        var node = $"n{step % 3}";
        return (step / 3) switch
        {
            0 => known.Delete(node),
            1 => known.Desire(DesiredState.Recording, node),
            2 => known.Desire(DesiredState.Inactive, node),
            _ => known.Define($"{{{step}}}", node),
        };
    }
}
