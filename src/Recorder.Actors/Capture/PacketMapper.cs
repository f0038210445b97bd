using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>Puts packets on the source's tracks and timeline, and leaves out damaged ones and those of a new connection before
/// its first key frame. Reads no clock.</summary>
internal sealed class PacketMapper(SourceUri source)
{
    private readonly TrackSet _tracks = new();
    private readonly SourceTimeline _timeline = new(source.IsLive);
    private readonly TimestampReport _corrections = new();
    private readonly DamageReport _damage = new();
    private readonly List<int> _kept = [];
    private ulong _awaitingKey;

    public IReadOnlyList<SourceTrack> Tracks => _tracks.Tracks;

    /// <summary>The first video track; -1 for none.</summary>
    public int Leading => _tracks.Leading;

    /// <summary>Returns a sentence that says what changed since the last connection; null for nothing.</summary>
    public string? Open(IReadOnlyList<StreamInfo> streams, bool isPaced)
    {
        _timeline.FollowsArrival = isPaced && source.Kind is (SourceKind.Network or SourceKind.Device);
        var isFirst = Tracks.Count == 0;
        var change = ChangeStreams(streams);
        if (isFirst)
            return null;

        _timeline.Reconnected();
        foreach (var track in Tracks)
            _awaitingKey |= track.Parameters.Kind == MediaKind.Video ? 1UL << track.Id : 0;

        return change;
    }

    public string? ChangeStreams(IReadOnlyList<StreamInfo> streams)
    {
        var change = _tracks.Update(streams);
        foreach (var stream in streams)
        {
            if (_tracks.TrackOf(stream.Index) is >= 0 and var id && _tracks.Find(id) is { } track)
            {
                var rate = track.Description.FrameRate;
                var length = rate > 0 ? TimeSpan.FromSeconds(1 / rate) : TimeSpan.FromMilliseconds(20);
                var frame = track.TimeBase.FromTimeSpan(length);
                _timeline.SetTrack(id, stream.TimeBase, track.TimeBase, frame, stream.Parameters.ReorderedFrames);
            }
        }

        return change;
    }

    public void Loop() => _timeline.Looped();

    /// <summary>Returns the packet's times; null if it is not a packet of a recorded track.</summary>
    public MediaStamp? Map(PacketBatch batch, int index, TimeSpan arrival, out SourceTrack? track)
    {
        var info = batch[index];
        var id = _tracks.TrackOf(info.Track);
        track = id < 0 ? null : _tracks.Find(id);
        if (id < 0)
            return null;

        var stamp = _timeline.Map(id, info.Pts, info.Dts, info.Duration, arrival);
        batch.SetTimestamps(index, id, stamp.Pts, stamp.Dts, stamp.Duration);
        var bit = 1UL << id;
        if (info.Corrupt)
        {
            _damage.Add(id, _timeline.LengthOf(id));
        }
        else if ((_awaitingKey & bit) == 0 || info.Key)
        {
            _awaitingKey &= ~bit;
            _kept.Add(index);
        }

        return stamp;
    }

    public void CountDamage() => _damage.Add();

    /// <summary>Takes over the reference to the old batch.</summary>
    public PacketBatch TakeKept(PacketBatch batch)
    {
        var kept = _kept.Count < batch.Count ? PacketBatches.Replace(batch, _kept) : batch;
        _kept.Clear();
        return kept;
    }

    public PacketBatch? TakeLast(PacketBatch batch)
    {
        var index = batch.Count - 1;
        if (_kept is not [.., var last] || last != index)
            return null;

        _kept.RemoveAt(_kept.Count - 1);
        return PacketBatches.Slice(batch, index);
    }

    public void KeepFirst() => _kept.Add(0);
    public CaptureProtocol.MediaDropped? TakeDamage(DateTimeOffset from, DateTimeOffset now) => _damage.Take(from, now);
    public CaptureProtocol.TimestampsMended? TakeCorrection(TimeSpan now) => _corrections.Take(_timeline.Corrections, now);

    /// <summary>The first and last packet at which decoding can begin; -1 for none.</summary>
    public (int First, int Last) FindKeys(PacketBatch batch)
    {
        if (Leading < 0)
            return (0, 0);

        var (first, last) = (-1, -1);
        for (var i = 0; i < batch.Count; i++)
        {
            var info = batch[i];
            if (info.Key && info.Track == Leading)
                (first, last) = (first < 0 ? i : first, i);
        }

        return (first, last);
    }
}
