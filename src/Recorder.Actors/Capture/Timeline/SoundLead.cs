using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>
/// The sound that a source sends before its first pictures, kept for subscribers that wait for them: at most 5 s and 4 MiB. Where pictures come
/// that cannot be decoded, the source was joined in the middle of a group, and the sound belongs to what is not there.
/// </summary>
internal sealed class SoundLead
{
    private const long MostBytes = 4L << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly Queue<(PacketBatch Batch, TimeSpan At)> _batches = new();
    private long _bytes;
    private bool _isOver;

    /// <summary>Looks at a batch that goes out now.</summary>
    /// <param name="batch">The batch; references are taken as needed.</param>
    /// <param name="firstKey">Index of the first key frame of the leading video in it; -1 for none.</param>
    /// <param name="leading">The leading video track; -1 for none, which nobody waits for.</param>
    /// <param name="now">Any monotonic clock.</param>
    /// <returns>What came before the first picture, once, with that picture; the caller releases it.</returns>
    public IReadOnlyList<PacketBatch> Take(PacketBatch batch, int firstKey, int leading, TimeSpan now)
    {
        if (_isOver)
        {
            return [];
        }

        var end = firstKey < 0 ? batch.Count : firstKey;
        _isOver = leading < 0 || HasPicture(batch, end, leading);
        if (_isOver)
        {
            Clear();
            return [];
        }

        if (end > 0)
        {
            Keep(end == batch.Count ? batch.AddRef() : PacketBatches.Slice(batch, 0, end), now);
        }

        if (firstKey < 0)
        {
            return [];
        }

        _isOver = true;
        List<PacketBatch> lead = [.. _batches.Select(kept => kept.Batch)];
        _batches.Clear();
        return lead;
    }

    /// <summary>Lets everything go.</summary>
    public void Clear()
    {
        while (_batches.TryDequeue(out var kept))
        {
            kept.Batch.Release();
        }

        _bytes = 0;
    }

    private static bool HasPicture(PacketBatch batch, int end, int leading)
    {
        for (var index = 0; index < end; index++)
        {
            if (batch[index].Track == leading)
            {
                return true;
            }
        }

        return false;
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
