namespace Recorder.FFmpeg;

/// <summary>Decodes one track and encodes it again. One thread at a time.</summary>
public interface ITranscoder : IDisposable
{
    /// <summary>The parameters of the encoded track.</summary>
    CodecParameters Output { get; }

    /// <summary>The time base of the encoded packets.</summary>
    Rational OutputTimeBase { get; }

    /// <summary>The number of packets that could not be decoded and were skipped.</summary>
    long DecodeErrors { get; }

    /// <summary>Whether to encode black frames or silence instead of the content. The timing stays the same.</summary>
    bool Blank { get; set; }

    /// <summary>Makes the next frame a key frame. Does nothing for audio, where decoding can begin with any packet.</summary>
    void ForceKeyFrame();

    /// <summary>Decodes a packet, encodes its frames and appends the encoded packets, if there are any.</summary>
    /// <param name="input">The batch of the packet.</param>
    /// <param name="index">The index of the packet in its batch.</param>
    /// <param name="pts">The packet's presentation time on the output's timeline, in the input's time base.</param>
    /// <param name="output">The batch to append to.</param>
    /// <param name="outputTrack">The track number of the encoded packets.</param>
    void Write(PacketBatch input, int index, long pts, PacketBatch output, int outputTrack);

    /// <summary>Encodes the frames that the decoder still has, and appends all remaining packets.</summary>
    void Finish(PacketBatch output, int outputTrack);

    /// <summary>Closes decoder and encoder. An encoder that does not close in time is given up. May be called again.</summary>
    void Close();
}
