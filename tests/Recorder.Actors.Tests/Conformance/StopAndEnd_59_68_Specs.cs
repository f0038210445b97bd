using Recorder.Contracts;
using Recorder.Testing;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Conformance;

/// <summary>Behaviours 59 to 68: <c>stop()</c>, and streams that end by themselves.</summary>
public sealed class StopAndEnd_59_68_Specs(ITestOutputHelper output) : RecorderSpec(output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Stop_does_nothing_when_fresh_stopped_or_ended_by_itself_59()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera);
        StopInVain();

        Record(Second);
        recorder.Stop();
        recorder.ExpectBlob();
        recorder.ExpectStopped(StopReason.Requested);
        StopInVain();

        Record(Second);
        camera.End();
        recorder.ExpectBlob();
        recorder.ExpectStopped(StopReason.SourceEnded);
        StopInVain();

        void Record(TimeSpan time)
        {
            recorder.Start();
            Clock.Advance(time);
            recorder.ExpectStarted();
        }

        void StopInVain()
        {
            recorder.Send(new Stop(recorder.Id)).ShouldBe(new Accepted(recorder.Id, RecorderState.Inactive));
            Clock.Advance(Second);
            recorder.ExpectNoEvent();
        }
    }

    [Fact]
    public void The_recorder_is_inactive_at_once_60()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start();
        Clock.Advance(Second);
        recorder.ExpectStarted();

        // The disk delays the events, not the state.
        Disk.Stall();
        recorder.Send(new Stop(recorder.Id)).ShouldBe(new Accepted(recorder.Id, RecorderState.Inactive));

        recorder.State.ShouldBe(RecorderState.Inactive);
        recorder.ExpectNoEvent();
        Disk.Continue();
        recorder.ExpectBlob(TimeSpan.Zero, Second);
        recorder.ExpectStopped(StopReason.Requested, Second);
    }

    [Fact]
    public void Dataavailable_comes_then_stop_and_their_handlers_see_inactive_61() => RecorderWorld.Explore(30, world =>
    {
        var recorder = world.CreateRecorder(world.Source());
        recorder.Start();
        world.Clock.Advance(Second);
        recorder.ExpectStarted();
        var seen = Witness.Of(world, recorder);

        recorder.Stop();

        recorder.ExpectBlob(TimeSpan.Zero, Second, empty: false);
        recorder.ExpectStopped(StopReason.Requested);
        recorder.ExpectNoEvent();
        seen.ShouldBe([(typeof(DataAvailable), RecorderState.Inactive), (typeof(Stopped), RecorderState.Inactive)]);
    });

    [Fact]
    public void Start_then_stop_at_once_start_still_comes_first_62() => RecorderWorld.Explore(100, world =>
    {
        var camera = world.Source();
        var recorder = world.CreateRecorder(camera);
        recorder.Post(new Start(recorder.Id));
        recorder.Post(new Stop(recorder.Id));
        camera.Emit(25);
        world.Clock.Advance(Second);

        var started = recorder.ExpectStarted();
        recorder.ExpectBlob(TimeSpan.Zero).Recording.ShouldBe(started.Recording);
        recorder.ExpectStopped(StopReason.Requested).Recording.ShouldBe(started.Recording);
        recorder.ExpectNoEvent();
        recorder.State.ShouldBe(RecorderState.Inactive);
    });

    [Fact]
    public void A_restart_works_with_a_fresh_header_63()
    {
        var recorder = CreateRecorder(Source());
        var first = Record();
        Clock.Advance(5 * Second);
        var second = Record();

        second.Recording.ShouldNotBe(first.Recording);
        second.Path.ShouldNotBe(first.Path);
        (second.Number, second.Offset).ShouldBe((1, 0));
        foreach (var blob in new[] { first, second })
        {
            var played = Decoded.Of(Disk.Read(blob));
            (played.Video.DecodeErrors, played.Video.Frames.Count).ShouldBe((0, 25));
            played.Video.Frames[0].Time.ShouldBeLessThan(0.1 * Second);
        }

        Blob Record()
        {
            recorder.Start();
            Clock.Advance(Second);
            recorder.Stop();
            recorder.ExpectStarted();
            var blob = recorder.ExpectBlob(TimeSpan.Zero, Second, empty: false);
            recorder.ExpectStopped(StopReason.Requested, Second);
            return blob;
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(100, false)]
    [InlineData(0, true)]
    public void Stop_then_start_at_once_the_recordings_do_not_mix_64(int delay, bool fails) => RecorderWorld.Explore(30, world =>
    {
        var camera = world.Source();
        var recorder = world.CreateRecorder(camera, id: "front");
        world.Disk.Delay = TimeSpan.FromMilliseconds(delay);
        recorder.Start(0.4 * Second);
        world.Clock.Advance(Second);

        // Both commands wait in the mailbox, and behind them a message of the source to the first recording: media, or a failure.
        var mailbox = world.Sys.ActorSelection("/user/recorders/front");
        mailbox.Tell(new Stop(recorder.Id));
        mailbox.Tell(new Start(recorder.Id, 0.4 * Second));
        if (fails)
        {
            camera.Fail(ErrorName.UnknownError, "The camera is broken.");
            camera.Play();
        }
        else
        {
            camera.Emit(10);
        }

        world.Clock.Advance(2 * Second);
        recorder.Stop();
        world.Clock.Advance(10 * Second);

        var (first, firstBlobs) = Take();
        var (second, secondBlobs) = Take();
        recorder.ExpectNoEvent();
        second.ShouldNotBe(first);
        firstBlobs[0].Path.ShouldNotBe(secondBlobs[0].Path);
        Decoded.Of(world.Disk, firstBlobs).Video.Frames.Count.ShouldBe(25);
        var played = Decoded.Of(world.Disk, secondBlobs);
        played.Video.Frames.Count.ShouldBeInRange(39, 50);
        (played.Video.DecodeErrors, played.Video.KeyFrames.First()).ShouldBe((0, played.Video.Frames[0].Time));

        (RecordingId Recording, List<Blob> Blobs) Take()
        {
            var recording = recorder.ExpectStarted().Recording;
            var blobs = new List<Blob>();
            while (blobs.Count < recorder.Blobs.Count(blob => blob.Recording == recording))
                blobs.Add(recorder.ExpectBlob());

            recorder.ExpectStopped(StopReason.Requested).Recording.ShouldBe(recording);
            blobs.ShouldAllBe(blob => blob.Recording == recording);
            blobs.SelectMany(world.Disk.Read).ShouldBe(world.Disk.Read(blobs[0].Path));
            return (recording, blobs);
        }
    });

    [Theory]
    [InlineData("")]
    [InlineData("video/x-matroska")]
    public void The_mimeType_reverts_65(string mimeType)
    {
        var camera = Source();
        var recorder = CreateRecorder(camera, new RecorderOptions { MimeType = mimeType });
        foreach (var end in new Action[] { recorder.Stop, () => camera.Remove(camera.Audio), camera.End })
        {
            recorder.Status.MimeType.ShouldBe(mimeType);
            recorder.Start();
            Clock.Advance(Second);
            recorder.Status.MimeType.ShouldContain("codecs=");

            end();

            recorder.State.ShouldBe(RecorderState.Inactive);
            recorder.Status.MimeType.ShouldBe(mimeType);
        }
    }

    [Theory]
    [InlineData(TrackKind.Video)]
    [InlineData(TrackKind.Audio)]
    public void One_track_ends_and_the_recording_goes_on_66(TrackKind ending)
    {
        var camera = Source();
        var recorder = CreateRecorder(camera);
        recorder.Start();
        Clock.Advance(Second);
        recorder.ExpectStarted();

        camera.EndTrack(ending == TrackKind.Video ? camera.Video : camera.Audio);
        Clock.Advance(2 * Second);

        recorder.ExpectNoEvent();
        recorder.State.ShouldBe(RecorderState.Recording);
        recorder.Stop();
        var blob = recorder.ExpectBlob(TimeSpan.Zero);
        recorder.ExpectStopped(StopReason.Requested).Duration.TotalSeconds.ShouldBe(3, 0.1);
        var played = Decoded.Of(Disk.Read(blob));
        var (video, audio) = ending == TrackKind.Video ? (1, 3) : (3, 1);
        played.Video.Packets.Count.ShouldBe(video * 25);
        played.Audio.Packets[^1].Time.TotalSeconds.ShouldBe(audio, 0.1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void All_tracks_end_inactive_then_data_then_stop_67(bool together)
    {
        var camera = Source();
        var recorder = CreateRecorder(camera);
        recorder.Start();
        Clock.Advance(Second);
        recorder.ExpectStarted();
        var seen = Witness.Of(World, recorder);

        if (together)
        {
            camera.End();
        }
        else
        {
            camera.EndTrack(camera.Audio);
            recorder.ExpectNoEvent();
            camera.EndTrack(camera.Video);
        }

        recorder.State.ShouldBe(RecorderState.Inactive);
        recorder.ExpectBlob(TimeSpan.Zero, Second, empty: false);
        recorder.ExpectStopped(StopReason.SourceEnded, Second);
        recorder.ExpectNoEvent();
        seen.Where(entry => entry.Event != typeof(SourceChanged)).ShouldBe(
            [(typeof(DataAvailable), RecorderState.Inactive), (typeof(Stopped), RecorderState.Inactive)]);
    }

    [Theory]
    [InlineData(StopReason.Requested)]
    [InlineData(StopReason.SourceEnded)]
    public void All_tracks_end_and_stop_is_called_there_is_one_sequence_68(StopReason first) => RecorderWorld.Explore(20, world =>
    {
        var camera = world.Source();
        var recorder = world.CreateRecorder(camera, id: "front");
        recorder.Start();
        world.Clock.Advance(Second);
        recorder.ExpectStarted();

        // Both commands wait in the mailbox.
        if (first == StopReason.Requested)
            world.Sys.ActorSelection("/user/recorders/front").Tell(new Stop(recorder.Id));
        else
            recorder.Post(new Stop(recorder.Id));

        camera.End();
        world.Clock.Advance(Second);

        recorder.ExpectBlob(TimeSpan.Zero, Second, empty: false);
        recorder.ExpectStopped(first, Second);
        recorder.ExpectNoEvent();
    });
}
