namespace Recorder.FFmpeg;

/// <summary>How audio is encoded.</summary>
public sealed record AudioEncoding
{
    /// <summary>"aac", "opus", "flac", "vorbis", "mp3", "pcm_s16le", …: FFmpeg's codec names.</summary>
    public required string Codec { get; init; }

    /// <summary>Bits a second; 0: the encoder's default. Lossless codecs ignore it.</summary>
    public long BitsPerSecond { get; init; }

    /// <summary>Samples a second; 0: the input's. The nearest that the encoder has.</summary>
    public int SampleRate { get; init; }

    /// <summary>Channels; 0: the input's.</summary>
    public int Channels { get; init; }

    /// <summary>Keep the rate at every moment instead of on average, where the encoder can.</summary>
    public bool ConstantBitrate { get; init; }

    /// <summary>Put the codec's header into the container's instead of the stream: MP4, WebM and Matroska want it.</summary>
    public bool GlobalHeader { get; init; }
}
