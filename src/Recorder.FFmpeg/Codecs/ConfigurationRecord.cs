using System.Buffers.Binary;

namespace Recorder.FFmpeg;

/// <summary>Reads the NAL units of a decoder configuration record (ISO 14496-15): avcC of H.264 or hvcC of HEVC.</summary>
internal ref struct ConfigurationRecord
{
    private const int AvcGroups = 5;
    private const int HevcGroups = 22;

    private readonly bool _h264;
    private ReadOnlySpan<byte> _rest;
    private int _groups;
    private int _units;

    public ConfigurationRecord(ReadOnlySpan<byte> record, bool h264)
    {
        _h264 = h264;
        _groups = h264 ? 2 : record[HevcGroups];
        _rest = h264 ? record[AvcGroups..] : record[(HevcGroups + 1)..];
        if (h264)
            BeginGroup(unitMask: 0x1f);
    }

    public bool IsTruncated { get; private set; }

    /// <summary>Returns how many bytes state a NAL unit's length in packets; 0 if it is no configuration record.</summary>
    public static int LengthSizeOf(ReadOnlySpan<byte> header, bool h264)
    {
        var (at, least) = h264 ? (4, 7) : (21, HevcGroups + 1);
        return header.Length >= least && header[0] == 1 ? (header[at] & 3) + 1 : 0;
    }

    public bool TryNext(out ReadOnlySpan<byte> unit)
    {
        unit = default;
        while (_units == 0 && _groups > 0)
            BeginGroup(unitMask: 0xff);
        if (_units == 0)
            return false;
        _units--;
        if (NalUnit.TryNext(ref _rest, sizeof(ushort), out unit))
            return true;
        Truncate();
        return false;
    }

    // Units stand in groups, two in avcC and any number in hvcC. A group begins with the number of its units, in hvcC behind
    // their type.
    private void BeginGroup(int unitMask)
    {
        var size = _h264 ? 1 : 3;
        if (_rest.Length < size)
        {
            Truncate();
            return;
        }
        _groups--;
        _units = _h264 ? _rest[0] & unitMask : BinaryPrimitives.ReadUInt16BigEndian(_rest[1..]);
        _rest = _rest[size..];
    }

    private void Truncate()
    {
        IsTruncated = true;
        (_groups, _units) = (0, 0);
    }
}
