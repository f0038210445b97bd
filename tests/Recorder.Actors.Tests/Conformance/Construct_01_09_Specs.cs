using System.Text.Json;
using Recorder.Contracts;
using Recorder.Contracts.Json;
using Recorder.Testing;
using Xunit.Abstractions;

namespace Recorder.Actors.Tests.Conformance;

/// <summary>Behaviours 1 to 9: the properties of a new recorder, and the arguments that are refused.</summary>
public sealed class Construct_01_09_Specs(ITestOutputHelper output) : RecorderSpec(output)
{
    [Fact]
    public void An_empty_stream_is_accepted_and_the_recorder_is_inactive_1()
    {
        var empty = Source("empty", ScriptedTrack.Video());
        empty.Remove(empty.Video);

        var recorder = CreateRecorder(empty);
        Clock.Advance(TimeSpan.FromSeconds(1));

        recorder.State.ShouldBe(RecorderState.Inactive);
        recorder.Status.Recording.ShouldBeNull();
        recorder.Events.ShouldBeEmpty();
        empty.Subscribers.ShouldBe(0);
        Disk.Paths.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("image/png")]
    [InlineData("video/avi")]
    [InlineData("video/mp4;codecs=vp8")]
    [InlineData("video/webm;codecs=theora")]
    public void A_mimeType_that_cannot_be_recorded_is_a_NotSupportedError_2(string mimeType)
    {
        var camera = Source();

        var options = new RecorderOptions { MimeType = mimeType };
        World.ExpectNoRecorder(ErrorName.NotSupportedError, camera.Uri.Key, options, id: "front");

        // No recorder was created: the id is free.
        CreateRecorder(camera, id: "front").State.ShouldBe(RecorderState.Inactive);
    }

    // In a browser these are a TypeError. Here a missing source is refused, and an unknown enum value is no message.
    [Fact]
    public void What_is_no_stream_and_what_is_no_enum_value_is_refused_3()
    {
        World.ExpectNoRecorder(ErrorName.NotSupportedError, "");
        World.ExpectNoRecorder(ErrorName.NotSupportedError, "gopher://camera.test/").Message.ShouldContain("gopher");

        var camera = Source();
        foreach (var options in new[]
        {
            new RecorderOptions { AudioBitrateMode = (BitrateMode)7 },
            new RecorderOptions { SignalLoss = (SignalLossPolicy)7 },
        })
        {
            World.ExpectNoRecorder(ErrorName.NotSupportedError, camera.Uri.Key, options).Message.ShouldContain("7");
        }

        Should.Throw<JsonException>(() => ProtocolJson.Read<RecorderOptions>("""{"audioBitrateMode":"sometimes"}"""));
        ProtocolJson.Read<RecorderOptions>("""{"audioBitrateMode":"constant"}""").AudioBitrateMode.ShouldBe(BitrateMode.Constant);
    }

    [Fact]
    public void The_mimeType_left_unset_is_empty_4()
    {
        CreateRecorder(Source()).Status.MimeType.ShouldBe("");
    }

    [Theory]
    [InlineData("video/mp4")]
    [InlineData("video/x-matroska;codecs=avc1")]
    [InlineData("Video/WebM; Codecs=\"VP8, Opus\"")]
    public void The_mimeType_given_is_echoed_verbatim_5(string mimeType)
    {
        CreateRecorder(Source(), new RecorderOptions { MimeType = mimeType }).Status.MimeType.ShouldBe(mimeType);
    }

    [Fact]
    public void The_default_bitrates_are_not_zero_6()
    {
        var status = CreateRecorder(Source()).Status;

        status.VideoBitsPerSecond.ShouldBe(2_500_000);
        status.AudioBitsPerSecond.ShouldBe(128_000);
    }

    [Theory]
    [InlineData(1_000_000, 64_000)]
    [InlineData(1_000_000, 0)]
    [InlineData(0, 64_000)]
    [InlineData(0, 0)]
    public void Explicit_bitrates_are_echoed_and_zero_is_one_7(long video, long audio)
    {
        var recorder = CreateRecorder(Source(), new RecorderOptions
        {
            MimeType = "video/webm;codecs=vp8,opus",
            VideoBitsPerSecond = video,
            AudioBitsPerSecond = audio,
        });
        Bitrates(recorder).ShouldBe((video, audio));

        // The recorder records with the nearest bit rates.
        recorder.Start();
        Clock.Advance(TimeSpan.FromSeconds(1));
        recorder.ExpectStarted();
        Bitrates(recorder).ShouldBe((video, audio));
        recorder.Stop();
        recorder.ExpectBlob(empty: false);
        recorder.ExpectStopped(StopReason.Requested);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(99_999)]
    [InlineData(1_000_000)]
    [InlineData(20_000_000)]
    public void BitsPerSecond_overrides_the_two_and_they_add_up_to_it_8(long total)
    {
        var (video, audio) = Bitrates(CreateRecorder(Source(), new RecorderOptions
        {
            BitsPerSecond = total,
            VideoBitsPerSecond = 40_000_000,
            AudioBitsPerSecond = 50_000_000,
        }));

        (video + audio).ShouldBeInRange(total - 100_000, total + 100_000);
        video.ShouldBeInRange(0, total);
        audio.ShouldBeInRange(0, total);
    }

    [Theory]
    [InlineData(BitrateMode.Unknown, BitrateMode.Variable)]
    [InlineData(BitrateMode.Variable, BitrateMode.Variable)]
    [InlineData(BitrateMode.Constant, BitrateMode.Constant)]
    public void A_bitrate_mode_that_is_not_supported_reads_variable_9(BitrateMode asked, BitrateMode given)
    {
        CreateRecorder(Source(), new RecorderOptions { AudioBitrateMode = asked }).Status.AudioBitrateMode.ShouldBe(given);
    }

    private static (long Video, long Audio) Bitrates(TestRecorder recorder) =>
        (recorder.Status.VideoBitsPerSecond, recorder.Status.AudioBitsPerSecond);
}
