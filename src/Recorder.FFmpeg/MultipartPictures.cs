using System.Buffers.Text;
using System.Text;

namespace Recorder.FFmpeg;

/// <summary>
/// Takes the JPEG pictures out of a multipart body (multipart/x-mixed-replace) as its bytes come in. Where a part states no length, or a
/// wrong one, the picture itself says where it ends, so that none waits for the next one. Knows no socket and no clock.
/// </summary>
internal sealed class MultipartPictures
{
    private const int LargestPicture = 32 << 20;
    private const int LargestHeader = 8 << 10;
    private const int LeastRoom = 16 << 10;

    private byte[] _buffer = new byte[4 * LeastRoom];
    private int _begin;
    private int _end;
    private int _taken;
    private byte[] _boundary = [];
    private byte[] _next = [];
    private bool _inPart;
    private bool _inBody;
    private int _stated;
    private int _searched;
    private long? _arrivedAt;
    private long _lastAt;
    private bool _isEnded;
    private int _length;
    private JpegWalk _walk;

    /// <summary>The picture that <see cref="TryTake"/> found; until more is added.</summary>
    public ReadOnlySpan<byte> Picture => _buffer.AsSpan(_begin, _length);

    /// <summary>When its first byte came.</summary>
    public long ArrivedAt { get; private set; }

    /// <summary>Whether all of it is there.</summary>
    public bool IsWhole { get; private set; }

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>Whether half a picture is left when no more comes.</summary>
    public bool HasRest => _inBody && Unread.Length > 0;

    private Span<byte> Unread => _buffer.AsSpan(_begin, _end - _begin);

    /// <summary>Where more bytes go; then <see cref="Added"/>.</summary>
    public Span<byte> Room()
    {
        Drop();
        if (_begin > 0)
        {
            Unread.CopyTo(_buffer);
            (_begin, _end) = (0, _end - _begin);
        }
        if (_buffer.Length - _end < LeastRoom)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        return _buffer.AsSpan(_end);
    }

    /// <summary>Bytes were put there.</summary>
    /// <param name="count">How many.</param>
    /// <param name="at">When, on any clock.</param>
    public void Added(int count, long at)
    {
        _end += count;
        _lastAt = at;
    }

    /// <summary>Finds the next picture in what came so far.</summary>
    /// <exception cref="FFmpegException">It is larger than any picture, or there is no header where one must be.</exception>
    public bool TryTake()
    {
        Drop();
        while (_inBody || ReadHeader())
        {
            if (!FindEnd(out var length, out var taken))
                return false;
            var isPicture = Unread.Length > 1 && Unread[0] == 0xff && Unread[1] == 0xd8;
            (IsWhole, Width, Height) = (isPicture && !_walk.IsBroken && _isEnded, _walk.Width, _walk.Height);
            (_length, _taken, ArrivedAt) = (length, taken, _arrivedAt ?? _lastAt);
            (_inBody, _inPart) = (false, false);
            if (isPicture)
                return true;
            // A part of another kind.
            Drop();
        }
        return false;
    }

    private void Drop()
    {
        _begin += _taken;
        (_taken, _length) = (0, 0);
    }

    // Up to the first byte of a body. What is before a boundary is nobody's: line ends, padding, the rest of a picture longer than stated.
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
                        throw new FFmpegException(NativeError.InvalidData, "A part of the multipart stream has no end of its header.");
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
                (_walk, _searched, _isEnded) = (default, 0, false);
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
        _next = [(byte)'\n', .. _boundary];
        return true;
    }

    private void ReadField(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon > 0 && Ascii.EqualsIgnoreCase(line[..colon].TrimEnd((byte)' '), "content-length"u8)
            && Utf8Parser.TryParse(line[(colon + 1)..].TrimStart((byte)' '), out int length, out _))
            _stated = length;
    }

    // A picture says itself where it ends. One that does not ends where the next part begins: it was cut, unless that is where its length says.
    private bool FindEnd(out int length, out int taken)
    {
        _arrivedAt ??= Unread.IsEmpty ? null : _lastAt;
        if (_stated > LargestPicture || Unread.Length > LargestPicture)
            throw new FFmpegException(NativeError.InvalidData, $"A picture of the multipart stream has more than {LargestPicture >> 20} MiB.");
        var next = Unread[_searched..].IndexOf(_next);
        var body = next < 0 ? Unread : Unread[..(_searched + next + 1)];
        _searched = Math.Max(0, Unread.Length - _next.Length);
        length = taken = _walk.Walk(body);
        _isEnded = length > 0;
        if (_isEnded || next < 0)
            return _isEnded;
        _isEnded = _stated > 0 && body.TrimEnd((byte)'\n').TrimEnd((byte)'\r').Length == _stated;
        (length, taken) = (_isEnded ? _stated : body.Length, body.Length);
        return true;
    }
}
