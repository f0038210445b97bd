using System.Buffers.Binary;

namespace Recorder.FFmpeg;

/// <summary>Writes boxes of ISO 14496-12 whose lengths are known beforehand.</summary>
internal ref struct BoxWriter(Span<byte> buffer)
{
    /// <summary>The length of a full box's header: length, type, version and flags.</summary>
    public const uint HeaderLength = 12;

    private readonly Span<byte> _buffer = buffer;
    private int _at;

    public readonly ReadOnlySpan<byte> Written => _buffer[.._at];

    /// <param name="length">The whole length of the box.</param>
    public void Start(uint length, ReadOnlySpan<byte> type)
    {
        Number(length);
        type.CopyTo(_buffer[_at..]);
        _at += type.Length;
    }

    public void Start(uint length, ReadOnlySpan<byte> type, uint versionAndFlags)
    {
        Start(length, type);
        Number(versionAndFlags);
    }

    public void Number(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[_at..], value);
        _at += sizeof(uint);
    }

    public void Long(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_buffer[_at..], value);
        _at += sizeof(ulong);
    }
}
