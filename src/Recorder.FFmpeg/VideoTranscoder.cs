namespace Recorder.FFmpeg;

/// <summary>How video is encoded.</summary>
public sealed record VideoEncoding
{
    /// <summary>"h264", "vp8", "vp9" or "av1".</summary>
    public required string Codec { get; init; }

    /// <summary>Bits a second.</summary>
    public required long BitsPerSecond { get; init; }

    /// <summary>Keep the rate at every moment instead of on average.</summary>
    public bool ConstantBitrate { get; init; }

    /// <summary>Frames a second expected, for the encoder's rate control; unknown: the input's.</summary>
    public Rational FrameRate { get; init; }

    /// <summary>A key frame after at most this many frames.</summary>
    public int? KeyFrameIntervalCount { get; init; }

    /// <summary>A key frame after at most this much media time.</summary>
    public TimeSpan? KeyFrameIntervalDuration { get; init; }

    /// <summary>Encoder and decoder threads. Default: 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Put the codec's header into the container's instead of the stream: MP4, WebM and Matroska want it.</summary>
    public bool GlobalHeader { get; init; }
}

/// <summary>Decodes, scales and encodes one video track. One thread at a time.</summary>
public sealed class VideoTranscoder : IDisposable
{
    /// <summary>Opens decoder and encoder.</summary>
    /// <exception cref="FFmpegException">There is no such decoder or encoder.</exception>
    public VideoTranscoder(CodecParameters input, Rational inputTimeBase, VideoEncoding encoding) => throw new NotImplementedException();

    /// <summary>What the encoder writes.</summary>
    public CodecParameters Output => throw new NotImplementedException();

    /// <summary>What the encoded packets' times count.</summary>
    public Rational OutputTimeBase => throw new NotImplementedException();

    /// <summary>Encode black frames in place of the pictures; the timing stays.</summary>
    public bool Blank { get; set; }

    /// <summary>Makes the next frame a key frame.</summary>
    public void ForceKeyFrame() => throw new NotImplementedException();

    /// <summary>Decodes a packet and appends what the encoder gives: none, one or several packets.</summary>
    /// <param name="input">The batch that holds the packet.</param>
    /// <param name="index">The packet's place in it.</param>
    /// <param name="pts">Its presentation time in the input's time base, already rebased.</param>
    /// <param name="output">Where encoded packets go.</param>
    /// <param name="outputTrack">The track they are marked with.</param>
    public void Write(PacketBatch input, int index, long pts, PacketBatch output, int outputTrack) => throw new NotImplementedException();

    /// <summary>Appends what decoder and encoder still hold.</summary>
    public void Finish(PacketBatch output, int outputTrack) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
