namespace Recorder.Rtsp.Payloads;

/// <summary>Reads bits, the highest first. Behind the end there are zeros.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bits read so far.</summary>
    public long Position { get; private set; }

    /// <summary>Bits that are left; negative if more were read.</summary>
    public readonly long Left => (_bytes.Length * 8L) - Position;

    /// <param name="count">Up to 32.</param>
    public uint Read(int count)
    {
        ulong value = 0;
        for (var i = 0; i < count;)
        {
            var at = Position >> 3;
            var inByte = (int)(Position & 7);
            var take = Math.Min(8 - inByte, count - i);
            var bits = at < _bytes.Length ? (uint)_bytes[(int)at] : 0;
            value = (value << take) | (bits >> (8 - inByte - take) & ((1u << take) - 1));
            (Position, i) = (Position + take, i + take);
        }

        return (uint)value;
    }

    public bool ReadFlag() => Read(1) != 0;

    public void Skip(long count) => Position += count;

    public void Align() => Position = (Position + 7) & ~7L;
}
