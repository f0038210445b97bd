using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>Keeps what a new subscriber is sent first: everything since the last key frame, or since the beginning of a file
/// while that is no more than one GOP and half a second ago. A GOP that does not fit is not kept; a new subscriber then starts at
/// the next key frame, or with the file opened again.</summary>
internal sealed class GopBuffer(long maximumBytes, TimeSpan maximumTime, bool live)
{
    // Recorders that are started together all attach within this time. A later one causes the file to be opened again, which
    // costs less than keeping a longer beginning of every file in memory.
    private static readonly TimeSpan LongestBeginning = TimeSpan.FromMilliseconds(500);

    private readonly List<PacketBatch> _batches = [];
    private TimeSpan _since;
    private bool _isFilling = !live;

    public IReadOnlyList<PacketBatch> Batches => _batches;
    public long Bytes { get; private set; }

    /// <summary>Whether a file's whole beginning is still here, so that a new subscriber misses nothing.</summary>
    public bool HasBeginning { get; private set; } = !live;

    /// <summary>Adds references as needed; the key frame is that of the leading video, -1 for none.</summary>
    public void Add(PacketBatch batch, int lastKey, TimeSpan now)
    {
        if (!live)
        {
            AddToBeginning(batch, lastKey, now);
            return;
        }

        if (lastKey >= 0)
        {
            Clear();
            (_isFilling, _since) = (true, now);
            Keep(lastKey == 0 ? batch.AddRef() : PacketBatches.Slice(batch, lastKey));
        }
        else if (_isFilling)
        {
            Keep(batch.AddRef());
        }

        if (Bytes > maximumBytes || now - _since > maximumTime)
            Clear();
    }

    public void Clear()
    {
        foreach (var batch in _batches)
            batch.Release();

        _batches.Clear();
        Bytes = 0;
        _isFilling = false;
        HasBeginning = false;
    }

    private void AddToBeginning(PacketBatch batch, int lastKey, TimeSpan now)
    {
        if (!_isFilling)
            return;

        if (_batches.Count == 0)
            _since = now;

        Keep(batch.AddRef());
        if ((_batches.Count > 1 && lastKey >= 0) || Bytes > maximumBytes || now - _since > LongestBeginning)
            Clear();
    }

    private void Keep(PacketBatch batch)
    {
        _batches.Add(batch);
        Bytes += batch.Bytes;
    }
}
