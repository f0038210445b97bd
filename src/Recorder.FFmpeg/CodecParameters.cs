namespace Recorder.FFmpeg;

/// <summary>What a decoder must know of a stream. Immutable, shared freely between threads.</summary>
public sealed class CodecParameters : IDisposable
{
    /// <summary>What the stream carries.</summary>
    public MediaKind Kind => throw new NotImplementedException();

    /// <summary>FFmpeg's name of the codec: "h264", "aac", "rawvideo".</summary>
    public string Codec => throw new NotImplementedException();

    /// <summary>The codec as RFC 6381 writes it in a MIME type ("avc1.64001f", "opus"); FFmpeg's name where there is no such form.</summary>
    public string MimeCodec => throw new NotImplementedException();

    /// <summary>Pixels; 0 when not video or unknown.</summary>
    public int Width => throw new NotImplementedException();

    /// <summary>Pixels; 0 when not video or unknown.</summary>
    public int Height => throw new NotImplementedException();

    /// <summary>Frames a second; 0/0 or 0/1 when unknown.</summary>
    public Rational FrameRate => throw new NotImplementedException();

    /// <summary>Hertz; 0 when not audio or unknown.</summary>
    public int SampleRate => throw new NotImplementedException();

    /// <summary>Audio channels; 0 when not audio or unknown.</summary>
    public int Channels => throw new NotImplementedException();

    /// <summary>Bits a second as the source states it; 0 when unknown.</summary>
    public long BitRate => throw new NotImplementedException();

    /// <summary>Degrees clockwise that a player must turn the picture (0, 90, 180, 270).</summary>
    public int Rotation => throw new NotImplementedException();

    /// <summary>Whether the codec's own header is known.</summary>
    public bool HasExtraData => throw new NotImplementedException();

    /// <summary>Raw frames, for built-in sources: <paramref name="pixelFormat"/> is FFmpeg's name ("yuv420p").</summary>
    public static CodecParameters RawVideo(int width, int height, string pixelFormat, Rational frameRate) => throw new NotImplementedException();

    /// <summary>Raw sound, for built-in sources: <paramref name="sampleFormat"/> is "s16le", "f32le", ….</summary>
    public static CodecParameters Pcm(int sampleRate, int channels, string sampleFormat) => throw new NotImplementedException();

    /// <summary>Whether a decoder opened with one can go on with the other: codec, size, format and header agree.</summary>
    public bool Equivalent(CodecParameters other) => throw new NotImplementedException();

    /// <summary>A copy with a life of its own.</summary>
    public CodecParameters Clone() => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
