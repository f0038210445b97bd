namespace Recorder.Actors.Capture;

/// <summary>
/// Recognises that a source's timestamp counter of 33 bits (MPEG-TS) or 32 bits (RTP) has passed its end and counts from zero
/// again.
/// </summary>
internal static class CounterWrap
{
    /// <summary>Undoes a wrap between the last packet of a track and this one.</summary>
    /// <returns>False if there was none.</returns>
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

    /// <summary>Undoes a wrap that happened before the first packet of a track.</summary>
    /// <param name="track">The track.</param>
    /// <param name="ahead">How far the packet is ahead of the other tracks, in ticks.</param>
    /// <param name="most">How far it may be.</param>
    /// <param name="decode">The packet's decode time.</param>
    /// <returns>False if no wrap explains the distance.</returns>
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
