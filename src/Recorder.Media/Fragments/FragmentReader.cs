using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Recorder.Media.Mp4;

namespace Recorder.Media.Fragments;

/// <summary>Reads the headers of the fragments in a file one after another; their media is skipped.</summary>
internal sealed class FragmentReader(SafeFileHandle file, Mp4Header header, long position) : IDisposable
{
    // The header of nearly every fragment fits, with the header of the mdat behind it.
    private const int UsualHeader = 4096;
    private const int MaxHeaderBytes = 4 << 20;
    private const int LongestBoxHeader = 16;

    private readonly FragmentRun[] _runs = new FragmentRun[header.Tracks.Count];
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(UsualHeader);

    /// <summary>Offset of the next box: behind the last fragment or other box that was read.</summary>
    public long Position { get; set; } = position;

    public MoofFacts Facts { get; private set; }

    public ReadOnlySpan<FragmentRun> Runs => _runs;

    /// <returns>False when there is no whole fragment; <see cref="Position"/> is behind the boxes that were skipped.</returns>
    public bool TryRead(long end, out Fragment fragment)
    {
        fragment = default;
        while (Position < end)
        {
            var read = RandomAccess.Read(file, _buffer, Position);
            if (Mp4Box.ReadHeader(_buffer.AsSpan(0, read), out var type, out var size) == 0 || size < 8 || size > end - Position)
                return false;

            if (type == Mp4Box.Moof)
                return size <= MaxHeaderBytes && TryReadFragment((int)size, read, end, out fragment);

            // Boxes between fragments, and the mfra at the end of a file, belong to no fragment.
            Position += size;
        }

        return false;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private bool TryReadFragment(int headerLength, int read, long end, out Fragment fragment)
    {
        fragment = default;
        if (headerLength + LongestBoxHeader > read)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(headerLength + LongestBoxHeader);
            read = RandomAccess.Read(file, _buffer.AsSpan(0, headerLength + LongestBoxHeader), Position);
        }

        var behind = _buffer.AsSpan(0, read)[Math.Min(headerLength, read)..];
        var mdatHeader = Mp4Box.ReadHeader(behind, out var type, out var size);
        var longest = Math.Min(end - Position, int.MaxValue) - headerLength;
        if (mdatHeader == 0 || type != Mp4Box.Mdat || size < 8 || size > longest)
            return false;

        Facts = MoofReader.Read(_buffer.AsSpan(0, headerLength), header, _runs);
        if (mdatHeader != FragmentPatch.MdatHeader && Facts.Keys is { Count: > 0 })
        {
            // Inserting parameter sets changes the size of the mdat, and only a size of 32 bits can be changed.
            Facts = Facts with { Keys = null };
        }

        fragment = new Fragment(Position, headerLength, headerLength + (int)size, Facts.StartsWithKey)
            .WithKeys(Facts.Keys ?? [], Facts.SizeTableBytes);
        Position += fragment.Length;
        return true;
    }
}
