namespace Recorder.Testing;

internal sealed class TrackPlayer(ScriptedTrack track)
{
    private long _packetsSinceKey;

    public ScriptedTrack Track { get; set; } = track;

    /// <summary>The number of the next packet, from 0.</summary>
    public long Next { get; private set; }

    public long Delivered { get; private set; }

    /// <summary>Whether the next packet is a key frame, regardless of the track's interval.</summary>
    public bool NeedsKey { get; set; } = true;

    /// <summary>When packet <paramref name="number"/> is complete, counted from the beginning of the source.</summary>
    public TimeSpan EndOf(long number) => Track.Media.TimeBase.ToTimeSpan((number + 1) * Track.PacketDuration);

    /// <summary>Moves to the packet at a time without producing the packets before it.</summary>
    public void SkipTo(TimeSpan time)
    {
        if (EndOf(Next) <= time)
        {
            Next = Track.Media.TimeBase.FromTimeSpan(time) / Track.PacketDuration;
            NeedsKey = true;
        }
    }

    public void AddNext(PacketBatch batch, TimeSpan start, DateTimeOffset capturedAt)
    {
        var key = NeedsKey || _packetsSinceKey >= Track.KeyFrameEvery;
        Add(batch, Track.Media.TimeBase.FromTimeSpan(start) + (Next * Track.PacketDuration), key, capturedAt);
        Next++;
    }

    /// <summary>Adds a packet with a given timestamp to a batch; null data means real media.</summary>
    public void Add(PacketBatch batch, long pts, bool key, DateTimeOffset capturedAt, byte[]? data = null)
    {
        var packets = Track.Media.Packets;
        data ??= packets[(int)(Delivered % packets.Count)];
        batch.Add(data, Track.Id, pts, pts, Track.PacketDuration, key, capturedAt);
        (NeedsKey, _packetsSinceKey) = (false, key ? 1 : _packetsSinceKey + 1);
        Delivered++;
    }
}
