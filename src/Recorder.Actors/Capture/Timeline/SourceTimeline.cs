using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

internal readonly record struct MediaStamp(long Pts, long Dts, long Duration);

/// <summary>Turns a source's own timestamps into one timeline that never steps back: after reconnects, loops, wraps, jumps,
/// drifts, missing times. They are judged by those of the other tracks and, for a source that is live, by packet arrival on any
/// monotonic clock; those that agree pass unchanged. Reads no clock.</summary>
internal sealed class SourceTimeline
{
    /// <summary>A step of more than this from the expected time is a jump even if packet arrival says nothing.</summary>
    public static readonly TimeSpan JumpLimit = TimeSpan.FromSeconds(10);

    // A step of no more than this is a dropped frame, or a sender's report that aligns sound and video.
    private static readonly TimeSpan HarmlessStep = TimeSpan.FromMilliseconds(250);

    private readonly TimelineTracks _tracks = new();
    private readonly StoredJumps _storedJumps;
    private readonly LiveJumps _liveJumps;
    private bool _isReconnecting;
    private TimeSpan _lastArrival;
    private long? _firstIn;

    public SourceTimeline(bool live)
    {
        FollowsArrival = live;
        _storedJumps = new StoredJumps(_tracks, live);
        _liveJumps = new LiveJumps(_tracks, Corrections);
    }

    /// <summary>Whether timestamps that disagree with packet arrival are corrected: if a sender's clock keeps time.</summary>
    public bool FollowsArrival { get; set; }

    public List<TimestampCorrection> Corrections { get; } = [];
    public TimeSpan? Position => _tracks.Position;

    /// <summary>Defines a track, or redefines how its times count from here on. The frame's length is in the outgoing time base,
    /// which never changes.</summary>
    public void SetTrack(int id, Rational incoming, Rational outgoing, long frame, int reorder = 0) =>
        _tracks.GetOrAdd(id, outgoing).Define(incoming, frame, reorder, JumpLimit, FollowsArrival ? HarmlessStep : JumpLimit);

    /// <summary>The times start again; they are placed after the time that passed.</summary>
    public void Reconnected()
    {
        _isReconnecting = _tracks.All.Any(track => track.IsStarted);
        _tracks.Restart();
    }

    /// <summary>The times start again; they are placed directly after the last packet.</summary>
    public void Looped()
    {
        var end = _tracks.End;
        _tracks.Restart();
        if (end is { } at && _firstIn is { } first)
            _tracks.StartOffset(at - first);
    }

    public TimeSpan LengthOf(int id) => new(_tracks[id].DurationTicks);

    /// <summary>Times may be missing, and a duration of 0 is unknown.</summary>
    public MediaStamp Map(int id, long pts, long dts, long duration, TimeSpan arrival)
    {
        var track = _tracks[id];
        var decode = track.DecodeTimeOf(pts, dts);
        if (track.IsFresh || _isReconnecting)
        {
            decode = Begin(track, decode, pts, arrival);
        }
        else if (Math.Abs(decode - track.NextIn) > track.SuspiciousStep ||
            (decode < track.LastIn && (FollowsArrival || track.HasOnePacket)))
        {
            decode = FollowsArrival ? _liveJumps.Resolve(track, decode, arrival) : _storedJumps.Resolve(track, decode, arrival);
        }
        else if (FollowsArrival && _tracks.Previous is not null && arrival - track.LastArrival > HarmlessStep)
        {
            _liveJumps.FollowAnotherAfterQuiet(track, decode, arrival);
        }

        track.CorrectDrift(decode);
        var stamp = track.Place(pts, decode, duration, arrival);
        _lastArrival = arrival;
        if (FollowsArrival)
            MeasureDrift(track, arrival);

        return stamp;
    }

    // The first packet of a track in this connection, or the first packet of any track after a reconnect.
    private long Begin(TimelineTrack track, long decode, long pts, TimeSpan arrival)
    {
        var ticks = track.ToTicks(decode);
        if (_isReconnecting)
        {
            _isReconnecting = false;
            var elapsed = Math.Max(0, (arrival - _lastArrival).Ticks);
            var place = FollowsArrival && track.Lateness.Reference != long.MaxValue
                ? arrival.Ticks - track.Lateness.Reference
                : (Position?.Ticks ?? 0) + elapsed;
            _tracks.StartOffset(Math.Max(_tracks.End ?? 0, place) - ticks);
        }

        if (track.IsFresh && !_tracks.All.Any(each => each.IsRepeated))
        {
            // A file begins with the first frame that is shown: reordered frames are decoded before it.
            _firstIn = Math.Min(_firstIn ?? long.MaxValue, pts == PacketInfo.NoTimestamp ? ticks : track.ToTicks(pts));
        }

        var joins = track.IsFresh && FollowsArrival;
        track.IsFresh = false;
        track.Use(_tracks.Current);
        return joins ? _liveJumps.Join(track, decode, arrival) : decode;
    }

    private void MeasureDrift(TimelineTrack track, TimeSpan arrival)
    {
        var lateness = track.Lateness;
        if (lateness.Add(arrival.Ticks, track.LastOutTicks, track.CorrectionTicks, track.Drift.IsCorrecting) &&
            track.Drift.Decide(_tracks.IsAnotherPunctual(track)) is not DriftVerdict.Unknown and var verdict)
        {
            var (off, since) = (new TimeSpan(lateness.Deviation), new TimeSpan(lateness.PunctualAt));
            new TimestampCorrection(track.Id, verdict, off, lateness.Rate, TimeSpan.Zero, since, track.Drift.IsNoticeable)
                .AddTo(Corrections);
        }
    }
}
