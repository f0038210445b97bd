using Recorder.Actors.Capture;
using Recorder.Actors.Recording;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Recording;

public class TrackPlanSpecs
{
    private static readonly SourceTrack H264 = Track(0, TrackKind.Video, "h264");
    private static readonly SourceTrack Hevc = Track(0, TrackKind.Video, "hevc");
    private static readonly SourceTrack Vp8 = Track(0, TrackKind.Video, "vp8");
    private static readonly SourceTrack Raw = Track(0, TrackKind.Video, "rawvideo");
    private static readonly SourceTrack Aac = Track(1, TrackKind.Audio, "aac");
    private static readonly SourceTrack Opus = Track(1, TrackKind.Audio, "opus");
    private static readonly SourceTrack Mulaw = Track(1, TrackKind.Audio, "pcm_mulaw");
    private static readonly SourceTrack Pcm = Track(1, TrackKind.Audio, "pcm_s16le");

    [Fact]
    public void An_unset_type_copies_into_the_first_container_that_can_contain_the_codecs()
    {
        Plan("", H264, Aac).ShouldBe("Mp4: copy copy");
        Plan("", Vp8, Opus).ShouldBe("WebM: copy copy");
        Plan("", Opus).ShouldBe("Mp4: copy");
        Plan("", Track(0, TrackKind.Video, "mjpeg"), Aac).ShouldBe("Matroska: copy copy");
    }

    [Theory]
    [InlineData("pcm_mulaw")]
    [InlineData("pcm_alaw")]
    [InlineData("ac3")]
    [InlineData("adpcm_g726")]
    public void Audio_that_browsers_do_not_play_is_encoded_unless_a_type_is_requested(string codec)
    {
        var audio = Track(1, TrackKind.Audio, codec);
        Plan("", H264, audio).ShouldBe("Mp4: copy aac");
        Plan("", Vp8, audio).ShouldBe("WebM: copy opus");
        Plan("", audio).ShouldBe("Mp4: aac");
        Plan("", Track(0, TrackKind.Video, "mjpeg"), audio).ShouldBe("Matroska: copy aac");
    }

    [Fact]
    public void Audio_that_browsers_do_not_play_is_copied_when_a_type_that_contains_it_is_requested() =>
        Plan("video/x-matroska", H264, Mulaw).ShouldBe("Matroska: copy copy");

    [Fact]
    public void A_track_that_appears_later_is_recorded_as_it_would_have_been_from_the_start()
    {
        var (plan, _) = TrackPlan.For("", [H264]);
        plan!.Decide(Mulaw).Track.ShouldBe(new PlannedTrack(Mulaw, "aac"));
        plan.Decide(Aac).Track.ShouldBe(new PlannedTrack(Aac, null));
        var (audio, _) = TrackPlan.For("audio/mp4", [Aac]);
        audio!.Decide(H264).Refusal.ShouldNotBeNull().ShouldContain("audio/mp4 cannot contain");
    }

    [Fact]
    public void Uncompressed_media_is_encoded()
    {
        Plan("", Raw, Pcm).ShouldBe("Mp4: h264 aac");
        Plan("video/webm;codecs=vp8,opus", Raw, Pcm).ShouldBe("WebM: vp8 opus");
        Plan("", H264, Pcm).ShouldBe("Mp4: copy aac");
    }

    [Fact]
    public void A_type_without_codecs_copies_what_the_container_can_contain_and_encodes_the_rest()
    {
        Plan("video/webm", H264, Opus).ShouldBe("WebM: vp8 copy");
        Plan("video/x-matroska", H264, Aac).ShouldBe("Matroska: copy copy");
    }

    [Fact]
    public void A_requested_codec_is_copied_when_the_source_has_it_and_encoded_otherwise()
    {
        Plan("video/mp4;codecs=avc1.42c01f,opus", H264, Aac).ShouldBe("Mp4: copy opus");
        Plan("video/mp4;codecs=vp9", H264, Aac).ShouldBe("Mp4: vp9 copy");
    }

    [Fact]
    public void A_codec_that_only_can_be_copied_is_refused_for_another_source()
    {
        Plan("video/mp4;codecs=hvc1", Hevc).ShouldBe("Mp4: copy");
        Plan("video/mp4;codecs=hvc1", H264).ShouldContain("NotSupportedError");
    }

    [Fact]
    public void An_audio_type_refuses_a_video_track() => Plan("audio/mp4", H264, Aac).ShouldContain("NotSupportedError");

    [Fact]
    public void A_video_type_records_audio_alone() => Plan("video/webm", Opus).ShouldBe("WebM: copy");

    [Fact]
    public void A_source_without_video_and_audio_is_refused() =>
        Plan("", Track(0, TrackKind.Other, "srt")).ShouldContain("neither a video nor an audio track");

    [Fact]
    public void A_common_bit_rate_is_split_and_belongs_to_one_kind_where_there_is_one()
    {
        var options = new RecorderOptions { BitsPerSecond = 1_000_000 };

        Bitrates.For(options).ShouldBe(new Bitrates(950_000, 50_000));
        Bitrates.For(options, hasVideo: true, hasAudio: false).ShouldBe(new Bitrates(1_000_000, 0));
        Bitrates.For(options, hasVideo: false, hasAudio: true).ShouldBe(new Bitrates(0, 1_000_000));
        Bitrates.For(new RecorderOptions()).ShouldBe(new Bitrates(2_500_000, 128_000));
        Bitrates.For(new RecorderOptions { VideoBitsPerSecond = 0, AudioBitsPerSecond = 0 }).ShouldBe(new Bitrates(0, 0));
    }

    private static string Plan(string mimeType, params SourceTrack[] tracks)
    {
        var (plan, error) = TrackPlan.For(mimeType, tracks);
        return plan is null ? error!.ToString() : $"{plan.Container}: {string.Join(' ', plan.Tracks.Select(track => track.Encode ?? "copy"))}";
    }

    private static SourceTrack Track(int id, TrackKind kind, string codec) =>
        new(id, null!, new Rational(1, 90_000), new TrackDescription { Id = id, Kind = kind, Codec = codec });
}
