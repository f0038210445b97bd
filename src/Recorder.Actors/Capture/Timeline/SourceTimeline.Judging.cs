namespace Recorder.Actors.Capture;

/// <summary>What the timeline did to timestamps that lie.</summary>
/// <param name="Track">Whose.</param>
/// <param name="Verdict">What its pace said; null for a jump.</param>
/// <param name="By">How far they had jumped, or were off when the mend began.</param>
/// <param name="Rate">By how much too slow they run, a part of 1.</param>
/// <param name="Gap">Time without media at a jump.</param>
/// <param name="Since">On the clock of arrival, since when they were off.</param>
/// <param name="IsPlain">Whether it is more than a gentle correction that nobody notices.</param>
internal sealed record TimestampMend(
    int Track, PaceVerdict? Verdict, TimeSpan By, double Rate, TimeSpan Gap, TimeSpan Since, bool IsPlain);

// What a step of the timestamps is worth.
internal sealed partial class SourceTimeline
{
    // A step by no more than this is a frame that was left out, or a report that aligns sound and picture.
    private static readonly TimeSpan PassesUnseen = TimeSpan.FromMilliseconds(250);

    // Steps back that come again and again are pictures out of order, and no clock that is set.
    private const int MostStepsBack = 3;
    private static readonly TimeSpan ShortlyAfter = TimeSpan.FromSeconds(2);

    // How far apart the tracks of a connection may begin.
    private static readonly TimeSpan BeginTogether = TimeSpan.FromSeconds(3);

    private const long ShortestFrame = 40 * TimeSpan.TicksPerMillisecond;
    private const long LongestFrame = TimeSpan.TicksPerSecond;
    private const int MostMends = 64;

