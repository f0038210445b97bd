using System.Buffers.Binary;

namespace Recorder.FFmpeg;

/// <summary>Finds end and size of a JPEG image as its bytes arrive. Thumbnails inside segments are skipped.</summary>
internal struct JpegScanner
{
    private const byte Marker = 0xff;
    private const byte Start = 0xd8;
    private const byte End = 0xd9;
    private const byte StartOfScan = 0xda;

    private int _at;
    private bool _inScan;

    public bool IsBroken { get; private set; }

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>Returns the size that a whole image states; null if it states none.</summary>
    public static (int Width, int Height)? SizeOf(ReadOnlySpan<byte> image)
    {
        var scanner = default(JpegScanner);
        // The size stands before the scan, which need not be read.
        while (!scanner.IsBroken && scanner.Width == 0 && !scanner._inScan && scanner._at + 1 < image.Length)
        {
            if (!scanner.Skip(image))
                break;
        }
        return scanner is { IsBroken: false, Width: > 0, Height: > 0 } ? (scanner.Width, scanner.Height) : null;
    }

    /// <param name="image">All bytes of the image that have arrived, including those of earlier calls.</param>
    /// <returns>The length of the image; below 0 if its end has not arrived.</returns>
    public int Scan(ReadOnlySpan<byte> image)
    {
        while (!IsBroken && (!_inScan || SkipScan(image)) && _at + 1 < image.Length)
        {
            if (image[_at] == Marker && image[_at + 1] == End)
                return _at + 2;
            if (!Skip(image))
                break;
        }
        return -1;
    }

    private static bool IsRestart(byte marker) => marker is >= 0xd0 and <= 0xd7;

    private static bool IsStartOfFrame(byte marker) => marker is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc);

    // Skips a marker with its segment; returns false if it has not arrived completely.
    private bool Skip(ReadOnlySpan<byte> image)
    {
        var marker = image[_at + 1];
        if (image[_at] != Marker || (marker == Start) != (_at == 0))
            IsBroken = true;
        else if (marker == Marker)
            _at++;
        else if (marker == Start || IsRestart(marker) || marker == 1)
            _at += 2;
        else
            return SkipSegment(image, marker);
        return true;
    }

    private bool SkipSegment(ReadOnlySpan<byte> image, byte marker)
    {
        if (_at + 4 > image.Length)
            return false;
        var length = BinaryPrimitives.ReadUInt16BigEndian(image[(_at + 2)..]);
        if (_at + 2 + length > image.Length)
            return false;
        if (IsStartOfFrame(marker) && length >= 7)
        {
            Height = BinaryPrimitives.ReadUInt16BigEndian(image[(_at + 5)..]);
            Width = BinaryPrimitives.ReadUInt16BigEndian(image[(_at + 7)..]);
        }
        IsBroken = length < 2;
        _inScan = marker == StartOfScan;
        _at += 2 + length;
        return true;
    }

    private bool SkipScan(ReadOnlySpan<byte> image)
    {
        while (_at < image.Length)
        {
            var next = image[_at..].IndexOf(Marker);
            _at = next < 0 ? image.Length : _at + next;
            if (_at + 1 >= image.Length)
                return false;
            var marker = image[_at + 1];
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
