using System.Text.Json;
using Recorder.Contracts;
using Recorder.Contracts.Json;
using Recorder.Testing;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Conformance;

/// <summary>Behaviours 45 to 50: <c>requestData()</c>.</summary>
public sealed class RequestData_45_50_Specs(ITestOutputHelper output) : RecorderSpec(output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void RequestData_of_an_inactive_recorder_is_an_InvalidStateError_45()
    {
        var recorder = CreateRecorder(Source());
        recorder.ExpectRefused(new RequestData(recorder.Id), ErrorName.InvalidStateError);
        recorder.Events.ShouldBeEmpty();

        recorder.Start();
        Clock.Advance(Second);
        recorder.Stop();
        recorder.ExpectStarted();
        recorder.ExpectBlob();
        recorder.ExpectStopped();
        recorder.ExpectRefused(new RequestData(recorder.Id), ErrorName.InvalidStateError).Message.ShouldContain("inactive");
        recorder.ExpectNoEvent();
        recorder.State.ShouldBe(RecorderState.Inactive);
    }

    [Fact]
    public void RequestData_straight_after_start_gives_an_empty_blob_with_a_timecode_46() => RecorderWorld.Explore(20, world =>
    {
        var recorder = world.CreateRecorder(world.Source());
        recorder.Post(new Start(recorder.Id));
        recorder.Post(new RequestData(recorder.Id));

        var data = recorder.Expect<DataAvailable>();
        (data.Data.Length, data.Data.Number, data.Timecode).ShouldBe((0, 1, TimeSpan.Zero));
        using var json = JsonDocument.Parse(ProtocolJson.Write<IEvent>(data));
        json.RootElement.GetProperty("timecode").GetDouble().ShouldBe(0);

        // The empty blob is numbered: the next blob is the second.
        world.Clock.Advance(Second);
        recorder.Stop();
        recorder.ExpectStarted();
        recorder.ExpectBlob(TimeSpan.Zero, Second, empty: false).Number.ShouldBe(2);
        recorder.ExpectStopped(StopReason.Requested, Second);
    });

    [Theory]
    [InlineData("video/mp4", "ftyp")]
    [InlineData("video/webm;codecs=vp8,opus", "webm")]
    [InlineData("video/x-matroska", "matroska")]
    public void RequestData_after_the_start_event_is_not_empty_for_a_header_counts_47(string mimeType, string header)
    {
        var camera = Source("camera", ScriptedTrack.Video(), ScriptedTrack.Audio("opus"));
        var recorder = CreateRecorder(camera, new RecorderOptions { MimeType = mimeType });
        recorder.Start();
        camera.Emit(1);
        recorder.ExpectStarted();

        recorder.RequestData();

        var blob = recorder.ExpectBlob(TimeSpan.Zero, empty: false);
        blob.Offset.ShouldBe(0);
        System.Text.Encoding.Latin1.GetString(Disk.Read(blob)[..64]).ShouldContain(header);
    }

    [Fact]
    public void RequestData_while_paused_gives_what_was_gathered_before_48()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start();
        Clock.Advance(1.2 * Second);
        recorder.Pause();
        Clock.Advance(3 * Second);

        recorder.RequestData();

        recorder.ExpectStarted();
        recorder.ExpectPaused();
        var blob = recorder.ExpectBlob(TimeSpan.Zero, 1.2 * Second, empty: false);
        Decoded.Of(Disk.Read(blob)).Video.Frames.Count.ShouldBe(30);
        recorder.State.ShouldBe(RecorderState.Paused);

        // No media has arrived since.
        recorder.RequestData();
        recorder.ExpectBlob(1.2 * Second, TimeSpan.Zero, empty: true);
    }

    [Fact]
    public void Recording_goes_on_into_a_new_blob_49()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start();
        Clock.Advance(Second);
        recorder.RequestData();
        Clock.Advance(0.6 * Second);
        recorder.State.ShouldBe(RecorderState.Recording);
        recorder.Stop();

        recorder.ExpectStarted();
        var first = recorder.ExpectBlob(TimeSpan.Zero, Second, empty: false);
        var second = recorder.ExpectBlob(Second, 0.6 * Second, empty: false);
        recorder.ExpectStopped(StopReason.Requested, 1.6 * Second);
        (second.Recording, second.Number, second.Offset).ShouldBe((first.Recording, 2, first.Length));
        Decoded.Of(Disk, [first, second]).Video.Frames.Count.ShouldBe(40);
    }

    [Fact]
    public void Several_calls_give_as_many_events_empty_ones_too_50() => RecorderWorld.Explore(20, world =>
    {
        var recorder = world.CreateRecorder(world.Source());
        recorder.Start();
        world.Clock.Advance(Second);
        recorder.ExpectStarted();

        for (var call = 0; call < 5; call++)
            recorder.Post(new RequestData(recorder.Id));

        recorder.ExpectBlob(TimeSpan.Zero, Second, empty: false).Number.ShouldBe(1);
        for (var number = 2; number <= 5; number++)
            recorder.ExpectBlob(Second, TimeSpan.Zero, empty: true).Number.ShouldBe(number);

        recorder.ExpectNoEvent();
        recorder.State.ShouldBe(RecorderState.Recording);
    });
}
