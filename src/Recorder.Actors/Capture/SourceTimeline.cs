using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>The times of one packet on the source's timeline, in its track's time base.</summary>
internal readonly record struct MediaStamp(long Pts, long Dts, long Duration);

/// <summary>
/// Turns a source's own timestamps into one timeline that never steps back, whatever the source does: reconnects, loops, wraps,
/// jumps, leaves times out. All tracks share each offset, so that sound and picture keep their distance. Reads no clock: the arrival
/// time of a packet, on any monotonic clock, is handed in.
/// </summary>
internal sealed partial class SourceTimeline
{
    /// <summary>A step of more than this against what was expected is a discontinuity, not a gap.</summary>
    public static readonly TimeSpan JumpLimit = TimeSpan.FromSeconds(10);

    private static readonly Rational Ticks = new(1, (int)TimeSpan.TicksPerSecond);

    private readonly bool _live;
    private readonly Dictionary<int, Track> _tracks = [];
    private Epoch _current = new(0);
    private Epoch? _previous;
    private bool _anchor;
    private TimeSpan _lastArrival;
    private long? _firstIn;

    /// <param name="live">Whether arrival times say anything: no for files.</param>
    public SourceTimeline(bool live) => _live = live;

    /// <summary>Defines a track, or redefines how its incoming times count; what went out before stays.</summary>
    /// <param name="id">The track.</param>
    /// <param name="incoming">Time base of its packets as they come.</param>
    /// <param name="outgoing">Time base announced to subscribers; kept for good.</param>
    /// <param name="frame">Usual length of a packet in the outgoing base, for packets without; 0 when unknown.</param>
    /// <param name="reorder">Frames by which a picture may be decoded before it is shown.</param>
    public void SetTrack(int id, Rational incoming, Rational outgoing, long frame, int reorder = 0)
    {
        if (!_tracks.TryGetValue(id, out var track))
        {
            _tracks[id] = track = new Track(id, outgoing);
        }

        track.Incoming = incoming;
        track.SameBase = incoming == track.Outgoing;
        track.Limit = incoming.FromTimeSpan(JumpLimit);
        track.Frame = Math.Max(1, frame);
        track.Reorder = reorder * (track.SameBase ? frame : outgoing.Rescale(frame, incoming));
    }

    /// <summary>Forgets a track.</summary>
    public void RemoveTrack(int id) => _tracks.Remove(id);

    /// <summary>The source was opened again: its times begin anew, and go on here after the time that passed in between.</summary>
    public void Reconnected()
    {
        _anchor = _tracks.Values.Any(t => t.Started);
        Restart();
    }

    /// <summary>A file goes back to its first packet: its times begin anew right after its last one.</summary>
    public void Looped()
    {
        var end = End();
        Restart();
        if (end is { } at && _firstIn is { } first)
        {
            Begin(at - first);
        }
    }

    /// <summary>Where the timeline stands: the latest decode time of any track; null before the first packet.</summary>
    public TimeSpan? Position
    {
        get
        {
            long? latest = null;
            foreach (var track in _tracks.Values)
            {
                if (track.Started)
                {
                    latest = Math.Max(latest ?? long.MinValue, track.LastOutTicks);
                }
            }

            return latest is { } ticks ? new TimeSpan(ticks) : null;
        }
    }

    /// <summary>Puts a packet on the timeline.</summary>
    /// <param name="id">Its track.</param>
    /// <param name="pts">As it came, perhaps missing.</param>
    /// <param name="dts">As it came, perhaps missing.</param>
    /// <param name="duration">As it came, 0 when unknown.</param>
    /// <param name="arrival">When it came.</param>
    public MediaStamp Map(int id, long pts, long dts, long duration, TimeSpan arrival)
    {
        var track = _tracks[id];
        var decode = Decode(track, pts, dts);
        if (track.Fresh || _anchor)
        {
            EnterEpoch(track, decode, pts, arrival);
        }
        else if (Math.Abs(decode - track.NextIn) > track.Limit)
        {
            decode = Discontinuity(track, decode, arrival);
        }

        return Stamp(track, pts, decode, duration, arrival);
    }

