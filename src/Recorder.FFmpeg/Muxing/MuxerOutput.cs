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
    private readonly FileStream? _file;

    /// <param name="path">The file to write to at once; null keeps the bytes until they are taken.</param>
    internal MuxerOutput(string? path) =>
        _file = path is null ? null : new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);

    /// <summary>The bytes produced so far: the length of the file.</summary>
    public long Position { get; private set; }

    internal bool PatchesAllowed { get; set; }

    internal long Cursor { get; private set; }

    internal Exception? Failure { get; private set; }

    /// <summary>Takes the bytes appended since the last call. The caller disposes them.</summary>
    public MediaBytes TakePending()
    {
        CloseSegment();
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

    internal void Rewrite(long position, ReadOnlySpan<byte> data)
    {
        var (end, allowed) = (Cursor, PatchesAllowed);
        (Cursor, PatchesAllowed) = (position, true);
        Write(data);
        (Cursor, PatchesAllowed) = (end, allowed);
    }

    internal void Close()
    {
        TakePending().Dispose();
        _file?.Dispose();
    }

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

    // A file may have a place left free behind its end, for an index that is known last.
    internal long Seek(long position) => position < 0 || (position > Position && _file is null) ? -1 : (Cursor = position);

    /// <summary>Appends segments, of which it becomes the owner, at the end.</summary>
    internal void Append(List<ReadOnlyMemory<byte>> segments, long length)
    {
        // Little is copied: a segment of 32 KB would be kept for it until it is written.
        if (segments.Count == 1 && length <= SegmentPool.SegmentSize / 4)
        {
            Write(segments[0].Span);
            SegmentPool.Return(segments[0]);
            return;
        }
        CloseSegment();
        _full.AddRange(segments);
        Position += length;
        Cursor = Position;
    }

    internal void Write(ReadOnlySpan<byte> data)
    {
        if (_file is not null)
        {
            RandomAccess.Write(_file.SafeFileHandle, data, Cursor);
            Cursor += data.Length;
            Position = Math.Max(Position, Cursor);
            _taken = Position;
            return;
        }
        if (Cursor < _taken)
        {
            var count = (int)Math.Min(data.Length, _taken - Cursor);
            if (!PatchesAllowed)
                throw new InvalidOperationException($"The muxer changed bytes at {Cursor} that were already taken.");
            _patches.Add(new MediaPatch(Cursor, data[..count].ToArray()));
            Cursor += count;
            data = data[count..];
        }
        if (Cursor < Position)
        {
            var count = (int)Math.Min(data.Length, Position - Cursor);
            Overwrite(Cursor - _taken, data[..count]);
            Cursor += count;
            data = data[count..];
        }
        while (!data.IsEmpty)
        {
            _open ??= SegmentPool.Rent();
            var count = Math.Min(data.Length, SegmentPool.SegmentSize - _openLength);
            data[..count].CopyTo(_open.GetSpan()[_openLength..]);
            _openLength += count;
            Position += count;
            Cursor += count;
            data = data[count..];
            if (_openLength < SegmentPool.SegmentSize)
                continue;
            _full.Add(_open.Memory);
            (_open, _openLength) = (null, 0);
        }
    }

    private void CloseSegment()
    {
        if (_open is not null)
            _full.Add(_open.Memory[.._openLength]);
        (_open, _openLength) = (null, 0);
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
