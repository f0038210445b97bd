namespace Recorder.Rtsp.Payloads;

internal enum TrackKind
{
    Unknown = 0,
    Video = 1,
    Audio = 2,
    Data = 3,
}

/// <summary>What is known of a track before its first packet.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Codec">FFmpeg's name of the codec: h264, hevc, av1, mjpeg, aac, pcm_alaw, pcm_mulaw, pcm_s16be, adpcm_g726le,
/// opus, onvif_metadata for data.</param>
/// <param name="ClockRate">Units of the RTP timestamp in a second.</param>
internal sealed record TrackFormat(TrackKind Kind, string Codec, int ClockRate)
{
    /// <summary>Samples of sound in a second; 0 if unknown or not sound.</summary>
    public int SampleRate { get; init; }

    public int Channels { get; init; }

    /// <summary>Bits of a sample as it is coded, for sound whose codec does not say so: 2 to 5 for G.726. 0 else.</summary>
    public int BitsPerSample { get; init; }

    /// <summary>The codec header: parameter sets behind start codes (H.264, H.265), the AudioSpecificConfig (AAC), the sequence
    /// header (AV1), OpusHead; empty if unknown or if the codec has none.</summary>
    public byte[] Header { get; init; } = [];

    /// <summary>Frames in a second as the server states them; 0 if it does not.</summary>
    public double FrameRate { get; init; }
}
