using Recorder.Actors.Takes;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Takes;

/// <summary>What becomes of two copies of a take that two nodes changed apart from each other.</summary>
public sealed class TakeMergeSpecs
{
    private static readonly DateTimeOffset At = new(2026, 12, 1, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Marks_changes_and_recordings_of_both_are_kept_in_the_order_of_time()
    {
        var newer = Take() with { Marks = [new TakeMark(At, "a")], History = [new SlateChange(At.AddSeconds(2), "notes", "", "b")] };
        newer = newer with { Angles = [newer.Angles[0] with { Recordings = [RecordingId.Create(At.AddSeconds(5), 1)] }] };
        var other = Take() with { Marks = [new TakeMark(At, "a"), new TakeMark(At, "b")], History = [new SlateChange(At.AddSeconds(1), "notes", "", "a")] };
        other = other with { Angles = [other.Angles[0] with { Recordings = [RecordingId.Create(At, 1)] }] };

        var (merged, hasMore) = TakeMerge.Merge(newer, other);

        hasMore.ShouldBeTrue();
        merged.Marks.Select(mark => mark.Name).ShouldBe(["a", "b"]);
        merged.History.Select(change => change.To).ShouldBe(["a", "b"]);
        merged.Angles[0].Recordings.ShouldBe([RecordingId.Create(At, 1), RecordingId.Create(At.AddSeconds(5), 1)]);
        TakeMerge.Merge(merged, other).HasMore.ShouldBeFalse("it is merged once");
        TakeMerge.Merge(merged, newer).HasMore.ShouldBeFalse();
    }

    [Fact]
    public void One_that_was_begun_goes_before_one_that_was_only_armed_and_not_before_one_that_was_let_go()
    {
        var armed = Take() with { State = TakeState.Armed, At = null, TimeCode = null };

        TakeMerge.Merge(armed, Take()).Merged.ShouldBe(armed with { State = TakeState.Recording, At = At, CommittedAt = At, TimeCode = "10:00:00:00", TimeCodeDetail = "", Angles = armed.Angles }, ByJson);
        TakeMerge.Merge(armed with { State = TakeState.Done }, Take()).ShouldBe((armed with { State = TakeState.Done }, false));
    }

    [Fact]
    public void Time_code_that_only_one_side_could_read_is_kept_with_all_that_belongs_to_it()
    {
        var synced = Take() with { TimeCode = "01:02:03:04", TimeCodeSource = TimeCodeSource.Ltc, TimeCodePhase = TimeSpan.FromMilliseconds(7), TimeCodeDetail = "ahead" };

        var (merged, hasMore) = TakeMerge.Merge(Take(), synced);

        hasMore.ShouldBeTrue();
        (merged.TimeCode, merged.TimeCodeSource, merged.TimeCodePhase, merged.TimeCodeDetail).ShouldBe(("01:02:03:04", TimeCodeSource.Ltc, TimeSpan.FromMilliseconds(7), "ahead"));
        TakeMerge.Merge(synced, Take()).HasMore.ShouldBeFalse();
        TakeMerge.Merge(Take() with { At = At.AddSeconds(9) }, synced).HasMore.ShouldBeFalse("it is of another moment");
    }

    private static IEqualityComparer<Take> ByJson { get; } = EqualityComparer<Take>.Create((one, other) => Contracts.Json.ProtocolJson.Write(one!) == Contracts.Json.ProtocolJson.Write(other!));

    private static Take Take() => new()
    {
        Id = TakeId.Create(At, 1),
        State = TakeState.Recording,
        Slate = new Slate { Take = 1 },
        At = At,
        CommittedAt = At,
        TimeCode = "10:00:00:00",
        TimeCodeSource = TimeCodeSource.Clock,
        Angles = [new TakeAngle { Recorder = new RecorderId("a"), Camera = "a", Angle = "A", State = AngleState.Recording }],
    };
}
