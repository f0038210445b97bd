using Recorder.FFmpeg;

namespace Recorder.Media.Codecs;

/// <summary>
/// Opens every decoder and encoder of a node: for recorders that encode, exports that encode, and snapshots. A spec checks that
/// nothing else opens one, so that another implementation can move all of them out of this process.
/// </summary>
internal interface IMediaCodecs
{
    /// <summary>Opens a transcoder for a video track.</summary>
    /// <exception cref="FFmpegException">There is no decoder or encoder for the track, or its frames are too large.</exception>
    ITranscoder OpenVideo(CodecParameters input, Rational timeBase, VideoEncoding encoding);

    /// <summary>Opens a transcoder for an audio track.</summary>
    /// <exception cref="FFmpegException">There is no decoder or encoder for the track.</exception>
    ITranscoder OpenAudio(CodecParameters input, Rational timeBase, AudioEncoding encoding);

    /// <summary>Opens a decoder for one frame.</summary>
    /// <param name="timeBase">The unit of its times.</param>
    /// <param name="until">Time of the frame: the last one shown at or before it is taken.</param>
    /// <exception cref="FFmpegException">There is no decoder for the track, or its frames are too large.</exception>
    IPictureTaker OpenPicture(CodecParameters input, Rational timeBase, long until);
}
