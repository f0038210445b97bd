namespace Recorder.FFmpeg;

/// <summary>Reads numbers of any width, most significant bit first. Reads zeros behind the end.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _at;

    public bool IsBehindEnd => _at > _data.Length * 8;

    public int Read(int bits)
    {
        var value = 0;
        for (; bits > 0; bits--, _at++)
            value = value << 1 | (_at >> 3 < _data.Length ? _data[_at >> 3] >> (7 - (_at & 7)) & 1 : 0);
        return value;
    }

    public long ReadLong() => (long)(uint)Read(16) << 16 | (uint)Read(16);

    public int ReadUnsigned()
    {
        var zeros = 0;
        while (zeros < 31 && Read(1) == 0)
            zeros++;
        return (1 << zeros) - 1 + Read(zeros);
    }

    public int ReadSigned()
    {
        var value = ReadUnsigned();
        return (value & 1) != 0 ? (value + 1) / 2 : -value / 2;
    }
}
