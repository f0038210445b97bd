using Recorder.Contracts;
using Recorder.Media.Codecs;

namespace Recorder.Media.Tests.Codecs;

public sealed class CodecTableSpecs
{
    [Theory]
    [InlineData("video/mp4;codecs=avc1.64001f", "video/mp4;codecs=avc1.42c01f,mp4a.40.2", true)]
    [InlineData("video/mp4;codecs=avc1.64001f", "video/mp4;codecs=hvc1", false)]
    [InlineData("video/mp4", "video/webm", false)]
    public void A_recording_continues_in_the_same_container_with_the_same_codecs(string before, string after, bool continues) =>
        CodecTable.Continues(before, after).ShouldBe(continues);

    [Theory]
    [InlineData(MediaContainer.Mp4, "h264", "aac")]
    [InlineData(MediaContainer.Mp4, "h264", "pcm_mulaw")]
    [InlineData(MediaContainer.WebM, "vp8", "opus")]
    [InlineData(MediaContainer.Matroska, "h264", "vorbis")]
    [InlineData(MediaContainer.Mp4, "rawvideo")]
    public void The_container_of_a_source_holds_what_is_copied_of_it(MediaContainer container, params string[] codecs) =>
        CodecTable.ContainerFor(codecs).ShouldBe(container);
}