    private static long Decode(Track track, long pts, long dts)
    {
        if (dts != PacketInfo.NoTimestamp)
        {
            return dts + track.Wrap;
        }

        if (pts == PacketInfo.NoTimestamp)
        {
            return track.NextIn;
        }

        // Only the presentation time is known: decode no later than that, and no later than its turn. Matroska does not say the first
        // decode times of a track with B-frames: they lie before the first picture.
        return track.Fresh ? pts + track.Wrap - track.Reorder : Math.Min(pts + track.Wrap, Math.Max(track.NextIn, pts + track.Wrap - (track.Limit / 10)));
    }

    private void EnterEpoch(Track track, long decode, long pts, TimeSpan arrival)
    {
        var ticks = track.InTicks(decode);
        if (_anchor)
        {
            _anchor = false;
            var elapsed = Math.Max(0, (arrival - _lastArrival).Ticks);
            Begin(Math.Max(End() ?? 0, (Position?.Ticks ?? 0) + elapsed) - ticks);
        }

        if (track.Fresh && !_tracks.Values.Any(t => t.Looped))
        {
            // Where it begins is seen, not decoded: reordered pictures are decoded before the beginning.
            _firstIn = Math.Min(_firstIn ?? long.MaxValue, pts == PacketInfo.NoTimestamp ? ticks : track.InTicks(pts));
        }

        track.Fresh = false;
        track.Enter(_current);
    }

    // A jump: a wrap of the source's counter, a true gap, the other side of a jump that another track made first, or a new beginning.
    private long Discontinuity(Track track, long decode, TimeSpan arrival)
    {
        foreach (var bits in (ReadOnlySpan<int>)[33, 32])
        {
            var range = 1L << bits;
            if (Math.Abs(decode + range - track.NextIn) <= track.Limit)
            {
                track.Wrap += range;
                return decode + range;
            }
        }

        var elapsed = _live ? Math.Max(0, (arrival - track.LastArrival).Ticks) : 0;
        var expected = track.LastOutTicks + Math.Max(elapsed, track.DurationTicks);
        var source = track.InTicks(decode);
        if (Fits(track, source + track.Epoch.Offset, expected, track.Epoch))
        {
            return decode;
        }

        foreach (var epoch in (ReadOnlySpan<Epoch?>)[_current, _previous])
        {
            if (epoch is not null && epoch != track.Epoch && Fits(track, source + epoch.Offset, expected, epoch))
            {
                track.Enter(epoch);
                return decode;
            }
        }

        Begin(expected - source);
        track.Enter(_current);
        return decode;
    }

    private bool Fits(Track track, long candidate, long expected, Epoch epoch)
    {
        if (Math.Abs(candidate - expected) <= JumpLimit.Ticks)
        {
            return true;
        }

        foreach (var other in _tracks.Values)
        {
            if (other != track && other.Started && other.Epoch == epoch && Math.Abs(candidate - other.LastOutTicks) <= JumpLimit.Ticks)
            {
                return true;
            }
        }

        return false;
    }

    private MediaStamp Stamp(Track track, long pts, long decode, long duration, TimeSpan arrival)
    {
        var outDts = track.Out(decode);
        var outDuration = duration <= 0 ? 0 : track.SameBase ? duration : track.Incoming.Rescale(duration, track.Outgoing);
        if (track.Started && outDts <= track.LastOut)
        {
            outDts = track.LastOut + 1;
        }

        var outPts = outDts;
        if (pts != PacketInfo.NoTimestamp)
        {
            var show = pts + track.Wrap;
            // The counter may wrap between a packet's decode and presentation time.
            show += show - decode < -(1L << 31) ? 1L << 33 : show - decode > 1L << 31 ? -(1L << 33) : 0;
            outPts = Math.Max(outDts, track.Out(show));
        }

        track.Advance(decode, outDts, outPts, duration, outDuration, arrival);
        _lastArrival = arrival;
        return new MediaStamp(outPts, outDts, outDuration);
    }

    private long? End() => _tracks.Values.Where(t => t.Started).Select(t => (long?)t.EndTicks).Max();

    private void Begin(long offset)
    {
        _previous = _current;
        _current = new Epoch(offset);
    }

    private void Restart()
    {
        foreach (var track in _tracks.Values)
        {
            track.Restart();
        }
    }
}
