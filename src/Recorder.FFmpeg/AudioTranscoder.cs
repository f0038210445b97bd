namespace Recorder.FFmpeg;

/// <summary>How audio is encoded.</summary>
public sealed record AudioEncoding
{
    /// <summary>"aac", "opus", "flac", "vorbis", "mp3", "pcm_s16le", …: FFmpeg's codec names.</summary>
    public required string Codec { get; init; }

    /// <summary>Bits a second; 0: the encoder's default. Lossless codecs ignore it.</summary>
    public long BitsPerSecond { get; init; }

    /// <summary>Keep the rate at every moment instead of on average, where the encoder can.</summary>
    public bool ConstantBitrate { get; init; }

    /// <summary>Put the codec's header into the container's instead of the stream: MP4, WebM and Matroska want it.</summary>
    public bool GlobalHeader { get; init; }
}

/// <summary>Decodes, resamples and encodes one audio track. One thread at a time.</summary>
public sealed class AudioTranscoder : IDisposable
{
    /// <summary>Opens decoder and encoder.</summary>
    /// <exception cref="FFmpegException">There is no such decoder or encoder.</exception>
    public AudioTranscoder(CodecParameters input, Rational inputTimeBase, AudioEncoding encoding) => throw new NotImplementedException();

    /// <summary>What the encoder writes.</summary>
    public CodecParameters Output => throw new NotImplementedException();

    /// <summary>What the encoded packets' times count.</summary>
    public Rational OutputTimeBase => throw new NotImplementedException();

    /// <summary>Encode silence in place of the sound; the timing stays.</summary>
    public bool Blank { get; set; }

    /// <summary>Does nothing for audio, whose packets all stand alone; here so that both transcoders are used alike.</summary>
    public void ForceKeyFrame() => throw new NotImplementedException();

    /// <summary>Decodes a packet and appends what the encoder gives: none, one or several packets.</summary>
    /// <param name="input">The batch that holds the packet.</param>
    /// <param name="index">The packet's place in it.</param>
    /// <param name="pts">Its presentation time in the input's time base, already rebased.</param>
    /// <param name="output">Where encoded packets go.</param>
    /// <param name="outputTrack">The track they are marked with.</param>
    public void Write(PacketBatch input, int index, long pts, PacketBatch output, int outputTrack) => throw new NotImplementedException();

    /// <summary>Appends what decoder, resampler and encoder still hold.</summary>
    public void Finish(PacketBatch output, int outputTrack) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
