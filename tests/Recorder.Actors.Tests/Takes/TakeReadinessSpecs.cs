using Recorder.Actors.Takes;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Takes;

/// <summary>How long the volumes of a take's nodes have room.</summary>
public sealed class TakeReadinessSpecs
{
    private const long Minute = 60 * 1_000;

    [Fact]
    public void Each_node_s_recorders_share_the_room_of_its_own_volume()
    {
        var angles = TakeReadiness.WithTimeLeft(
            [Angle("a"), Angle("b"), Angle("c"), Angle("d"), Angle("new")],
            Rates(("a", 400, null, null), ("b", 600, null, null), ("c", 1_000, "n2", 3 * Minute), ("d", 1_000, "n2", 3 * Minute)),
            freeBytes: 20 * Minute, least: TimeSpan.FromMinutes(5));

        angles.Select(angle => angle.TimeLeft?.TotalMinutes).ShouldBe([20, 20, 1.5, 1.5, null]);
        angles.Select(angle => angle.State).ShouldBe([AngleState.Ready, AngleState.Ready, AngleState.NotReady, AngleState.NotReady, AngleState.Ready]);
        angles[2].Obstacle.ShouldBe(TakeObstacle.DiskShort);
        angles[2].Detail.ShouldContain("room for 1.5 min");
    }

    [Fact]
    public void A_volume_that_cannot_be_read_keeps_nobody_from_recording()
    {
        var angles = TakeReadiness.WithTimeLeft([Angle("a"), Angle("b")], Rates(("a", 400, null, null), ("b", 400, "n2", null)), freeBytes: null, least: TimeSpan.FromMinutes(5));

        angles.ShouldAllBe(angle => angle.TimeLeft == null && angle.State == AngleState.Ready);
    }

    private static TakeAngle Angle(string recorder) => new() { Recorder = new RecorderId(recorder), Camera = recorder, Angle = recorder, State = AngleState.Ready };

    private static Dictionary<RecorderId, RecorderProtocol.Armed> Rates(params (string Recorder, long Rate, string? Node, long? Free)[] answers) =>
        answers.Select(it => new RecorderProtocol.Armed(new RecorderId(it.Recorder), RecorderState.Inactive, null) { BytesPerSecond = it.Rate, Node = it.Node, FreeBytes = it.Free })
            .ToDictionary(armed => armed.Recorder);
}
