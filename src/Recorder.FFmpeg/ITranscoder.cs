namespace Recorder.FFmpeg;

/// <summary>Decodes one track and encodes it anew. One thread at a time.</summary>
public interface ITranscoder : IDisposable
{
    /// <summary>What the encoder writes.</summary>
    CodecParameters Output { get; }

    /// <summary>What the encoded packets' times count.</summary>
    Rational OutputTimeBase { get; }

    /// <summary>Packets that could not be decoded and were passed over.</summary>
    long DecodeErrors { get; }

    /// <summary>Encode black frames or silence in place of the content; the timing stays.</summary>
    bool Blank { get; set; }

    /// <summary>Makes the next frame a key frame; nothing for audio, whose packets all stand alone.</summary>
    void ForceKeyFrame();

    /// <summary>Decodes a packet and appends what the encoder gives: none, one or several packets.</summary>
    /// <param name="input">The batch that holds the packet.</param>
    /// <param name="index">The packet's place in it.</param>
    /// <param name="pts">Its presentation time in the input's time base, already rebased.</param>
    /// <param name="output">Where encoded packets go.</param>
    /// <param name="outputTrack">The track they are marked with.</param>
    /// <exception cref="FFmpegException">The encoder failed. A packet that cannot be decoded is only counted.</exception>
    void Write(PacketBatch input, int index, long pts, PacketBatch output, int outputTrack);

    /// <summary>Appends what decoder and encoder still hold.</summary>
    /// <exception cref="FFmpegException">The encoder failed, or gave nothing back in time and was given up.</exception>
    void Finish(PacketBatch output, int outputTrack);

    /// <summary>Closes decoder and encoder; an encoder that does not end in time is given up. A second call does nothing.</summary>
    /// <exception cref="FFmpegException">The encoder was given up; the message says which. All that it had encoded was handed out.</exception>
    void Close();
}

/// <summary>Decodes up to one picture and makes a JPEG of it. One thread at a time.</summary>
public interface IPictureTaker : IDisposable
{
    /// <summary>Whether a picture behind the wanted one was seen: no more packets are needed.</summary>
    bool IsDone { get; }

    /// <summary>When the picture is shown; null without one.</summary>
    long? Time { get; }

    /// <summary>Adds a packet, in the order of decoding.</summary>
    void Add(PacketBatch batch, int index, long pts);

    /// <summary>The picture as a JPEG; null when nothing could be decoded.</summary>
    /// <param name="width">How wide it is to be; null as it is. Pixels become square.</param>
    /// <exception cref="FFmpegException">It cannot be scaled or encoded.</exception>
    byte[]? Take(int? width);
}
