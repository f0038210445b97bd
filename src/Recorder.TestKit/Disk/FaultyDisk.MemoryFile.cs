using Recorder.Actors.Storage;

namespace Recorder.Testing;

/// <content>The files: their contents, and how much of them is durable.</content>
public sealed partial class FaultyDisk
{
    private sealed class MemoryFile(FaultyDisk disk, string path) : IDiskFile
    {
        private byte[] _content = [];
        private int _length;
        private int _durable;
        private bool _hasName;

        public byte[] Content => _content.AsSpan(0, _length).ToArray();

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> segments, long offset)
        {
            foreach (var segment in segments)
            {
                Write(segment.Span, offset);
                offset += segment.Length;
            }
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            var taken = disk.Take(path, bytes.Length, out var fault);
            Put(bytes[..taken], (int)offset);
            if (fault is not null)
                throw fault;
        }

        public int Read(Span<byte> into, long offset)
        {
            var count = (int)Math.Clamp(_length - offset, 0, into.Length);
            _content.AsSpan((int)offset, count).CopyTo(into);
            return count;
        }

        public void SetLength(long length)
        {
            _length = Math.Min(_length, (int)length);
            _durable = Math.Min(_durable, _length);
        }

        public void BeginFlush()
        {
        }

        public void Flush()
        {
            if (disk._losesFlushes || (disk._failAt is { } at && disk.Written >= at))
                throw new IOException($"Input/output error : '{path}'");

            _durable = _length;
        }

        public void FlushName() => _hasName = true;

        /// <summary>Discards the bytes that were not flushed. False when the file itself is lost, because its folder's entry was not flushed.</summary>
        public bool CutPower()
        {
            _length = _durable;
            return _hasName;
        }

        public void Restore(ReadOnlySpan<byte> content) => Put(content, 0);

        public void Dispose()
        {
        }

        private void Put(ReadOnlySpan<byte> bytes, int offset)
        {
            var end = offset + bytes.Length;
            if (end > _content.Length)
                Array.Resize(ref _content, Math.Max(end, _content.Length * 2));

            bytes.CopyTo(_content.AsSpan(offset));
            _length = Math.Max(_length, end);
        }
    }
}
