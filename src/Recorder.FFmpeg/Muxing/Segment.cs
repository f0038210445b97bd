using System.Buffers;
using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>A segment of native memory. The owner of the list that contains the segment returns it to the pool.</summary>
internal sealed unsafe class Segment : MemoryManager<byte>
{
    private byte* _bytes = (byte*)NativeMemory.Alloc(SegmentPool.SegmentSize);

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_bytes == null, this);
        return new Span<byte>(_bytes, SegmentPool.SegmentSize);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_bytes == null, this);
        return new MemoryHandle(_bytes + elementIndex, default, this);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
    }
}
