namespace Recorder.Actors.Capture;

/// <summary>Resolves jumps of files, recordings on a server and pushed streams, whose packets arrive at any pace. A jump is a
/// wrap of the source's counter, the same jump that another track made first, or a new beginning. Reads no clock.</summary>
internal sealed class StoredJumps(TimelineTracks tracks, bool isLive)
{
    /// <summary>Chooses the offset at an unexpected decode time. Returns that time, with a wrap undone.</summary>
    public long Resolve(TimelineTrack track, long decode, TimeSpan arrival)
    {
        if (CounterWrap.TryUndo(track, ref decode))
            return decode;

        var elapsed = isLive ? Math.Max(0, (arrival - track.LastArrival).Ticks) : 0;
        var expected = track.LastOutTicks + Math.Max(elapsed, track.DurationTicks);
        var source = track.ToTicks(decode);
        if (track.HasOnePacket && decode < track.LastIn)
        {
            tracks.RestartAtSecondPacket(track, decode);
            return decode;
        }

        if (Fits(track, source + track.Offset.Ticks, expected, track.Offset))
            return decode;

        foreach (var offset in (ReadOnlySpan<SharedOffset?>)[tracks.Current, tracks.Previous])
        {
            if (offset is not null && offset != track.Offset && Fits(track, source + offset.Ticks, expected, offset))
            {
                track.Use(offset);
                return decode;
            }
        }

        tracks.StartOffset(expected - source, track);
        return decode;
    }

    private bool Fits(TimelineTrack track, long candidate, long expected, SharedOffset offset)
    {
        var limit = SourceTimeline.JumpLimit.Ticks;
        if (Math.Abs(candidate - expected) <= limit)
            return true;

        // A loop, because a closure would be allocated for each packet.
        foreach (var other in tracks.All)
        {
            if (other != track && other.IsStarted && other.Offset == offset && Math.Abs(candidate - other.LastOutTicks) <= limit)
                return true;
        }

        return false;
    }
}
