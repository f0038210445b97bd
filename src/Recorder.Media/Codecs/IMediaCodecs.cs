using Recorder.FFmpeg;

namespace Recorder.Media.Codecs;

/// <summary>
/// Everything that a node decodes or encodes: the tracks of recorders that do not copy, and pictures taken of recordings. Nothing else makes
/// a decoder or an encoder (a spec looks), so that one other implementation can move them all out of this process.
/// </summary>
internal interface IMediaCodecs
{
    /// <summary>Opens what decodes one video track and encodes it anew.</summary>
    /// <exception cref="FFmpegException">There is no decoder or encoder for it, or its pictures are too large.</exception>
    ITranscoder OpenVideo(CodecParameters input, Rational timeBase, VideoEncoding encoding);

    /// <summary>Opens what decodes one audio track and encodes it anew.</summary>
    /// <exception cref="FFmpegException">There is no decoder or encoder for it.</exception>
    ITranscoder OpenAudio(CodecParameters input, Rational timeBase, AudioEncoding encoding);

    /// <summary>Opens what decodes up to one picture.</summary>
    /// <param name="input">What is decoded.</param>
    /// <param name="timeBase">What its times count.</param>
    /// <param name="until">The time of the picture: the last one that is shown at or before it.</param>
    /// <exception cref="FFmpegException">There is no decoder for it, or its pictures are too large.</exception>
    IPictureTaker OpenPicture(CodecParameters input, Rational timeBase, long until);
}
