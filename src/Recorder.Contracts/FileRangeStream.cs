using Microsoft.Win32.SafeHandles;

namespace Recorder.Contracts;

/// <summary>A read-only stream over a range of a file. The file may grow meanwhile, because recordings are append-only.</summary>
internal sealed class FileRangeStream : Stream
{
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly long _offset;
    private readonly long _length;
    private long _position;

    private FileRangeStream(SafeFileHandle file, string path, long offset, long length) =>
        (_file, _path, _offset, _length) = (file, path, offset, length);

    public override bool CanRead => !_file.IsClosed;

    public override bool CanSeek => !_file.IsClosed;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public static FileRangeStream Open(string path, long offset, long length)
    {
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException(
                $"The blob's file '{path}' is missing: it was moved or deleted, or it is on another node.",
                path,
                exception);
        }

        var range = new FileRangeStream(file, path, offset, length);
        if (RandomAccess.GetLength(file) < offset + length)
        {
            range.Dispose();
            throw Cut(path, offset + length);
        }

        return range;
    }

    public override int Read(Span<byte> buffer)
    {
        var wanted = buffer[..Wanted(buffer.Length)];
        return wanted.IsEmpty ? 0 : Advance(RandomAccess.Read(_file, wanted, _offset + _position));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = buffer[..Wanted(buffer.Length)];
        return wanted.IsEmpty
            ? 0
            : Advance(await RandomAccess.ReadAsync(_file, wanted, _offset + _position, cancellationToken).ConfigureAwait(false));
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        var from = origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            SeekOrigin.End => _length,
            _ => throw new ArgumentOutOfRangeException(nameof(origin), origin, "Expected Begin, Current or End."),
        };
        return _position = checked(from + offset) is >= 0 and var position
            ? position
            : throw new IOException("Cannot seek to a position before the beginning of the blob.");
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw ReadOnly();

    public override void Write(byte[] buffer, int offset, int count) => throw ReadOnly();

    protected override void Dispose(bool disposing)
    {
        _file.Dispose();
        base.Dispose(disposing);
    }

    private int Wanted(int space)
    {
        ObjectDisposedException.ThrowIf(_file.IsClosed, this);
        return (int)Math.Min(space, Math.Max(_length - _position, 0));
    }

    private int Advance(int read)
    {
        if (read == 0)
            throw Cut(_path, _offset + _length);

        _position += read;
        return read;
    }

    private static EndOfStreamException Cut(string path, long end) =>
        new($"The blob's file '{path}' is shorter than {end} bytes: it was truncated or replaced after the blob was announced.");

    private static NotSupportedException ReadOnly() => new("A blob is read-only.");
}
