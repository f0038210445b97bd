namespace Recorder.Rtsp.Payloads;

/// <summary>Memory of one frame, which the owner of this project gives: the packet that the muxer writes. Used by one thread at a
/// time.</summary>
internal interface IFrameBuffer
{
    /// <summary>The bytes of the frame so far; valid until the next call.</summary>
    Span<byte> Bytes { get; }

    /// <summary>Makes the frame longer and returns the new bytes, which the caller fills. The first call is usually the only one and
    /// has the frame's exact size.</summary>
    Span<byte> Append(int length);

    /// <summary>Makes the frame empty.</summary>
    void Clear();
}
