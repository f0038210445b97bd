namespace Recorder.Actors.Capture;

/// <summary>Resolves jumps of a source whose sender keeps time, such as a camera. A step is believed unless it goes back, or is
/// ahead of what packet arrival allows. Reads no clock.</summary>
internal sealed class LiveJumps(TimelineTracks tracks, List<TimestampCorrection> corrections)
{
    // A clock that is set steps back once. Repeated steps are B-frames: the source gives only presentation times.
    private const int MostBackwardSteps = 3;
    private static readonly TimeSpan ShortlyAfter = TimeSpan.FromSeconds(2);

    // How far apart the tracks of a connection may begin.
    private static readonly TimeSpan BeginTogether = TimeSpan.FromSeconds(3);

    /// <summary>Chooses the offset of a track that begins while others go on: its counter may have wrapped already, or started
    /// elsewhere. Returns the decode time, with a wrap undone.</summary>
    public long Join(TimelineTrack track, long decode, TimeSpan arrival)
    {
        foreach (var other in tracks.All)
        {
            if (other == track || other.IsFresh)
                continue;

            var place = track.ToTicks(decode) + track.Offset.Ticks;
            var ahead = place - other.LastOutTicks;
            var late = arrival.Ticks - place;
            var (least, most) = other.Lateness.Range;
            if (Math.Abs(ahead) <= BeginTogether.Ticks ||
                (late >= least - BeginTogether.Ticks && late <= most + BeginTogether.Ticks))
            {
                continue;
            }

            if (!CounterWrap.TryUndoAtStart(track, ahead, BeginTogether, ref decode))
                tracks.StartOffset(other.LastOutTicks - track.ToTicks(decode), track);

            return decode;
        }

        return decode;
    }

    /// <summary>Chooses the offset at an unexpected decode time. Returns that time, with a wrap undone.</summary>
    public long Resolve(TimelineTrack track, long decode, TimeSpan arrival)
    {
        if (CounterWrap.TryUndo(track, ref decode) && decode > track.LastIn && decode - track.NextIn <= track.SuspiciousStep)
            return decode;

        var source = track.ToTicks(decode) + track.CorrectionTicks;
        var candidate = source + track.Offset.Ticks;
        if (candidate <= track.LastOutTicks ? IsOutOfOrder(track, candidate) : IsPossible(track, candidate, arrival))
            return decode;

        var expected = Expect(track, arrival);
        if (TryAlign(track, candidate, expected) || TryFollowAnother(track, source, expected, arrival))
            return decode;

        if (track.HasOnePacket && decode < track.LastIn)
        {
            tracks.RestartAtSecondPacket(track, decode);
            return decode;
        }

        Report(track, candidate, expected, arrival, isNoticeable: true);
        tracks.StartOffset(expected - source, track);
        return decode;
    }

    /// <summary>Repeats another track's jump for a track that was quiet meanwhile. Its next packet may seem to continue without a
    /// step if the jump is as long as the quiet time.</summary>
    public void FollowAnotherAfterQuiet(TimelineTrack track, long decode, TimeSpan arrival)
    {
        var source = track.ToTicks(decode) + track.CorrectionTicks;
        var expected = Expect(track, arrival);
        if (Math.Abs(source + track.Offset.Ticks - expected) > track.Lateness.Tolerance)
            TryFollowAnother(track, source, expected, arrival);
    }

    // Another track jumped before, which was reported, and the same jump puts this packet where it is expected.
    private bool TryFollowAnother(TimelineTrack track, long source, long expected, TimeSpan arrival)
    {
        foreach (var offset in (ReadOnlySpan<SharedOffset?>)[tracks.Current, tracks.Previous])
        {
            if (offset is not null && offset != track.Offset && source + offset.Ticks > track.LastOutTicks &&
                Math.Abs(source + offset.Ticks - expected) <= track.Lateness.Tolerance)
            {
                Report(track, source + track.Offset.Ticks, source + offset.Ticks, arrival, isNoticeable: false);
                track.Use(offset);
                return true;
            }
        }

        return false;
    }

    private void Report(TimelineTrack track, long candidate, long place, TimeSpan arrival, bool isNoticeable)
    {
        var gap = place - track.NextTicks;
        track.Lateness.Shift(gap);
        var since = gap > track.Lateness.Frame ? new TimeSpan(track.Lateness.PunctualAt) : arrival;
        new TimestampCorrection(track.Id, null, new TimeSpan(candidate - place), 0, new TimeSpan(gap), since, isNoticeable)
            .AddTo(corrections);
    }

    private static bool IsPossible(TimelineTrack track, long candidate, TimeSpan arrival)
    {
        var lateness = track.Lateness;
        var step = candidate - track.NextTicks;
        if (step <= lateness.Tolerance)
            return true;

        return track.CanDetectEarlyPackets
            ? arrival.Ticks - candidate >= lateness.Reference - lateness.Tolerance
            : Math.Min(step, Math.Abs(step - (arrival - track.LastArrival).Ticks)) <= SourceTimeline.JumpLimit.Ticks;
    }

    // Where a source gives only presentation times, B-frames step back in every GOP; they stay in decode order.
    private static bool IsOutOfOrder(TimelineTrack track, long candidate)
    {
        if (track.LastOutTicks - candidate > track.Lateness.Tolerance)
            return false;

        var (count, at) = track.BackwardSteps;
        track.BackwardSteps = (track.LastOutTicks - at < ShortlyAfter.Ticks ? count + 1 : 1, track.LastOutTicks);
        return track.BackwardSteps.Count > MostBackwardSteps;
    }

    // A sender's first report states how its tracks belong together. A track that has to move back for it is put in place at
    // once, and its timestamps are then corrected gradually.
    private static bool TryAlign(TimelineTrack track, long candidate, long expected)
    {
        if (track.Lateness.IsSettled || !track.HasManyPackets || candidate > track.LastOutTicks ||
            track.LastOutTicks - candidate > track.Lateness.Tolerance)
        {
            return false;
        }

        track.Correct(expected - candidate);
        track.RelearnLateness();
        return true;
    }

    // The place of a packet whose timestamp says nothing: directly after the last packet, or at its arrival if it comes later
    // than bursts and stalls explain.
    private static long Expect(TimelineTrack track, TimeSpan arrival)
    {
        var lateness = track.Lateness;
        var next = track.NextTicks;
        if (lateness.Reference == long.MaxValue)
            return next;

        var punctual = arrival.Ticks - lateness.Reference;
        if (punctual - next > lateness.Slack)
            return punctual;

        return track.CanDetectEarlyPackets ? Math.Min(next, Math.Max(track.LastOutTicks + lateness.Frame, punctual)) : next;
    }
}
