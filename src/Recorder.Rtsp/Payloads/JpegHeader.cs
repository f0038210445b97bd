using System.Buffers.Binary;

namespace Recorder.Rtsp.Payloads;

/// <summary>Writes the headers of a JPEG file, which RFC 2435 does not send (its appendix B). Reuses its memory.</summary>
internal sealed class JpegHeader
{
    // Two tables with 16 bits for each number.
    private const int MostTableBytes = 2 * 128;

    private readonly byte[] _tables = new byte[MostTableBytes];
    private readonly byte[] _bytes = new byte[1024];
    private int _tableBytes;
    private int _precision;
    private int _length;

    // The Q of the tables.
    private int _q = -1;

    /// <summary>Takes tables that are sent.</summary>
    /// <param name="precision">Bit n says that table n has 16 bits for each number.</param>
    /// <returns>Whether they can be used.</returns>
    public bool TryTake(ReadOnlySpan<byte> tables, int precision, int q)
    {
        _q = -1;
        var first = TableLength(precision);
        if (tables.Length != first && tables.Length < first + TableLength(precision >> 1))
            return false;

        var length = tables.Length == first ? first : first + TableLength(precision >> 1);
        tables[..length].CopyTo(_tables);
        (_q, _precision, _tableBytes) = (q, precision, length);
        return true;
    }

    /// <summary>Takes the tables that a Q below 128 means; above, those that were sent before.</summary>
    public bool TryUse(int q)
    {
        if (q is 0 or >= 128)
            return q == _q && q != 255;

        if (q != _q)
            JpegTables.FillQuantizers(_tables, q);
        (_q, _precision, _tableBytes) = (q, 0, 128);
        return true;
    }

    /// <summary>The header, valid until the next call.</summary>
    /// <param name="halfHeight">Whether colours have half the height, too (type 1), not only half the width (type 0).</param>
    /// <param name="restartInterval">0 for none.</param>
    public ReadOnlyMemory<byte> Write(int width, int height, bool halfHeight, int restartInterval)
    {
        _length = 0;
        Put([0xFF, 0xD8, 0xFF, 0xE0, 0, 16, (byte)'J', (byte)'F', (byte)'I', (byte)'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        if (restartInterval > 0)
            Put([0xFF, 0xDD, 0, 4, (byte)(restartInterval >> 8), (byte)restartInterval]);

        var first = TableLength(_precision);
        PutTable(0, _tables.AsSpan(0, first), _precision);
        if (_tableBytes > first)
            PutTable(1, _tables.AsSpan(first, _tableBytes - first), _precision >> 1);

        var colours = (byte)(_tableBytes > first ? 1 : 0);
        Span<byte> size = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(size, (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(size[2..], (ushort)width);
        Put([0xFF, 0xC0, 0, 17, 8]);
        Put(size);
        Put([3, 1, (byte)(halfHeight ? 0x22 : 0x21), 0, 2, 0x11, colours, 3, 0x11, colours]);
        Put(JpegTables.Huffman);
        Put([0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0]);
        return _bytes.AsMemory(0, _length);
    }

    private static int TableLength(int precision) => (precision & 1) != 0 ? 128 : 64;

    private void PutTable(int number, ReadOnlySpan<byte> table, int precision)
    {
        Put([0xFF, 0xDB, 0, (byte)(table.Length + 3), (byte)(((precision & 1) << 4) | number)]);
        Put(table);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }
}
