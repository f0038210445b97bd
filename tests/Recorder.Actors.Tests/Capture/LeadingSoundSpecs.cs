using Recorder.Actors.Capture;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Capture;

public sealed class LeadingSoundSpecs
{
    private const int Video = 0;
    private const int Audio = 1;

    private readonly LeadingSound _sound = new();

    [Fact]
    public void The_sound_before_the_first_frame_is_returned_once_and_with_that_frame()
    {
        Take(0, (Audio, 0)).ShouldBeEmpty();
        Take(0.1, (Audio, 1)).ShouldBeEmpty();
        Take(0.2, (Audio, 2), (Video, 3), (Audio, 4)).ShouldBe([0, 1, 2]);
        Take(0.3, (Audio, 5), (Video, 6)).ShouldBeEmpty();
    }

    [Fact]
    public void Sound_is_dropped_if_a_GOP_was_joined_in_its_middle()
    {
        Take(0, (Audio, 0)).ShouldBeEmpty();
        Take(0.1, (Video, -1)).ShouldBeEmpty();
        Take(0.2, (Video, 3)).ShouldBeEmpty();
    }

    [Fact]
    public void Five_seconds_of_sound_are_kept()
    {
        Take(0, (Audio, 0)).ShouldBeEmpty();
        Take(3, (Audio, 1)).ShouldBeEmpty();
        Take(6, (Audio, 2)).ShouldBeEmpty();
        Take(7, (Video, 3)).ShouldBe([1, 2]);
    }

    [Fact]
    public void Without_video_no_subscriber_waits()
    {
        var batch = Batch((Audio, 0));
        _sound.Take(batch, 0, leading: -1, TimeSpan.Zero).ShouldBeEmpty();
        batch.Release();
    }

    // A frame with a time below zero is not a key frame.
    private List<long> Take(double at, params (int Track, long Time)[] packets)
    {
        var batch = Batch(packets);
        var taken = _sound.Take(batch, Array.FindIndex(packets, packet => packet is { Track: Video, Time: >= 0 }), Video, TimeSpan.FromSeconds(at));
        batch.Release();
        List<long> times = [.. taken.SelectMany(one => Enumerable.Range(0, one.Count).Select(index => one[index].Dts))];
        foreach (var one in taken)
            one.Release();

        return times;
    }

    private static PacketBatch Batch(params (int Track, long Time)[] packets)
    {
        var batch = PacketBatch.Rent();
        foreach (var (track, time) in packets)
            batch.Add([0], track, time, time, 1, time >= 0);

        return batch;
    }
}
