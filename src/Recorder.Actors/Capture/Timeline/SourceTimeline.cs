using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>The times of one packet on the source's timeline, in its track's time base.</summary>
internal readonly record struct MediaStamp(long Pts, long Dts, long Duration);

/// <summary>
/// Turns a source's own timestamps into one timeline that never steps back, whatever the source does: reconnects, loops, wraps,
/// jumps, drifts, leaves times out. The one place that decides what a timestamp is worth: by what the others of its source say and, for a
/// source that is live, by when packets come. All tracks share each offset, so that sound and picture keep their distance. Reads no clock:
/// the arrival time of a packet, on any monotonic clock, is handed in. Timestamps that agree with their arrival pass unchanged.
/// </summary>
internal sealed partial class SourceTimeline
{
    /// <summary>A step of more than this against what was expected is a discontinuity where arrival says nothing.</summary>
    public static readonly TimeSpan JumpLimit = TimeSpan.FromSeconds(10);

    private static readonly Rational Ticks = new(1, (int)TimeSpan.TicksPerSecond);

    private readonly bool _live;
    private readonly Dictionary<int, Track> _tracks = [];
    private readonly List<TimestampMend> _mends = [];
    private Epoch _current = new(0);
    private Epoch? _previous;
    private bool _anchor;
    private TimeSpan _lastArrival;
    private long? _firstIn;

    /// <param name="live">Whether arrival times say anything: no for files.</param>
    public SourceTimeline(bool live) => (_live, FollowsArrival) = (live, live);

    /// <summary>Whether timestamps that leave the time of arrival are mended: where a sender keeps time, and nobody else.</summary>
    public bool FollowsArrival { get; set; }

    /// <summary>What was mended and is not told yet; who tells it clears it.</summary>
    public List<TimestampMend> Mends => _mends;

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
        track.Step = incoming.FromTimeSpan(FollowsArrival ? PassesUnseen : JumpLimit);
        track.Frame = Math.Max(1, frame);
        track.Reorder = reorder * (track.SameBase ? frame : outgoing.Rescale(frame, incoming));
        track.Pace.Frame = Math.Clamp(outgoing.Rescale(track.Frame, Ticks), ShortestFrame, LongestFrame);
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

    /// <summary>How long the last packet of a track lasts, as far as is known.</summary>
    public TimeSpan LengthOf(int id) => new(_tracks[id].DurationTicks);

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
            decode = EnterEpoch(track, decode, pts, arrival);
        }
        else if (Math.Abs(decode - track.NextIn) > track.Step || (decode < track.LastIn && (FollowsArrival || track.Count == 1)))
        {
            decode = FollowsArrival ? Judge(track, decode, arrival) : Discontinuity(track, decode, arrival);
        }
        else if (FollowsArrival && _previous is not null && arrival - track.LastArrival > PassesUnseen)
        {
            FollowJump(track, decode, arrival);
        }

        if (track.Pace.Velocity != 0)
        {
            track.Stretch(decode);
        }

        var stamp = Stamp(track, pts, decode, duration, arrival);
        if (FollowsArrival)
        {
            Compare(track, arrival);
        }

        return stamp;
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

    private long EnterEpoch(Track track, long decode, long pts, TimeSpan arrival)
    {
        var ticks = track.InTicks(decode);
        if (_anchor)
        {
            _anchor = false;
            var elapsed = Math.Max(0, (arrival - _lastArrival).Ticks);
            var goesOn = FollowsArrival && track.Pace.Reference != long.MaxValue
                ? arrival.Ticks - track.Pace.Reference
                : (Position?.Ticks ?? 0) + elapsed;
            Begin(Math.Max(End() ?? 0, goesOn) - ticks);
        }

        if (track.Fresh && !_tracks.Values.Any(t => t.Looped))
        {
            // Where it begins is seen, not decoded: reordered pictures are decoded before the beginning.
            _firstIn = Math.Min(_firstIn ?? long.MaxValue, pts == PacketInfo.NoTimestamp ? ticks : track.InTicks(pts));
        }

        var joins = track.Fresh && FollowsArrival;
        track.Fresh = false;
        track.Enter(_current);
        return joins ? Join(track, decode, arrival) : decode;
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
