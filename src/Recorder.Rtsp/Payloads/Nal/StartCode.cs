namespace Recorder.Rtsp.Payloads;

/// <summary>The start codes of Annex B, which have no place in RTP but are sent all the same. They never occur inside a NAL unit.</summary>
internal static class StartCode
{
    /// <summary>Without the zero bytes that may stand before it.</summary>
    public const int Length = 3;

    private static ReadOnlySpan<byte> Code => [0, 0, 1];

    /// <summary>The place of the next one, or -1.</summary>
    public static int Find(ReadOnlySpan<byte> bytes) => bytes.IndexOf(Code);

    /// <summary>A NAL unit does not end with zero bytes; what stands there is padding.</summary>
    public static ReadOnlyMemory<byte> TrimEnd(ReadOnlyMemory<byte> unit) => unit.TrimEnd((byte)0);
}
