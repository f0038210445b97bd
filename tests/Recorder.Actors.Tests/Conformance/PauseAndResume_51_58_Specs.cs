using Recorder.Contracts;
using Recorder.Testing;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Conformance;

/// <summary>Behaviours 51 to 58: <c>pause()</c> and <c>resume()</c>.</summary>
public sealed class PauseAndResume_51_58_Specs(ITestOutputHelper output) : RecorderSpec(output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Pause_and_resume_of_an_inactive_recorder_are_InvalidStateErrors_51()
    {
        var recorder = CreateRecorder(Source());
        ExpectBothRefused(recorder);
        recorder.Events.ShouldBeEmpty();

        recorder.Start();
        Clock.Advance(Second);
        recorder.Pause();
        recorder.Stop();
        recorder.ExpectStarted();
        recorder.ExpectPaused();
        recorder.ExpectBlob();
        recorder.ExpectStopped();
        ExpectBothRefused(recorder);
        recorder.ExpectNoEvent();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_state_changes_at_once_and_one_event_follows_52(int seconds) => RecorderWorld.Explore(20, world =>
    {
        var recorder = world.CreateRecorder(world.Source());
        recorder.Start();
        world.Clock.Advance(seconds * Second);
        if (seconds > 0)
            recorder.ExpectStarted();

        // A disk that does not answer delays events, not states.
        world.Disk.Stall();
        recorder.RequestData();
        recorder.Send(new Pause(recorder.Id)).ShouldBe(new Accepted(recorder.Id, RecorderState.Paused));
        recorder.State.ShouldBe(RecorderState.Paused);
        recorder.Send(new Resume(recorder.Id)).ShouldBe(new Accepted(recorder.Id, RecorderState.Recording));
        recorder.State.ShouldBe(RecorderState.Recording);
        world.Disk.Continue();

        recorder.ExpectBlob();
        recorder.ExpectPaused();
        recorder.ExpectResumed();
        recorder.ExpectNoEvent();
    });

    [Fact]
    public void A_repeated_pause_is_silent_53()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start();
        Clock.Advance(Second);
        recorder.ExpectStarted();
        recorder.Pause();
        recorder.ExpectPaused();

        recorder.Send(new Pause(recorder.Id)).ShouldBe(new Accepted(recorder.Id, RecorderState.Paused));

        Clock.Advance(Second);
        recorder.ExpectNoEvent();
        recorder.State.ShouldBe(RecorderState.Paused);
    }

    [Fact]
    public void A_repeated_resume_is_silent_54()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start();
        Clock.Advance(Second);
        recorder.ExpectStarted();
        recorder.Send(new Resume(recorder.Id)).ShouldBe(new Accepted(recorder.Id, RecorderState.Recording), "never paused");
        recorder.ExpectNoEvent();
        recorder.Pause();
        recorder.Resume();
        recorder.ExpectPaused();
        recorder.ExpectResumed();

        recorder.Send(new Resume(recorder.Id)).ShouldBe(new Accepted(recorder.Id, RecorderState.Recording));

        Clock.Advance(Second);
        recorder.ExpectNoEvent();
        recorder.State.ShouldBe(RecorderState.Recording);
    }

    // Media after a pause begins with a key frame; the last case waits 0.8 s for one.
    [Theory]
    [InlineData("", 2, 5, 2)]
    [InlineData("video/webm;codecs=vp8,opus", 2, 5, 2)]
    [InlineData("", 1.2, 2, 1.8)]
    public void Paused_media_is_left_out_and_the_duration_shrinks_55(string mimeType, double before, double paused, double after)
    {
        var recorder = CreateRecorder(Source(), new RecorderOptions { MimeType = mimeType });
        recorder.Start();
        Clock.Advance(before * Second);
        recorder.Pause();
        Clock.Advance(paused * Second);
        recorder.Resume();
        Clock.Advance(after * Second);
        recorder.Stop();

        var recorded = before == 1.2 ? 1.2 + 1 : before + after;
        recorder.ExpectStarted();
        recorder.ExpectPaused();
        recorder.ExpectResumed();
        var blob = recorder.ExpectBlob(TimeSpan.Zero, recorded * Second);
        recorder.ExpectStopped(StopReason.Requested, recorded * Second);
        var played = Decoded.Of(Disk.Read(blob));
        played.Duration!.Value.TotalSeconds.ShouldBe(recorded, 0.1);
        played.Video.DecodeErrors.ShouldBe(0);
        played.Video.Frames.Count.ShouldBe((int)Math.Round(recorded * 25));
        var times = played.Video.Frames.Select(frame => frame.Time).ToList();
        times.Zip(times.Skip(1)).ShouldAllBe(pair => pair.Second - pair.First < 0.06 * Second);
        played.Audio.Packets[^1].Time.TotalSeconds.ShouldBe(recorded, 0.1);
    }

    [Fact]
    public void No_slice_is_delivered_while_paused_56()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start(Second);
        Clock.Advance(1.6 * Second);
        recorder.Pause();
        recorder.ExpectStarted();
        recorder.ExpectBlob(TimeSpan.Zero, Second);
        recorder.ExpectPaused();

        Clock.Advance(20 * Second);
        recorder.ExpectNoEvent();

        // Only recorded media counts towards the timeslice.
        recorder.Resume();
        Clock.Advance(2 * Second);
        recorder.ExpectResumed();
        recorder.ExpectBlob(Second, Second);
    }

    [Fact]
    public void The_same_blob_goes_on_after_resume_57()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start();
        Clock.Advance(Second);
        recorder.Pause();
        Clock.Advance(3 * Second);
        recorder.Resume();
        Clock.Advance(Second);
        recorder.Stop();

        recorder.ExpectStarted();
        recorder.ExpectPaused();
        recorder.ExpectResumed();
        var blob = recorder.ExpectBlob(TimeSpan.Zero, 2 * Second);
        recorder.ExpectStopped(StopReason.Requested, 2 * Second).Blobs.ShouldBe(1);
        blob.Length.ShouldBe(Disk.Read(blob.Path).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Stop_while_paused_gives_dataavailable_then_stop_58(int seconds)
    {
        var recorder = CreateRecorder(Source());
        recorder.Start();
        Clock.Advance(seconds * Second);
        recorder.Pause();
        Clock.Advance(Second);

        recorder.Stop();

        recorder.State.ShouldBe(RecorderState.Inactive);
        if (seconds > 0)
        {
            recorder.ExpectStarted();
            recorder.ExpectPaused();
        }
        else
        {
            // Paused before any media arrived: the start event still comes first.
            recorder.ExpectPaused();
            recorder.ExpectStarted();
        }

        recorder.ExpectBlob(TimeSpan.Zero, seconds * Second, empty: seconds == 0);
        recorder.ExpectStopped(StopReason.Requested, seconds * Second);
        recorder.ExpectNoEvent();
    }

    private static void ExpectBothRefused(TestRecorder recorder)
    {
        recorder.ExpectRefused(new Pause(recorder.Id), ErrorName.InvalidStateError).Message.ShouldContain("inactive");
        recorder.ExpectRefused(new Resume(recorder.Id), ErrorName.InvalidStateError).Message.ShouldContain("inactive");
        recorder.State.ShouldBe(RecorderState.Inactive);
    }
}
