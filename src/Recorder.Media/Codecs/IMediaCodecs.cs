using Recorder.FFmpeg;

namespace Recorder.Media.Codecs;

/// <summary>Opens every decoder and encoder of a node, so that another implementation can move all out of this process.</summary>
internal interface IMediaCodecs
{
    /// <exception cref="FFmpegException">There is no decoder or encoder for the track, or its frames are too large.</exception>
    ITranscoder OpenVideo(CodecParameters input, Rational timeBase, VideoEncoding encoding);

    /// <exception cref="FFmpegException">There is no decoder or encoder for the track.</exception>
    ITranscoder OpenAudio(CodecParameters input, Rational timeBase, AudioEncoding encoding);

    /// <param name="until">Time of the frame: the last one shown at or before it is taken.</param>
    /// <exception cref="FFmpegException">There is no decoder for the track, or its frames are too large.</exception>
    IPictureTaker OpenPicture(CodecParameters input, Rational timeBase, long until);
}
