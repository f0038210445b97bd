using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>Keeps the sound before a source's first frame, for subscribers that wait for that frame: at most 5 s and 4 MiB. If
/// the first frames cannot be decoded, the source was joined in the middle of a GOP: the sound is dropped because its frames are
/// missing.</summary>
internal sealed class LeadingSound
{
    private const long MostBytes = 4L << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly Queue<(PacketBatch Batch, TimeSpan At)> _batches = new();
    private long _bytes;
    private bool _isOver;

    /// <summary>Returns the sound once, together with the first frame; the caller releases it.</summary>
    public IReadOnlyList<PacketBatch> Take(PacketBatch batch, int firstKey, int leading, TimeSpan now)
    {
        if (_isOver)
            return [];

        var end = firstKey < 0 ? batch.Count : firstKey;
        _isOver = leading < 0 || HasFrame(batch, end, leading);
        if (_isOver)
        {
            Clear();
            return [];
        }

        if (end > 0)
            Keep(end == batch.Count ? batch.AddRef() : PacketBatches.Slice(batch, 0, end), now);

        if (firstKey < 0)
            return [];

        _isOver = true;
        List<PacketBatch> sound = [.. _batches.Select(kept => kept.Batch)];
        _batches.Clear();
        return sound;
    }

    public void Clear()
    {
        while (_batches.TryDequeue(out var kept))
            kept.Batch.Release();

        _bytes = 0;
    }

    private static bool HasFrame(PacketBatch batch, int end, int leading)
    {
        var index = 0;
        while (index < end && batch[index].Track != leading)
            index++;

        return index < end;
    }

    private void Keep(PacketBatch batch, TimeSpan now)
    {
        _batches.Enqueue((batch, now));
        _bytes += batch.Bytes;
        while (_bytes > MostBytes || now - _batches.Peek().At > Longest)
        {
            var oldest = _batches.Dequeue().Batch;
            _bytes -= oldest.Bytes;
            oldest.Release();
        }
    }
}
