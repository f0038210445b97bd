using Recorder.Actors.Recording;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Recording;

public class SliceClockSpecs
{
    [Fact]
    public void A_GOP_begins_a_fragment_but_not_every_frame_of_a_stream_of_key_frames_does()
    {
        var slicer = new SliceClock(null, Ms(1000), null, null);

        slicer.Before(Ms(0), true, 0).ShouldBe(Cut.None);
        slicer.Before(Ms(40), true, 0).ShouldBe(Cut.None);
        slicer.Before(Ms(80), false, 0).ShouldBe(Cut.None);
        slicer.Before(Ms(120), true, 0).ShouldBe(Cut.Fragment);
        slicer.Before(Ms(160), true, 0).ShouldBe(Cut.None);
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    [Fact]
    public void A_blob_ends_with_the_first_packet_at_or_after_the_timeslice()
    {
        var slicer = new SliceClock(Ms(1000), Ms(5000), null, null);

        slicer.Before(Ms(0), true, 0).ShouldBe(Cut.None);
        slicer.Before(Ms(960), false, 0).ShouldBe(Cut.None);
        slicer.Before(Ms(1000), false, 0).ShouldBe(Cut.Blob);
        slicer.Before(Ms(1040), false, 0).ShouldBe(Cut.None);
    }

    [Fact]
    public void Every_blob_holds_at_least_the_timeslice_when_frames_do_not_divide_it()
    {
        var slicer = new SliceClock(Ms(100), Ms(5000), null, null);
        var cuts = Enumerable.Range(0, 31).Select(frame => frame * 1000 / 30).Where(time => slicer.Before(Ms(time), false, 0) == Cut.Blob).ToList();

        cuts.Zip(cuts.Skip(1)).ShouldAllBe(pair => pair.Second - pair.First >= 100);
        cuts.Count.ShouldBeGreaterThanOrEqualTo(7);
    }

    [Fact]
    public void Without_a_timeslice_only_fragments_end()
    {
        var slicer = new SliceClock(null, Ms(1000), null, null);

        Enumerable.Range(0, 100).Select(frame => slicer.Before(Ms(frame * 40), frame % 50 == 0, 0)).Distinct()
            .ShouldBe([Cut.None, Cut.Fragment]);
    }

    [Fact]
    public void An_extent_ends_by_time_at_the_next_key_frame_only()
    {
        var slicer = new SliceClock(null, Ms(10_000), Ms(2000), null);

        slicer.Before(Ms(2000), false, 0).ShouldBe(Cut.None);
        slicer.Before(Ms(2400), true, 0).ShouldBe(Cut.Extent);
        slicer.Before(Ms(4000), true, 0).ShouldBe(Cut.None);
        slicer.Before(Ms(4400), true, 0).ShouldBe(Cut.Extent);
    }

    [Fact]
    public void An_extent_ends_by_size_at_the_next_key_frame()
    {
        var slicer = new SliceClock(null, Ms(10_000), null, 1000);

        slicer.Before(Ms(100), false, 1200).ShouldBe(Cut.None);
        slicer.Before(Ms(200), true, 1200).ShouldBe(Cut.Extent);
    }

    [Fact]
    public void A_requested_blob_starts_the_timeslice_anew()
    {
        var slicer = new SliceClock(Ms(1000), Ms(5000), null, null);
        slicer.Apply(Cut.Blob, Ms(600));

        slicer.Before(Ms(1000), false, 0).ShouldBe(Cut.None);
        slicer.Before(Ms(1600), false, 0).ShouldBe(Cut.Blob);
    }

    [Fact]
    public void The_first_extent_is_shorter_by_the_phase_and_the_others_are_not()
    {
        var slicer = new SliceClock(null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), null, phase: 0.7);
        var cuts = Enumerable.Range(0, 30).Where(second => slicer.Before(TimeSpan.FromSeconds(second), key: true, 0) == Cut.Extent);
        cuts.ShouldBe([3, 13, 23]);
    }

    [Fact]
    public void Recorders_have_phases_that_are_spread_and_stay_the_same()
    {
        var phases = Enumerable.Range(1, 1000).Select(number => SliceClock.PhaseOf(new RecorderId($"cam-{number}"))).ToList();
        phases.ShouldAllBe(phase => phase >= 0 && phase < 1);
        phases.GroupBy(phase => (int)(phase * 10)).ShouldAllBe(tenth => tenth.Count() > 50 && tenth.Count() < 200);
        SliceClock.PhaseOf(new RecorderId("cam-1")).ShouldBe(phases[0]);
    }
}
