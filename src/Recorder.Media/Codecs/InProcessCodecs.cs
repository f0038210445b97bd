using Recorder.FFmpeg;

namespace Recorder.Media.Codecs;

internal sealed class InProcessCodecs(MediaLimits limits) : IMediaCodecs
{
    public static readonly InProcessCodecs Default = new(MediaLimits.Default);

    public ITranscoder OpenVideo(CodecParameters input, Rational timeBase, VideoEncoding encoding) =>
        new VideoTranscoder(input, timeBase, encoding with { MostPixels = limits.Pixels });

    public ITranscoder OpenAudio(CodecParameters input, Rational timeBase, AudioEncoding encoding) =>
        new AudioTranscoder(input, timeBase, encoding);

    public IPictureTaker OpenPicture(CodecParameters input, Rational timeBase, long until) =>
        new PictureTaker(input, timeBase, until, limits.Pixels);
}
