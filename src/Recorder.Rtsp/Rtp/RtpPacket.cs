using System.Buffers.Binary;

namespace Recorder.Rtsp.Rtp;

/// <summary>An RTP packet (RFC 3550, 5.1), read where it was received.</summary>
internal readonly record struct RtpPacket(byte PayloadType, bool Marker, ushort Sequence, uint Timestamp, uint Source, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The header extension with its own header; empty if there is none.</summary>
    public ReadOnlyMemory<byte> Extension { get; init; }

    private const int FixedHeader = 12;
    private const int Version = 2;

    /// <summary>Returns false for bytes that are not an RTP packet.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out RtpPacket packet)
    {
        packet = default;
        var span = bytes.Span;
        if (span.Length < FixedHeader || span[0] >> 6 != Version)
            return false;

        var begin = FixedHeader + (4 * (span[0] & 0x0f));
        var extension = begin..begin;
        if ((span[0] & 0x10) != 0)
        {
            if (span.Length < begin + 4)
                return false;

            extension = begin..(begin + 4 + (4 * BinaryPrimitives.ReadUInt16BigEndian(span[(begin + 2)..])));
            begin = extension.End.Value;
        }

        var end = span.Length;
        // Some cameras set the padding bit without padding: its count is then nonsense.
        if ((span[0] & 0x20) != 0 && span[^1] is > 0 and var padding && padding <= end - begin)
            end -= padding;

        if (begin > end)
            return false;

        packet = new RtpPacket(
            (byte)(span[1] & 0x7f), (span[1] & 0x80) != 0, BinaryPrimitives.ReadUInt16BigEndian(span[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(span[4..]), BinaryPrimitives.ReadUInt32BigEndian(span[8..]), bytes[begin..end])
        { Extension = bytes[extension] };
        return true;
    }
}
