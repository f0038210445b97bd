using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Facade;

/// <summary>Calls and events of a MediaRecorder, with real media and files. Numbers are the specification's behaviours.</summary>
public sealed class MediaRecorderSpecs(FacadeNode node) : IClassFixture<FacadeNode>
{
    [Fact]
    public async Task State_follows_each_call_at_once_16_52_60()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.Endless);

        await recorder.Start();
        recorder.State.ShouldBe(RecorderState.Recording);
        await recorder.Pause();
        recorder.State.ShouldBe(RecorderState.Paused);
        await recorder.Resume();
        recorder.State.ShouldBe(RecorderState.Recording);
        await recorder.Stop();
        recorder.State.ShouldBe(RecorderState.Inactive);
    }

    [Fact]
    public async Task A_call_that_the_state_does_not_allow_is_an_InvalidStateError_17_45_51()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.Endless);
        await Should.ThrowAsync<InvalidStateError>(recorder.Pause());
        await Should.ThrowAsync<InvalidStateError>(recorder.Resume());
        await Should.ThrowAsync<InvalidStateError>(recorder.RequestData());

        await recorder.Start();
        (await Should.ThrowAsync<InvalidStateError>(recorder.Start())).Message.ShouldContain("stop it");
        recorder.State.ShouldBe(RecorderState.Recording);
    }

    [Fact]
    public async Task Stop_when_inactive_does_nothing_59()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.Endless);
        var trace = new EventTrace(recorder);

        await recorder.Stop();
        await recorder.DisposeAsync();

        trace.Text.ShouldBe("");
    }

    [Fact]
    public async Task Both_key_frame_options_are_a_NotSupportedError_at_start_24()
    {
        await using var recorder = await node.CreateAsync(
            FacadeNode.Endless,
            new RecorderOptions { VideoKeyFrameIntervalCount = 25, VideoKeyFrameIntervalDuration = TimeSpan.FromSeconds(1) });

        await Should.ThrowAsync<NotSupportedError>(recorder.Start());
        recorder.State.ShouldBe(RecorderState.Inactive);
    }

    [Fact]
    public async Task Times_that_make_no_sense_are_refused_before_anything_happens()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.Endless);

        Should.Throw<ArgumentOutOfRangeException>(() => recorder.Start(TimeSpan.FromSeconds(-1))).ParamName.ShouldBe("timeslice");
        Should.Throw<ArgumentOutOfRangeException>(() => recorder.Start(duration: TimeSpan.Zero)).ParamName.ShouldBe("duration");
        recorder.State.ShouldBe(RecorderState.Inactive);
    }

    [Fact]
    public async Task Calls_take_effect_in_the_order_in_which_they_are_made_although_none_is_awaited()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.Endless);
        var trace = new EventTrace(recorder);

        Task[] calls =
        [
            recorder.Start(), recorder.Pause(), recorder.Start(), recorder.Resume(), recorder.RequestData(), recorder.Stop(),
            recorder.Pause(), recorder.Start(), recorder.Stop(),
        ];
        await Task.WhenAll(calls).ContinueWith(_ => { }, TaskScheduler.Default);

        calls.Select(call => call.Exception?.InnerException?.GetType()).ShouldBe(
            [null, null, typeof(InvalidStateError), null, null, null, typeof(InvalidStateError), null, null]);
        await recorder.DisposeAsync();
        var names = trace.Text.Split(", ").Select(word => word.Split(' ')[0]).ToList();
        names.Where(name => name is "pause" or "resume" or "stop").ShouldBe(["pause", "resume", "stop", "stop"]);
        (names.Count(name => name == "start"), names.Count(name => name == "dataavailable")).ShouldBe((2, 3));
    }

    [Fact]
    public async Task Handlers_see_inactive_after_stop_61()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.Endless);
        var trace = new EventTrace(recorder);
        await recorder.Start();
        var started = await trace.First<Started>();
        recorder.MimeType.ShouldBe(started.MimeType);
        started.MimeType.ShouldStartWith("video/mp4;codecs=avc1.");

        await recorder.Stop();
        recorder.MimeType.ShouldBe("");
        await trace.First<Stopped>();

        trace.Text.ShouldBe("start recording, dataavailable inactive, stop inactive");
    }

    [Fact]
    public async Task Handlers_see_inactive_after_the_source_has_ended_67()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.TwoSeconds);
        var trace = new EventTrace(recorder);
        await recorder.Start();

        (await trace.First<Stopped>()).Reason.ShouldBe(StopReason.SourceEnded);

        trace.Text.ShouldEndWith("dataavailable inactive, stop inactive");
        recorder.State.ShouldBe(RecorderState.Inactive);
    }

    [Fact]
    public async Task A_failure_is_error_dataavailable_stop_and_handlers_see_inactive_76()
    {
        await using var recorder = await node.CreateAsync("/nowhere/clip.mp4");
        var trace = new EventTrace(recorder);
        await recorder.Start();

        (await trace.First<Stopped>()).Reason.ShouldBe(StopReason.Failed);

        trace.Text.ShouldBe("error inactive, dataavailable inactive, stop inactive");
        (await trace.First<ErrorRaised>()).Error.Message.ShouldContain("/nowhere/clip.mp4");
    }

    [Fact]
    public async Task Pause_and_resume_are_one_event_each_52_53_54()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.Endless);
        var trace = new EventTrace(recorder);
        await recorder.Start();
        await trace.First<Started>();

        await recorder.Pause();
        await recorder.Pause();
        await trace.First<Paused>();
        await recorder.Resume();
        await recorder.Resume();
        await trace.First<Resumed>();
        await recorder.DisposeAsync();

        trace.Text.ShouldBe("start recording, pause paused, resume recording, dataavailable inactive, stop inactive");
    }

    [Fact]
    public async Task RequestData_gives_what_was_gathered_and_recording_goes_on_47_49()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.Endless);
        var trace = new EventTrace(recorder);
        await recorder.Start();
        await trace.First<Started>();

        await recorder.RequestData();
        var first = (await trace.First<DataAvailable>()).Data;
        recorder.State.ShouldBe(RecorderState.Recording);
        await recorder.Stop();
        var last = (await trace.First<DataAvailable>(raised => raised.Data.Number == 2)).Data;

        first.Size.ShouldBeGreaterThan(0);
        last.Offset.ShouldBe(first.Size);
    }

    [Fact]
    public async Task A_recorder_stops_by_itself_after_the_duration_asked_for()
    {
        await using var recorder = await node.CreateAsync("test:?size=64x48&pace=fast");
        var trace = new EventTrace(recorder);

        await recorder.Start(duration: TimeSpan.FromSeconds(1));

        (await trace.First<Stopped>()).Duration.ShouldBe(TimeSpan.FromSeconds(1));
        trace.Text.ShouldEndWith("dataavailable inactive, stop inactive");
    }

    [Fact]
    public async Task A_stopped_recorder_starts_again_with_a_file_of_its_own_63()
    {
        await using var recorder = await node.CreateAsync(FacadeNode.TwoSeconds);
        await recorder.Start();
        var first = await recorder.Blobs().ToListAsync();
        await recorder.Start();
        var second = await recorder.Blobs().ToListAsync();

        first.Single().Path.ShouldNotBe(second.Single().Path);
        second.Single().Offset.ShouldBe(0);
        second.Single().Size.ShouldBe(first.Single().Size);
    }

    [Fact]
    public async Task Disposing_completes_the_recording_raises_its_events_and_frees_the_name()
    {
        var recorder = await MediaRecorder.CreateAsync(
            node.Runtime, FacadeNode.Endless, target: new RecordingTarget(node.Folder), name: "disposed");
        var trace = new EventTrace(recorder);
        await recorder.Start();
        await trace.First<Started>();
        await Task.WhenAll(recorder.DisposeAsync().AsTask(), recorder.DisposeAsync().AsTask());

        trace.Text.ShouldBe("start recording, dataavailable inactive, stop inactive");
        (await trace.First<Stopped>()).Reason.ShouldBe(StopReason.Requested);
        Should.Throw<ObjectDisposedException>(() => recorder.Start());
        await using var next = await MediaRecorder.CreateAsync(node.Runtime, "test:", name: "disposed");
    }

    [Fact]
    public async Task A_node_that_is_being_shut_down_makes_no_recorder_whatever_its_name()
    {
        var other = RecorderRuntime.Start();
        var recorder = await MediaRecorder.CreateAsync(
            other, FacadeNode.Endless, target: new RecordingTarget(node.Folder), name: "last");
        await recorder.Start();
        var end = other.DisposeAsync();

        (await Should.ThrowAsync<ObjectDisposedException>(MediaRecorder.CreateAsync(other, "test:")))
            .ObjectName.ShouldContain(nameof(RecorderRuntime));
        await end;
    }

    [Fact]
    public async Task A_recorder_whose_node_is_shut_down_says_so_83()
    {
        var other = RecorderRuntime.Start();
        var recorder = await MediaRecorder.CreateAsync(
            other, FacadeNode.Endless, target: new RecordingTarget(node.Folder), name: "owned");
        await recorder.Start();
        var blobs = recorder.Blobs();
        await other.DisposeAsync();

        await Should.ThrowAsync<InvalidStateError>(recorder.Start());
        recorder.State.ShouldBe(RecorderState.Inactive);
        try
        {
            await blobs.ToListAsync();
        }
        catch (UnknownError error)
        {
            error.Message.ShouldContain("shut down");
        }

        await recorder.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(MediaRecorder.CreateAsync(other, "test:"));
    }
}
