using Recorder.Contracts;
using Recorder.Testing;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Conformance;

/// <summary>Behaviours 69 to 78: errors while recording, and that they do not affect other recordings.</summary>
public sealed class Errors_69_78_Specs(ITestOutputHelper output) : RecorderSpec(output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_track_added_while_recording_is_an_InvalidModificationError_69()
    {
        var camera = Source("camera", ScriptedTrack.Video());
        var recorder = Record(camera);

        camera.Add(ScriptedTrack.Audio());

        recorder.ExpectError(ErrorName.InvalidModificationError).Message.ShouldContain("added");
        recorder.ExpectBlob(TimeSpan.Zero, Second, empty: false);
        recorder.ExpectStopped(StopReason.Failed);
        recorder.State.ShouldBe(RecorderState.Inactive);
    }

    [Fact]
    public void A_track_removed_while_recording_is_an_InvalidModificationError_70()
    {
        var camera = Source();
        var recorder = Record(camera);

        camera.Remove(camera.Audio);

        recorder.ExpectError(ErrorName.InvalidModificationError).Message.ShouldContain("removed");
        recorder.ExpectBlob(TimeSpan.Zero, Second, empty: false);
        recorder.ExpectStopped(StopReason.Failed);
        recorder.State.ShouldBe(RecorderState.Inactive);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public void The_order_is_start_error_dataavailable_stop_71(int diskDelay) => RecorderWorld.Explore(30, world =>
    {
        world.Disk.Delay = TimeSpan.FromMilliseconds(diskDelay);
        var camera = world.Source();
        var recorder = world.CreateRecorder(camera);
        recorder.Start();
        camera.Emit(25);
        camera.Add(ScriptedTrack.Audio());
        camera.Emit(25);
        world.Clock.Advance(2 * Second);

        var recording = recorder.ExpectStarted().Recording;
        recorder.ExpectError(ErrorName.InvalidModificationError);
        recorder.ExpectBlob(TimeSpan.Zero, empty: false).Recording.ShouldBe(recording);
        recorder.ExpectStopped(StopReason.Failed).Recording.ShouldBe(recording);
        recorder.ExpectNoEvent();
    });

    // The specification queues a task for the error, so a stop() that was sent before is carried out first.
    [Fact]
    public void Removal_and_an_immediate_stop_are_no_error_72() => RecorderWorld.Explore(50, world =>
    {
        var camera = world.Source();
        var recorder = world.CreateRecorder(camera);
        recorder.Start();
        world.Clock.Advance(Second);
        recorder.ExpectStarted();

        recorder.Post(new Stop(recorder.Id));
        camera.Remove(camera.Audio);
        world.Clock.Advance(Second);

        recorder.ExpectBlob(TimeSpan.Zero, Second, empty: false);
        recorder.ExpectStopped(StopReason.Requested);
        recorder.ExpectNoEvent();

        // The next recording is not affected either.
        recorder.Start();
        world.Clock.Advance(Second);
        recorder.ExpectStarted();
        recorder.ExpectNoEvent();
    });

    [Fact]
    public void What_was_gathered_is_kept_73()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera);
        recorder.Start(Second);
        Clock.Advance(1.6 * Second);

        camera.Remove(camera.Audio);

        recorder.ExpectStarted();
        var blobs = new[] { recorder.ExpectBlob(TimeSpan.Zero, Second, empty: false) };
        recorder.ExpectError(ErrorName.InvalidModificationError);
        blobs = [.. blobs, recorder.ExpectBlob(Second, 0.6 * Second, empty: false)];
        recorder.ExpectStopped(StopReason.Failed, 1.6 * Second);
        blobs.SelectMany(Disk.Read).ShouldBe(Disk.Read(blobs[0].Path));
        var played = Decoded.Of(Disk, blobs);
        (played.Video.DecodeErrors, played.Video.Frames.Count).ShouldBe((0, 40));
    }

    // The permission is the node's access to the source. Announced media is kept, and the rest is discarded.
    [Fact]
    public void Permission_lost_is_a_SecurityError_data_is_discarded_the_blob_is_empty_74()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera);
        recorder.Start(2 * Second);
        Clock.Advance(3.6 * Second);

        camera.Forbid("The camera's owner has taken access away.");

        recorder.ExpectStarted();
        var announced = recorder.ExpectBlob(TimeSpan.Zero, 2 * Second, empty: false);
        recorder.ExpectError(ErrorName.SecurityError).Message.ShouldBe("The camera's owner has taken access away.");
        recorder.ExpectBlob(2 * Second, empty: true);
        recorder.ExpectStopped(StopReason.Failed).Bytes.ShouldBe(announced.Length);
        Disk.Read(announced.Path).Length.ShouldBe((int)announced.Length, "nothing else is on disk");
        Decoded.Of(Disk.Read(announced)).Video.Frames.Count.ShouldBe(50);
    }

    // The WebM muxer parses AV1 and fails on bytes that are not AV1. No container contains another codec than its header states.
    [Theory]
    [InlineData("a packet that is none")]
    [InlineData("another codec")]
    public void An_encoder_or_muxer_failure_is_an_UnknownError_then_dataavailable_then_stop_75(string failure)
    {
        var camera = Source("camera", ScriptedTrack.Video("av1", height: 64), ScriptedTrack.Audio("opus"));
        var recorder = CreateRecorder(camera, new RecorderOptions { MimeType = "video/webm" });
        recorder.Start();
        Clock.Advance(1.6 * Second);
        recorder.ExpectStarted();

        if (failure == "another codec")
            camera.Recode(camera.Video, "vp8");
        else
            camera.EmitPacket(camera.Video, 1.6 * Second, data: [0x80, 0x80, 0x80, 0x80]);

        recorder.ExpectError(ErrorName.UnknownError).Message.ShouldNotBeEmpty();
        var blob = recorder.ExpectBlob(TimeSpan.Zero, 1.6 * Second, empty: false);
        var stopped = recorder.ExpectStopped(StopReason.Failed, 1.6 * Second);
        (stopped.Bytes, stopped.SourceHasChanged).ShouldBe((blob.Length, failure == "another codec"));
        recorder.ExpectNoEvent();
        recorder.State.ShouldBe(RecorderState.Inactive);
        var played = Decoded.Of(Disk.Read(blob));
        (played.Video.DecodeErrors, played.Video.Frames.Count).ShouldBe((0, 40));
    }

    [Fact]
    public void The_error_has_a_name_and_a_message_and_handlers_see_inactive_76() => RecorderWorld.Explore(30, world =>
    {
        var camera = world.Source();
        var recorder = world.CreateRecorder(camera);
        recorder.Start();
        world.Clock.Advance(Second);
        recorder.ExpectStarted();
        var seen = Witness.Of(world, recorder);

        camera.Fail(ErrorName.UnknownError, "The camera is broken.");

        recorder.ExpectError(ErrorName.UnknownError).ShouldBe(new MediaError(ErrorName.UnknownError, "The camera is broken."));
        recorder.ExpectBlob(empty: false);
        recorder.ExpectStopped(StopReason.Failed);
        seen.Select(entry => entry.Event).ShouldBe([typeof(ErrorRaised), typeof(DataAvailable), typeof(Stopped)]);
        seen.ShouldAllBe(entry => entry.State == RecorderState.Inactive);
    });

    [Theory]
    [InlineData("track")]
    [InlineData("capture")]
    [InlineData("disk")]
    public void A_restart_after_an_error_works_77(string failure)
    {
        var camera = Source();
        var recorder = Record(camera);
        switch (failure)
        {
            case "track":
                camera.Remove(camera.Audio);
                break;
            case "capture":
                camera.Crash();
                camera.Play();
                break;
            default:
                Disk.FailAt(Disk.Written);
                Clock.Advance(2 * Second);
                Disk.Repair();
                break;
        }

        recorder.Expect<ErrorRaised>();
        recorder.ExpectBlob();
        var failed = recorder.ExpectStopped(StopReason.Failed).Recording;

        recorder.Start();
        Clock.Advance(Second);
        recorder.Stop();

        recorder.ExpectStarted().Recording.ShouldNotBe(failed);
        var blob = recorder.ExpectBlob(TimeSpan.Zero, Second, empty: false);
        recorder.ExpectStopped(StopReason.Requested, Second);
        recorder.ExpectNoEvent();
        Decoded.Of(Disk.Read(blob)).Video.Frames.Count.ShouldBe(25);
    }

    [Fact]
    public void A_failing_subscriber_does_not_stop_the_others_78() => RecorderWorld.Explore(20, world =>
    {
        var failures = new List<Type>();
        var recorder = world.CreateRecorder(world.Source());
        world.Subscribe(world.Sys.ActorOf(Props.Create(() => new FailingSubscriber(failures))), recorder.Id);
        world.Subscribe(world.Sys.ActorOf(Props.Create(() => new FailingSubscriber(failures))));
        var witness = Witness.Of(world, recorder);

        recorder.Start();
        world.Clock.Advance(Second);
        recorder.Pause();
        recorder.Resume();
        recorder.Stop();

        recorder.ExpectStarted();
        recorder.ExpectPaused();
        recorder.ExpectResumed();
        recorder.ExpectBlob(TimeSpan.Zero, Second, empty: false);
        recorder.ExpectStopped(StopReason.Requested, Second);
        recorder.Events.Select(raised => (int)raised.Sequence).ShouldBe(Enumerable.Range(1, recorder.Events.Count));
        witness.Select(entry => entry.Event).ShouldBe(recorder.Events.Where(raised => raised is not BlobDurable).Select(raised => raised.GetType()));
        // The subscribers failed at each event, and still got the next one.
        failures.Count.ShouldBe(2 * recorder.Events.Count);
    });

    private TestRecorder Record(ScriptedSource camera)
    {
        var recorder = CreateRecorder(camera);
        recorder.Start();
        Clock.Advance(Second);
        recorder.ExpectStarted();
        recorder.ExpectNoEvent();
        return recorder;
    }

    private sealed class FailingSubscriber : ReceiveActor
    {
        public FailingSubscriber(List<Type> failures)
        {
            Receive<IEvent>(raised =>
            {
                failures.Add(raised.GetType());
                throw new InvalidOperationException("This subscriber fails at everything.");
            });
            ReceiveAny(_ => { });
        }
    }
}
