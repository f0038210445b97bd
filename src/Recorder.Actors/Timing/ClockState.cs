using System.Text.Json.Serialization;

namespace Recorder.Actors.Timing;

/// <summary>What the system clock read for a while, compared with the node's time.</summary>
/// <param name="From">Its first reading; the earliest time of all for what was before anything is known.</param>
/// <param name="To">Its last.</param>
/// <param name="Offset">How far it was ahead of the node's time.</param>
internal sealed record ClockSpan(DateTimeOffset From, DateTimeOffset To, TimeSpan Offset);

/// <summary>The node's time was set: what was stored by it moves along, so that nothing gets older by that.</summary>
/// <param name="Since">Only what was stored since this time; null is all.</param>
/// <param name="By">How far.</param>
internal sealed record ClockShift(DateTimeOffset? Since, TimeSpan By);

/// <summary>
/// A node's time: what its system clock says as long as that goes on as the machine's steady clock does, and what the steady clock makes of the
/// last trusted reading when it does not. Pure: it is given the readings.
/// </summary>
internal sealed record ClockState
{
    private const int MostSpans = 32;

    private static readonly TimeSpan Interruption = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestUnkept = TimeSpan.FromHours(1);

    /// <summary>The node's time at the last look.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What the system clock said then.</summary>
    public required DateTimeOffset Wall { get; init; }

    /// <summary>What the steady clock said then.</summary>
    public required TimeSpan Machine { get; init; }

    /// <summary>Which boot of the machine the steady clock counts from; null when another process cannot tell.</summary>
    public string? Boot { get; init; }

    public required bool IsTrusted { get; init; }

    /// <summary>What the system clock may deviate at present and still be believed.</summary>
    public TimeSpan Slack { get; init; }

    /// <summary>How long the node may have been off before this start, as long as that is not settled; zero when it is.</summary>
    public TimeSpan LongestOff { get; init; }

    /// <summary>Whether no clock was ever trusted: the first plausible one is.</summary>
    public bool HasNoPast { get; init; }

    /// <summary>The node's time when this process began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The node's time when a jump began or ended last.</summary>
    public DateTimeOffset? DisturbedAt { get; init; }

    /// <summary>What the system clock read, oldest first; the last goes on.</summary>
    public required IReadOnlyList<ClockSpan> Spans { get; init; }

    /// <summary>How many of them were before this process began.</summary>
    public int EarlierSpans { get; init; }

    /// <summary>What is still to be done to what was stored.</summary>
    public IReadOnlyList<ClockShift> Shifts { get; init; } = [];

    /// <summary>How far the system clock is ahead of the node's time.</summary>
    [JsonIgnore]
    public TimeSpan Offset => Wall - Time;

    /// <summary>Whether the node may have been off for as long as the system clock is ahead.</summary>
    [JsonIgnore]
    public bool MayCountOffTime => !IsTrusted && LongestOff > TimeSpan.Zero && Offset > TimeSpan.Zero;

    /// <summary>Whether the age of what is stored can be told.</summary>
    [JsonIgnore]
    public bool CanTellAge => IsTrusted && Shifts.Count == 0;

    /// <summary>A process begins.</summary>
    /// <param name="saved">What the one before it kept; null when it kept nothing.</param>
    /// <param name="newest">The newest time that the data folder knows of; null when it is new.</param>
    /// <param name="wall">The system clock.</param>
    /// <param name="machine">The steady clock.</param>
    /// <param name="boot">The machine's boot.</param>
    /// <param name="options">How far the system clock is believed.</param>
    public static ClockState Begin(
        ClockState? saved, DateTimeOffset? newest, DateTimeOffset wall, TimeSpan machine, string? boot, ClockOptions options)
    {
        // A clock that is behind what is stored makes nothing too old, and what a clock that was never set has stored says nothing.
        if (saved is null && (newest is null || newest > wall || newest < options.Earliest))
        {
            var plausible = wall >= options.Earliest;
            return new ClockState
            {
                Time = wall,
                Wall = wall,
                Machine = machine,
                Boot = boot,
                IsTrusted = plausible,
                HasNoPast = !plausible,
                Slack = options.Tolerance,
                StartedAt = wall,
                Spans = [new ClockSpan(DateTimeOffset.MinValue, wall, TimeSpan.Zero)],
            };
        }

        // On the same boot the steady clock says how long no process ran.
        var isSameBoot = saved?.Boot is not null && saved.Boot == boot && machine >= saved.Machine;
        var time = saved is null ? newest!.Value : isSameBoot ? saved.Time + (machine - saved.Machine) : saved.Time;
        var spans = Unkept(saved?.Spans ?? [new ClockSpan(DateTimeOffset.MinValue, time, TimeSpan.Zero)]);
        var begun = new ClockState
        {
            Time = time,
            Wall = wall,
            Machine = machine,
            Boot = boot,
            IsTrusted = isSameBoot && saved!.IsTrusted,
            Slack = isSameBoot ? saved!.Slack : options.Tolerance,
            LongestOff = isSameBoot ? saved!.LongestOff : options.LongestOff,
            HasNoPast = saved is { HasNoPast: true },
            StartedAt = time,
            DisturbedAt = saved?.DisturbedAt,
            Spans = spans,
            EarlierSpans = spans.Count,
            Shifts = saved?.Shifts ?? [],
        };
        var looked = begun.Advance(wall, machine, options);
        if (!looked.IsTrusted || looked.Shifts is [.., { Since: null }])
        {
            return looked;
        }

        // Nothing was stored since this start: where time off is counted at once, nothing moves with it.
        return looked with
        {
            StartedAt = looked.Time,
            Shifts = begun.Shifts,
            DisturbedAt = saved is { IsTrusted: false } ? looked.Time : saved?.DisturbedAt,
        };
    }

