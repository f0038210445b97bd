namespace Recorder.FFmpeg;

/// <summary>How audio is encoded.</summary>
public sealed record AudioEncoding
{
    /// <summary>FFmpeg's name of the codec: "aac", "opus", "flac", "vorbis", "mp3", "pcm_s16le", ….</summary>
    public required string Codec { get; init; }

    /// <summary>Bits per second; 0: the encoder's default. Lossless codecs ignore it.</summary>
    public long BitsPerSecond { get; init; }

    /// <summary>Samples per second; 0: the input's. The encoder's nearest rate is used.</summary>
    public int SampleRate { get; init; }

    /// <summary>Channels; 0: the input's.</summary>
    public int Channels { get; init; }

    /// <summary>Whether the bit rate is constant rather than an average, if the encoder can do that.</summary>
    public bool ConstantBitrate { get; init; }

    /// <summary>Whether the codec header is in the container, as MP4, WebM and Matroska need it, rather than in the stream.</summary>
    public bool GlobalHeader { get; init; }
}
