using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>
/// What a new subscriber is given first: everything since the last key frame of the leading video track, by reference; for a file
/// everything since its beginning as long as that is no more than one group of pictures and half a second old. Bounded in bytes and time: a
/// group that does not fit is not kept, and a new subscriber begins at the next key frame, or with a file opened anew.
/// </summary>
internal sealed class GopRing(long maximumBytes, TimeSpan maximumTime, bool live)
{
    // Of recorders that are started as one, none is later; whoever is costs another reading of the file, not memory of each.
    private static readonly TimeSpan LongestBeginning = TimeSpan.FromMilliseconds(500);

    private readonly List<PacketBatch> _batches = [];
    private TimeSpan _since;
    private bool _open = !live;

    /// <summary>The batches kept, oldest first.</summary>
    public IReadOnlyList<PacketBatch> Batches => _batches;

    /// <summary>Bytes kept.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether a file's whole beginning is still here, so that a new subscriber misses nothing.</summary>
    public bool HoldsBeginning { get; private set; } = !live;

    /// <summary>Keeps what matters of a batch that goes out now.</summary>
    /// <param name="batch">The batch; references are taken as needed.</param>
    /// <param name="lastKey">Index of the last key frame of the leading video in it; -1 for none.</param>
    /// <param name="now">Any monotonic clock.</param>
    public void Add(PacketBatch batch, int lastKey, TimeSpan now)
    {
        if (!live)
        {
            AddBeginning(batch, lastKey, now);
            return;
        }

        if (lastKey >= 0)
        {
            Clear();
            (_open, _since) = (true, now);
            Keep(lastKey == 0 ? batch.AddRef() : PacketBatches.Slice(batch, lastKey));
        }
        else if (_open)
        {
            Keep(batch.AddRef());
        }

        if (Bytes > maximumBytes || now - _since > maximumTime)
        {
            Clear();
        }
    }

    /// <summary>Lets everything go.</summary>
    public void Clear()
    {
        foreach (var batch in _batches)
        {
            batch.Release();
        }

        _batches.Clear();
        Bytes = 0;
        _open = false;
        HoldsBeginning = false;
    }

    private void AddBeginning(PacketBatch batch, int lastKey, TimeSpan now)
    {
        if (!_open)
        {
            return;
        }

        if (_batches.Count == 0)
        {
            _since = now;
        }

        Keep(batch.AddRef());
        if ((_batches.Count > 1 && lastKey >= 0) || Bytes > maximumBytes || now - _since > LongestBeginning)
        {
            Clear();
        }
    }

    private void Keep(PacketBatch batch)
    {
        _batches.Add(batch);
        Bytes += batch.Bytes;
    }
}

/// <summary>What is done with batches besides sending them.</summary>
internal static class PacketBatches
{
    /// <summary>A new batch of the packets from <paramref name="from"/> on, by reference.</summary>
    public static PacketBatch Slice(PacketBatch batch, int from, int? to = null)
    {
        var slice = PacketBatch.Rent();
        for (var i = from; i < (to ?? batch.Count); i++)
        {
            slice.Append(batch, i);
        }

        return slice;
    }
}
