namespace Recorder.FFmpeg;

/// <summary>What a sequence parameter set of H.264 or HEVC states.</summary>
/// <param name="Width">Width in pixels that are shown.</param>
/// <param name="Height">Height in pixels that are shown.</param>
/// <param name="Chroma">chroma_format_idc: 1 for 4:2:0.</param>
/// <param name="LumaDepth">Bits of a luma sample above 8.</param>
/// <param name="ChromaDepth">Bits of a chroma sample above 8.</param>
internal readonly record struct SequenceInfo(int Width, int Height, int Chroma, int LumaDepth, int ChromaDepth)
{
    /// <summary>How many frames may be decoded before one that is shown earlier; 0 if the set does not say so.</summary>
    public int ReorderedFrames { get; init; }

    /// <summary>Width to height of a pixel; 0/0 if unknown.</summary>
    public Rational PixelAspect { get; init; }

    /// <summary>Frames per second; 0/0 if unknown.</summary>
    public Rational FrameRate { get; init; }

    /// <summary>Whether samples use the full range of their bits, as in JPEG.</summary>
    public bool IsFullRange { get; init; }
}