    /// <summary>The clocks are read.</summary>
    public ClockState Advance(DateTimeOffset wall, TimeSpan machine, ClockOptions options)
    {
        var elapsed = machine > Machine ? machine - Machine : TimeSpan.Zero;
        var expected = Time + elapsed;
        var offset = wall - expected;
        var slack = Slack + (elapsed / 100);
        slack = slack < options.Tolerance ? slack : options.Tolerance;
        var now = this with { Wall = wall, Machine = machine, Time = expected, Slack = slack };
        var isPlausible = !HasNoPast || wall >= options.Earliest;
        if (offset.Duration() <= slack && isPlausible)
        {
            // Between two readings a process may have been interrupted.
            var step = offset.Duration() > Interruption ? offset.Duration() : TimeSpan.Zero;
            now = now.Reading(elapsed, TimeSpan.Zero, options) with { Slack = slack - step };
            return IsTrusted ? now with { Time = wall } : now.Trusted();
        }

        if (IsTrusted)
        {
            return now.Reading(elapsed, offset, options) with { IsTrusted = false, DisturbedAt = expected };
        }

        var wasOff = offset > TimeSpan.Zero && offset <= LongestOff;
        now = now.Reading(elapsed, offset, options);
        return wasOff || (HasNoPast && isPlausible) ? now.Accept(countsOffTime: wasOff, options) : now;
    }

    /// <summary>The system clock is right: somebody says so, or it is plausible.</summary>
    /// <param name="countsOffTime">
    /// Whether the time it is ahead went by while the node was off, so that what was stored before is older by that. Else what is stored keeps its
    /// age, by the time that the node has counted.
    /// </param>
    /// <param name="options">How far the system clock is believed.</param>
    public ClockState Accept(bool countsOffTime, ClockOptions options)
    {
        var by = Offset;
        var first = countsOffTime ? EarlierSpans : 0;
        return (this with
        {
            Spans = [.. Spans.Select((span, index) => index < first ? span : span with { Offset = span.Offset - by })],
            Shifts = [.. Shifts, new ClockShift(countsOffTime ? StartedAt : null, by)],
            StartedAt = StartedAt + by,
            Slack = options.Tolerance,
        }).Trusted();
    }

    /// <summary>When something was captured, by the node's time; null when that is what its stamp says.</summary>
    /// <param name="stamp">What the system clock said.</param>
    /// <param name="options">How far the system clock is believed.</param>
    public DateTimeOffset? TimeOf(DateTimeOffset stamp, ClockOptions options)
    {
        var last = Spans[^1];
        // A camera's own clock may be ahead of this one.
        var read = stamp > last.To && stamp - last.To <= options.Tolerance ? last.To : stamp;
        var span = Spans.LastOrDefault(span => span.From <= read && read <= span.To);
        var isKnown = span is not null && (stamp >= options.Earliest || HasNoPast || span.Offset != TimeSpan.Zero);
        if (isKnown && span!.Offset == TimeSpan.Zero && Shifts.Count == 0)
        {
            return null;
        }

        // What nobody can have captured then is as old as the node's knowledge of it.
        var time = isKnown && stamp - span!.Offset < Time ? stamp - span.Offset : Time;
        // The shifts to come move what is stored now, too.
        return Shifts.Reverse().Aggregate(time, (at, shift) => shift.Since is null || at - shift.By >= shift.Since ? at - shift.By : at);
    }

    // The process before this one ran on for a while after it had last kept this.
    private static IReadOnlyList<ClockSpan> Unkept(IReadOnlyList<ClockSpan> spans) =>
        [.. spans.SkipLast(1), spans[^1] with { To = spans[^1].To + LongestUnkept }];

    private ClockState Trusted() => this with
    {
        Time = Wall,
        IsTrusted = true,
        LongestOff = TimeSpan.Zero,
        HasNoPast = false,
        DisturbedAt = Wall,
    };

    // It may have been put forward or back at any moment since the last look.
    private ClockState Reading(TimeSpan elapsed, TimeSpan offset, ClockOptions options)
    {
        var last = Spans[^1];
        var isNew = Spans.Count == EarlierSpans || (last.Offset - offset).Duration() > options.Tolerance;
        if (!isNew)
        {
            var since = Wall - elapsed;
            return this with
            {
                Spans = [.. Spans.SkipLast(1), last with { From = since < last.From ? since : last.From, To = Wall > last.To ? Wall : last.To }],
            };
        }

        IEnumerable<ClockSpan> before = Spans.Count == EarlierSpans ? Spans : [.. Spans.SkipLast(1), last with { To = last.To + elapsed }];
        var spans = before.Append(new ClockSpan(Wall - elapsed, Wall, offset)).TakeLast(MostSpans).ToList();
        return this with { Spans = spans, EarlierSpans = Math.Max(0, EarlierSpans - (Spans.Count + 1 - spans.Count)) };
    }
}
