using System.Buffers.Binary;

namespace Recorder.Media.Mp4;

internal sealed class Mp4Writer
{
    private readonly MemoryStream _bytes = new();

    public void Raw(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    /// <summary>Begins a box; everything written before <see cref="End"/> is its content.</summary>
    public long Begin(uint type)
    {
        var at = _bytes.Position;
        Number(0u);
        Number(type);
        return at;
    }

    public long Begin(uint type, uint versionAndFlags)
    {
        var at = Begin(type);
        Number(versionAndFlags);
        return at;
    }

    public void End(long at) =>
        BinaryPrimitives.WriteUInt32BigEndian(_bytes.GetBuffer().AsSpan((int)at), (uint)(_bytes.Position - at));

    public void Box(uint type, uint versionAndFlags, params ReadOnlySpan<uint> numbers)
    {
        var at = Begin(type, versionAndFlags);
        Numbers(numbers);
        End(at);
    }

    public void Numbers(params ReadOnlySpan<uint> numbers)
    {
        foreach (var number in numbers)
            Number(number);
    }

    public void Number(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        _bytes.Write(bytes);
    }

    public void Number(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        _bytes.Write(bytes);
    }

    public void Short(int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        _bytes.Write(bytes);
    }

    public byte[] ToArray() => _bytes.ToArray();
}
