using System.Buffers.Text;
using System.Text;

namespace Recorder.FFmpeg;

/// <summary>
/// Extracts JPEG frames from a multipart body (multipart/x-mixed-replace) as its bytes arrive. If a part states no length or a
/// wrong one, the end of the JPEG data ends the frame, so that no frame waits for the next one. It uses no socket and no clock.
/// </summary>
internal sealed class MultipartFrames
{
    private const int LargestFrame = 32 << 20;
    private const int LargestHeader = 8 << 10;
    private const int SmallestBuffer = 16 << 10;

    private byte[] _buffer = new byte[4 * SmallestBuffer];
    private int _begin;
    private int _end;
    private int _taken;
    private byte[] _boundary = [];
    private byte[] _nextPart = [];
    private bool _inPart;
    private bool _inBody;
    private int _stated;
    private int _searched;
    private long? _arrivedAt;
    private long _lastAt;
    private bool _isEnded;
    private int _length;
    private JpegScanner _jpeg;

    /// <summary>The frame that <see cref="TryTake"/> found; valid until the next call.</summary>
    public ReadOnlySpan<byte> Frame => _buffer.AsSpan(_begin, _length);

    /// <summary>The arrival of the frame's first byte, on the clock of <see cref="Commit"/>.</summary>
    public long ArrivedAt { get; private set; }

    public bool IsWhole { get; private set; }

    public int Width { get; private set; }

    public int Height { get; private set; }

    public bool HasPartialFrame => _inBody && Unread.Length > 0;

    private Span<byte> Unread => _buffer.AsSpan(_begin, _end - _begin);

    public Span<byte> GetBuffer()
    {
        Drop();
        if (_begin > 0)
        {
            Unread.CopyTo(_buffer);
            (_begin, _end) = (0, _end - _begin);
        }
        if (_buffer.Length - _end < SmallestBuffer)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        return _buffer.AsSpan(_end);
    }

    public void Commit(int count, long at)
    {
        _end += count;
        _lastAt = at;
    }

    public bool TryTake()
    {
        Drop();
        while (_inBody || ReadHeader())
        {
            if (!FindEnd(out var length, out var taken))
                return false;
            var isJpeg = Unread.Length > 1 && Unread[0] == 0xff && Unread[1] == 0xd8;
            (IsWhole, Width, Height) = (isJpeg && !_jpeg.IsBroken && _isEnded, _jpeg.Width, _jpeg.Height);
            (_length, _taken, ArrivedAt) = (length, taken, _arrivedAt ?? _lastAt);
            (_inBody, _inPart) = (false, false);
            if (isJpeg)
                return true;
            // Skip a part that is no JPEG image.
            Drop();
        }
        return false;
    }

    private void Drop()
    {
        _begin += _taken;
        (_taken, _length) = (0, 0);
    }

    // Reads up to the first byte of a body. Bytes before a boundary are skipped: line ends, padding, or the rest of a frame that
    // is longer than its stated length.
    private bool ReadHeader()
    {
        while (true)
        {
            var end = Unread.IndexOf((byte)'\n');
            if (end < 0)
            {
                if (Unread.Length > LargestHeader)
                {
                    if (_inPart)
                        throw new FFmpegException(NativeError.InvalidData, "The header of a part of the multipart stream has no end.");
                    _begin = _end - LargestHeader / 2;
                }
                return false;
            }
            var line = Unread[..end].TrimEnd((byte)'\r').TrimEnd((byte)' ');
            _begin += end + 1;
            if (!_inPart)
            {
                if (IsBoundary(line))
                    (_inPart, _stated) = (true, 0);
            }
            else if (line.IsEmpty)
            {
                _inBody = true;
                (_jpeg, _searched, _isEnded) = (default, 0, false);
                _arrivedAt = Unread.IsEmpty ? null : _lastAt;
                return true;
            }
            else
            {
                ReadField(line);
            }
        }
    }

    private bool IsBoundary(ReadOnlySpan<byte> line)
    {
        if (_boundary.Length > 0)
            return line.StartsWith(_boundary);
        if (line.Length < 3 || !line.StartsWith("--"u8))
            return false;
        _boundary = line.ToArray();
        _nextPart = [(byte)'\n', .. _boundary];
        return true;
    }

    private void ReadField(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon > 0 && Ascii.EqualsIgnoreCase(line[..colon].TrimEnd((byte)' '), "content-length"u8)
            && Utf8Parser.TryParse(line[(colon + 1)..].TrimStart((byte)' '), out int length, out _))
            _stated = length;
    }

    // A frame ends with the end of its JPEG data. Without one, it ends where the next part begins, and is cut unless it has the
    // stated length.
    private bool FindEnd(out int length, out int taken)
    {
        _arrivedAt ??= Unread.IsEmpty ? null : _lastAt;
        if (_stated > LargestFrame || Unread.Length > LargestFrame)
            throw new FFmpegException(NativeError.InvalidData, $"A frame of the multipart stream is larger than {LargestFrame >> 20} MiB.");
        var part = Unread[_searched..].IndexOf(_nextPart);
        var body = part < 0 ? Unread : Unread[..(_searched + part + 1)];
        _searched = Math.Max(0, Unread.Length - _nextPart.Length);
        length = taken = _jpeg.Scan(body);
        _isEnded = length > 0;
        if (_isEnded || part < 0)
            return _isEnded;
        _isEnded = _stated > 0 && body.TrimEnd((byte)'\n').TrimEnd((byte)'\r').Length == _stated;
        (length, taken) = (_isEnded ? _stated : body.Length, body.Length);
        return true;
    }
}
