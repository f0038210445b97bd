using System.Buffers.Binary;

namespace Recorder.FFmpeg;

/// <summary>
/// Walks through a JPEG picture as its bytes come in, to find its end and its size. Only its segments are looked at: a small picture inside
/// one of them has an end, too.
/// </summary>
internal struct JpegWalk
{
    private const byte Marker = 0xff;
    private const byte Start = 0xd8;
    private const byte End = 0xd9;
    private const byte Scan = 0xda;

    private int _at;
    private bool _inScan;

    /// <summary>Whether it is no picture, or a damaged one.</summary>
    public bool IsBroken { get; private set; }

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>Goes on through the picture, all of which that is known is handed in each time.</summary>
    /// <returns>The picture's length once its end is there; else below 0.</returns>
    public int Walk(ReadOnlySpan<byte> picture)
    {
        while (!IsBroken && (!_inScan || PassScan(picture)) && _at + 1 < picture.Length)
        {
            var marker = picture[_at + 1];
            if (picture[_at] != Marker || (marker == Start) != (_at == 0))
            {
                IsBroken = true;
            }
            else if (marker == End)
            {
                return _at + 2;
            }
            else if (marker == Marker)
            {
                _at++;
            }
            else if (marker == Start || IsRestart(marker) || marker == 1)
            {
                _at += 2;
            }
            else if (!PassSegment(picture, marker))
            {
                break;
            }
        }

        return -1;
    }

    // Of a marker's first byte in coded data the second says that it is none.
    private static bool IsRestart(byte marker) => marker is >= 0xd0 and <= 0xd7;

    private static bool IsFrame(byte marker) => marker is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc);

    private bool PassSegment(ReadOnlySpan<byte> picture, byte marker)
    {
        if (_at + 4 > picture.Length)
            return false;
        var length = BinaryPrimitives.ReadUInt16BigEndian(picture[(_at + 2)..]);
        if (_at + 2 + length > picture.Length)
            return false;
        if (IsFrame(marker) && length >= 7)
        {
            Height = BinaryPrimitives.ReadUInt16BigEndian(picture[(_at + 5)..]);
            Width = BinaryPrimitives.ReadUInt16BigEndian(picture[(_at + 7)..]);
        }
        IsBroken = length < 2;
        _inScan = marker == Scan;
        _at += 2 + length;
        return true;
    }

    private bool PassScan(ReadOnlySpan<byte> picture)
    {
        while (_at < picture.Length)
        {
            var next = picture[_at..].IndexOf(Marker);
            _at = next < 0 ? picture.Length : _at + next;
            if (_at + 1 >= picture.Length)
                return false;
            var marker = picture[_at + 1];
            if (marker != 0 && marker != Marker && !IsRestart(marker))
            {
                _inScan = false;
                return true;
            }
            _at += marker == Marker ? 1 : 2;
        }
        return false;
    }
}
