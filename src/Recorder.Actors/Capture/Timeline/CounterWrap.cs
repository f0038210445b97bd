namespace Recorder.Actors.Capture;

/// <summary>A counter of 33 bits (MPEG-TS) or 32 bits (RTP) has passed its end and counts from zero again.</summary>
internal static class CounterWrap
{
    public static bool TryUndo(TimelineTrack track, ref long decode)
    {
        foreach (var bits in (ReadOnlySpan<int>)[33, 32])
        {
            var range = decode < track.NextIn ? 1L << bits : -(1L << bits);
            if (Math.Abs(decode + range - track.NextIn) <= track.JumpLimit)
            {
                track.Wrap += range;
                decode += range;
                return true;
            }
        }

        return false;
    }

    /// <summary>Undoes a wrap before a track's first packet, which is this many ticks ahead of the other tracks.</summary>
    public static bool TryUndoAtStart(TimelineTrack track, long ahead, TimeSpan most, ref long decode)
    {
        foreach (var bits in (ReadOnlySpan<int>)[33, 32])
        {
            foreach (var range in (ReadOnlySpan<long>)[1L << bits, -(1L << bits)])
            {
                if (Math.Abs(ahead + track.ToTicks(range)) <= most.Ticks)
                {
                    track.Wrap += range;
                    decode += range;
                    return true;
                }
            }
        }

        return false;
    }
}
