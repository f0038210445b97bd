using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>A change of bytes that were taken earlier.</summary>
/// <param name="Offset">Position in the file.</param>
/// <param name="Bytes">The new bytes, which replace as many old ones.</param>
public sealed record MediaPatch(long Offset, ReadOnlyMemory<byte> Bytes);

/// <summary>Collects the bytes of a muxer on its thread. Bytes that are taken may go to other threads.</summary>
public sealed class MuxerOutput
{
    private List<ReadOnlyMemory<byte>> _full = MediaBytes.RentList();
    private List<MediaPatch> _patches = [];
    private Segment? _open;
    private int _openLength;
    private long _taken;
    private long _cursor;

    private readonly FileStream? _file;

    /// <param name="path">The file to write to at once; null keeps the bytes until they are taken.</param>
    internal MuxerOutput(string? path) =>
        _file = path is null ? null : new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);

    /// <summary>The bytes produced so far: the length of the file.</summary>
    public long Position { get; private set; }

    /// <summary>Whether bytes may be rewritten after they were taken.</summary>
    internal bool PatchesAllowed { get; set; }

    /// <summary>The position at which the muxer writes next.</summary>
    internal long Cursor => _cursor;

    /// <summary>The first exception inside a native callback, which must not throw.</summary>
    internal Exception? Failure { get; private set; }

    /// <summary>Takes the bytes appended since the last call. The caller disposes them.</summary>
    public MediaBytes TakePending()
    {
        if (_open is not null)
        {
            _full.Add(_open.Memory[.._openLength]);
            _open = null;
            _openLength = 0;
        }
        var bytes = MediaBytes.Of(_full, Position - _taken);
        _taken = Position;
        _full = MediaBytes.RentList();
        return bytes;
    }

    /// <summary>Takes the changes of earlier bytes, in order. Only <see cref="Muxer.Finish"/> makes any.</summary>
    public IReadOnlyList<MediaPatch> TakePatches()
    {
        var patches = _patches;
        _patches = [];
        return patches;
    }

    /// <summary>Copies the bytes that were not taken yet.</summary>
    internal byte[] CopyPending()
    {
        var bytes = new byte[Position - _taken];
        var at = 0;
        foreach (var segment in _full)
        {
            segment.Span.CopyTo(bytes.AsSpan(at));
            at += segment.Length;
        }
        if (_open is not null)
            _open.GetSpan()[.._openLength].CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    /// <summary>Changes bytes that were written earlier.</summary>
    internal void Rewrite(long position, ReadOnlySpan<byte> data)
    {
        var (end, allowed) = (_cursor, PatchesAllowed);
        (_cursor, PatchesAllowed) = (position, true);
        Write(data);
        (_cursor, PatchesAllowed) = (end, allowed);
    }

    /// <summary>Returns pending bytes to the pool and closes the file.</summary>
    internal void Close()
    {
        TakePending().Dispose();
        _file?.Dispose();
    }

    /// <summary>Writes bytes for the native callback. On failure it returns false and sets <see cref="Failure"/>.</summary>
    internal bool TryWrite(ReadOnlySpan<byte> data)
    {
#pragma warning disable CA1031 // An exception that leaves a native callback ends the process.
        try
        {
            Write(data);
            return true;
        }
        catch (Exception e)
        {
            Failure ??= e;
            return false;
        }
#pragma warning restore CA1031
    }

    /// <summary>Moves the cursor for the native callback; returns -1 if the position does not exist.</summary>
    internal long Seek(long position)
    {
        if (position < 0 || position > Position)
            return -1;
        return _cursor = position;
    }

    private void Write(ReadOnlySpan<byte> data)
    {
        if (_file is not null)
        {
            RandomAccess.Write(_file.SafeFileHandle, data, _cursor);
            _cursor += data.Length;
            Position = Math.Max(Position, _cursor);
            _taken = Position;
            return;
        }
        if (_cursor < _taken)
        {
            var count = (int)Math.Min(data.Length, _taken - _cursor);
            if (!PatchesAllowed)
                throw new InvalidOperationException($"The muxer changed bytes at {_cursor} that were already taken.");
            _patches.Add(new MediaPatch(_cursor, data[..count].ToArray()));
            _cursor += count;
            data = data[count..];
        }
        if (_cursor < Position)
        {
            var count = (int)Math.Min(data.Length, Position - _cursor);
            Overwrite(_cursor - _taken, data[..count]);
            _cursor += count;
            data = data[count..];
        }
        while (!data.IsEmpty)
        {
            _open ??= SegmentPool.Rent();
            var count = Math.Min(data.Length, SegmentPool.SegmentSize - _openLength);
            data[..count].CopyTo(_open.GetSpan()[_openLength..]);
            _openLength += count;
            Position += count;
            _cursor += count;
            data = data[count..];
            if (_openLength < SegmentPool.SegmentSize)
                continue;
            _full.Add(_open.Memory);
            _open = null;
            _openLength = 0;
        }
    }

    private void Overwrite(long at, ReadOnlySpan<byte> data)
    {
        foreach (var segment in _full)
        {
            if (at < segment.Length && !data.IsEmpty)
            {
                var count = (int)Math.Min(data.Length, segment.Length - at);
                data[..count].CopyTo(MemoryMarshal.AsMemory(segment).Span[(int)at..]);
                data = data[count..];
                at += count;
            }
            at -= segment.Length;
        }
        if (!data.IsEmpty)
            data.CopyTo(_open!.GetSpan()[(int)at..]);
    }
}
