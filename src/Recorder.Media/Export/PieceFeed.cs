using Recorder.FFmpeg;

namespace Recorder.Media.Export;

internal sealed class PieceFeed(IEnumerable<MediaPiece> pieces) : IMediaFeed, IDisposable
{
    private readonly IEnumerator<MediaPiece> _pieces = pieces.GetEnumerator();
    private ReadOnlyMemory<byte> _bytes;
    private long _offset;
    private long _left;
    private IMediaSource? _source;
    private IMediaFile? _file;

    public static PieceFeed OfFile(IMediaSource file, long length) => new([new MediaPiece(file, 0, length, default)]);

    public int Read(Span<byte> into, TimeSpan wait)
    {
        while (_bytes.IsEmpty && _left == 0)
        {
            if (!_pieces.MoveNext())
                return -1;

            Begin(_pieces.Current);
        }

        if (!_bytes.IsEmpty)
        {
            var count = Math.Min(into.Length, _bytes.Length);
            _bytes.Span[..count].CopyTo(into);
            _bytes = _bytes[count..];
            return count;
        }

        var read = Read(into[..(int)Math.Min(into.Length, _left)], _offset);
        (_offset, _left) = (_offset + read, read == 0 ? 0 : _left - read);
        return read == 0 ? -1 : read;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _pieces.Dispose();
    }

    private void Begin(MediaPiece piece)
    {
        if (piece.Source is null)
        {
            _bytes = piece.Bytes;
            return;
        }

        if (!piece.Source.Equals(_source))
        {
            _file?.Dispose();
            (_file, _source) = (Open(piece.Source), piece.Source);
        }

        if (piece.Patch is null)
        {
            (_offset, _left) = (piece.Offset, piece.Length);
            return;
        }

        var bytes = new byte[piece.Size];
        for (var done = 0; done < piece.Length;)
        {
            var read = Read(bytes.AsSpan(done, (int)piece.Length - done), piece.Offset + done);
            done += read > 0 ? read : throw new EndOfStreamException("A file of the recording became shorter while it was read.");
        }

        piece.Patch(bytes);
        _bytes = bytes.AsMemory(piece.PatchedRange ?? ..);
    }

    private static IMediaFile Open(IMediaSource source)
    {
        try
        {
            return source.Open();
        }
        catch (IOException failed)
        {
            throw new UnreadableMediaException(failed);
        }
    }

    private int Read(Span<byte> into, long offset)
    {
        try
        {
            return _file!.Read(into, offset);
        }
        catch (IOException failed)
        {
            throw new UnreadableMediaException(failed);
        }
    }
}