    // A file's jump: a wrap of the source's counter, the other side of a jump that another track made first, or a new beginning.
    private long Discontinuity(Track track, long decode, TimeSpan arrival)
    {
        if (IsWrap(track, ref decode))
        {
            return decode;
        }

        var elapsed = _live ? Math.Max(0, (arrival - track.LastArrival).Ticks) : 0;
        var expected = track.LastOutTicks + Math.Max(elapsed, track.DurationTicks);
        var source = track.InTicks(decode);
        if (track.Count == 1 && decode < track.LastIn)
        {
            BeginWithSecond(track, decode);
            return decode;
        }

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

    private static bool IsWrap(Track track, ref long decode)
    {
        foreach (var bits in (ReadOnlySpan<int>)[33, 32])
        {
            var range = decode < track.NextIn ? 1L << bits : -(1L << bits);
            if (Math.Abs(decode + range - track.NextIn) <= track.Limit)
            {
                track.Wrap += range;
                decode += range;
                return true;
            }
        }

        return false;
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

    // A live source's step: believed unless it goes back, or is ahead of what arrival allows.
    private long Judge(Track track, long decode, TimeSpan arrival)
    {
        if (IsWrap(track, ref decode) && decode > track.LastIn && decode - track.NextIn <= track.Step)
        {
            return decode;
        }

        var source = track.InTicks(decode) + track.CorrectionTicks;
        var candidate = source + track.Epoch.Offset;
        if (candidate <= track.LastOutTicks ? IsOutOfOrder(track, candidate) : IsPossible(track, candidate, arrival))
        {
            return decode;
        }

        var expected = Expected(track, arrival);
        if (IsAligned(track, candidate, expected))
        {
            return decode;
        }

        if (FollowsAnother(track, source, expected, arrival))
        {
            return decode;
        }

        if (track.Count == 1 && decode < track.LastIn)
        {
            BeginWithSecond(track, decode);
            return decode;
        }

        GoOn(track, candidate, expected, arrival, isPlain: true);
        Begin(expected - source);
        track.Enter(_current);
        return decode;
    }

    // A track that was quiet while another's jump was told may seem to go on without a step: it jumped as well, by as much as it was quiet.
    private void FollowJump(Track track, long decode, TimeSpan arrival)
    {
        var source = track.InTicks(decode) + track.CorrectionTicks;
        var expected = Expected(track, arrival);
        if (Math.Abs(source + track.Epoch.Offset - expected) > track.Pace.Tolerance)
        {
            FollowsAnother(track, source, expected, arrival);
        }
    }

    // Whether it is where it is expected by a jump that another track made before: that was told.
    private bool FollowsAnother(Track track, long source, long expected, TimeSpan arrival)
    {
        foreach (var epoch in (ReadOnlySpan<Epoch?>)[_current, _previous])
        {
            if (epoch is not null && epoch != track.Epoch && source + epoch.Offset > track.LastOutTicks &&
                Math.Abs(source + epoch.Offset - expected) <= track.Pace.Tolerance)
            {
                GoOn(track, source + track.Epoch.Offset, source + epoch.Offset, arrival, isPlain: false);
                track.Enter(epoch);
                return true;
            }
        }

        return false;
    }

    private void GoOn(Track track, long candidate, long at, TimeSpan arrival, bool isPlain)
    {
        var gap = at - track.FollowsTicks;
        track.Pace.Jumped(gap);
        Note(new TimestampMend(
            track.Id, null, new TimeSpan(candidate - at), 0, new TimeSpan(gap), gap > track.Pace.Frame ? new TimeSpan(track.Pace.Since) : arrival, isPlain));
    }

    private static bool IsPossible(Track track, long candidate, TimeSpan arrival)
    {
        var pace = track.Pace;
        var step = candidate - track.FollowsTicks;
        if (step <= pace.Tolerance)
        {
            return true;
        }

        return pace.KnowsEarly
            ? arrival.Ticks - candidate >= pace.Reference - pace.Tolerance
            : Math.Min(step, Math.Abs(step - (arrival - track.LastArrival).Ticks)) <= JumpLimit.Ticks;
    }

    // Pictures that are decoded out of the order of their only timestamps step back in every group: each waits its turn.
    private static bool IsOutOfOrder(Track track, long candidate)
    {
        if (track.LastOutTicks - candidate > track.Pace.Tolerance)
        {
            return false;
        }

        var (count, at) = track.Backs;
        track.Backs = (track.LastOutTicks - at < ShortlyAfter.Ticks ? count + 1 : 1, track.LastOutTicks);
        return track.Backs.Count > MostStepsBack;
    }

    // With its first report a sender says how its tracks belong together. A track that moves back for it has its place at once, and its time
    // little by little.
    private static bool IsAligned(Track track, long candidate, long expected)
    {
        if (track.Pace.IsSettled || track.Count < 2 || candidate > track.LastOutTicks || track.LastOutTicks - candidate > track.Pace.Tolerance)
        {
            return false;
        }

        track.Correct(expected - candidate);
        track.Pace.Relearn();
        return true;
    }

    // Where the packet belongs if its timestamp says nothing: behind the last, or, when it comes later than bursts and stalls explain, when it comes.
    private static long Expected(Track track, TimeSpan arrival)
    {
        var pace = track.Pace;
        var follows = track.FollowsTicks;
        if (pace.Reference == long.MaxValue)
        {
            return follows;
        }

        var punctual = arrival.Ticks - pace.Reference;
        if (punctual - follows > pace.Slack)
        {
            return punctual;
        }

        return pace.KnowsEarly ? Math.Min(follows, Math.Max(track.LastOutTicks + pace.Frame, punctual)) : follows;
    }

    // Its first packet's timestamp was wrong (it could not be decoded, or its sender had not settled): all that follows would be squeezed
    // behind it. All tracks go on together, later by as much.
    private void BeginWithSecond(Track track, long decode)
    {
        var old = track.Epoch;
        Begin(track.FollowsTicks - track.InTicks(decode) - track.CorrectionTicks);
        foreach (var each in _tracks.Values)
        {
            if (each == track || (each.Epoch == old && !each.Fresh))
            {
                each.Enter(_current);
                each.Pace.Relearn();
            }
        }
    }

    // A track begins while others go on: its counter may have wrapped already, or count from its own beginning.
    private long Join(Track track, long decode, TimeSpan arrival)
    {
        foreach (var other in _tracks.Values)
        {
            if (other == track || other.Fresh)
            {
                continue;
            }

            var away = track.InTicks(decode) + track.Epoch.Offset - other.LastOutTicks;
            var late = arrival.Ticks - (track.InTicks(decode) + track.Epoch.Offset);
            var (least, most) = other.Pace.Range;
            if (Math.Abs(away) <= BeginTogether.Ticks || (late >= least - BeginTogether.Ticks && late <= most + BeginTogether.Ticks))
            {
                continue;
            }

            foreach (var bits in (ReadOnlySpan<int>)[33, 32])
            {
                foreach (var range in (ReadOnlySpan<long>)[1L << bits, -(1L << bits)])
                {
                    if (Math.Abs(away + track.InTicks(range)) <= BeginTogether.Ticks)
                    {
                        track.Wrap += range;
                        return decode + range;
                    }
                }
            }

            Begin(other.LastOutTicks - track.InTicks(decode));
            track.Enter(_current);
            return decode;
        }

        return decode;
    }

    // Slow changes: what the packets of some seconds say together.
    private void Compare(Track track, TimeSpan arrival)
    {
        if (!track.Pace.Note(arrival.Ticks, track.LastOutTicks, track.CorrectionTicks))
        {
            return;
        }

        var othersArePunctual = false;
        foreach (var other in _tracks.Values)
        {
            othersArePunctual |= other != track && other.Pace.IsPunctual;
        }

        if (track.Pace.Decide(othersArePunctual) is not PaceVerdict.Unknown and var verdict)
        {
            var pace = track.Pace;
            Note(new TimestampMend(
                track.Id, verdict, new TimeSpan(pace.Deviation), pace.Rate, TimeSpan.Zero, new TimeSpan(pace.Since), pace.IsPlain));
        }
    }

    private void Note(TimestampMend mend)
    {
        if (_mends.Count < MostMends)
        {
            _mends.Add(mend);
        }
    }
}
