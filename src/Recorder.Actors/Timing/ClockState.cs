using System.Text.Json.Serialization;

namespace Recorder.Actors.Timing;

/// <summary>A span of readings of the system clock with the same offset from the node's time.</summary>
/// <param name="From">The first reading; the earliest possible time for the span before anything is known.</param>
/// <param name="Offset">How far the system clock was ahead of the node's time.</param>
internal sealed record ClockSpan(DateTimeOffset From, DateTimeOffset To, TimeSpan Offset);

/// <summary>A change of the node's time, which also shifts the stored times so that nothing becomes older by it.</summary>
/// <param name="Since">Shifts only times since this one; null shifts all.</param>
internal sealed record ClockShift(DateTimeOffset? Since, TimeSpan By);

/// <summary>
/// The state of a node's clock. The node's time is the system clock while that advances like the machine's monotonic clock;
/// otherwise it is the last trusted reading plus the time counted by the monotonic clock. The state reads no clock itself: it is
/// given the readings.
/// </summary>
internal sealed record ClockState
{
    private const int MostSpans = 32;

    private static readonly TimeSpan Interruption = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestUnsaved = TimeSpan.FromHours(1);

    public required DateTimeOffset Time { get; init; }

    public required DateTimeOffset Wall { get; init; }

    public required TimeSpan Machine { get; init; }

    public string? Boot { get; init; }

    public required bool IsTrusted { get; init; }

    /// <summary>How far the system clock may now deviate and still be trusted.</summary>
    public TimeSpan Slack { get; init; }

    /// <summary>How long the node may have been off before this start; zero once that time is known.</summary>
    public TimeSpan LongestOff { get; init; }

    /// <summary>Whether the clock was never trusted yet; the first plausible reading will be.</summary>
    public bool HasNoPast { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? DisturbedAt { get; init; }

    /// <summary>The spans of readings, oldest first; the last one is still growing.</summary>
    public required IReadOnlyList<ClockSpan> Spans { get; init; }

    public int EarlierSpans { get; init; }

    /// <summary>The shifts that are not applied to the stored times yet.</summary>
    public IReadOnlyList<ClockShift> Shifts { get; init; } = [];

    [JsonIgnore]
    public TimeSpan Offset => Wall - Time;

    /// <summary>Whether the node may have been off for as long as the system clock is ahead.</summary>
    [JsonIgnore]
    public bool MayCountOffTime => !IsTrusted && LongestOff > TimeSpan.Zero && Offset > TimeSpan.Zero;

    [JsonIgnore]
    public bool CanTellAge => IsTrusted && Shifts.Count == 0;

    /// <param name="saved">The stored state of the last process; null when there is none.</param>
    /// <param name="newest">The newest time in the data folder; null when the folder is new.</param>
    public static ClockState Begin(
        ClockState? saved, DateTimeOffset? newest, DateTimeOffset wall, TimeSpan machine, string? boot, ClockOptions options)
    {
        // A clock behind the stored times makes nothing too old, and the times that a never-set clock stored mean nothing.
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

        // Within one boot of the machine the monotonic clock tells how long no process was running.
        var isSameBoot = saved?.Boot is not null && saved.Boot == boot && machine >= saved.Machine;
        var time = saved is null ? newest!.Value : isSameBoot ? saved.Time + (machine - saved.Machine) : saved.Time;
        var spans = WithUnsavedTime(saved?.Spans ?? [new ClockSpan(DateTimeOffset.MinValue, time, TimeSpan.Zero)]);
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
        var started = begun.Advance(wall, machine, options);
        if (!started.IsTrusted || started.Shifts is [.., { Since: null }])
            return started;

        // Nothing was stored since this start, so time off that is counted at once shifts nothing.
        return started with
        {
            StartedAt = started.Time,
            Shifts = begun.Shifts,
            DisturbedAt = saved is { IsTrusted: false } ? started.Time : saved?.DisturbedAt,
        };
    }

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
            // A small step may only mean that the process was interrupted between reading the two clocks.
            var step = offset.Duration() > Interruption ? offset.Duration() : TimeSpan.Zero;
            now = now.WithReading(elapsed, TimeSpan.Zero, options) with { Slack = slack - step };
            return IsTrusted ? now with { Time = wall } : now.AsTrusted();
        }

        if (IsTrusted)
            return now.WithReading(elapsed, offset, options) with { IsTrusted = false, DisturbedAt = expected };

        var wasOff = offset > TimeSpan.Zero && offset <= LongestOff;
        now = now.WithReading(elapsed, offset, options);
        return wasOff || (HasNoPast && isPlausible) ? now.Accept(countsOffTime: wasOff, options) : now;
    }

    /// <param name="countsOffTime">
    /// Whether the node was off for as long as the system clock is ahead, so that everything stored before is older by that time.
    /// Otherwise stored times are shifted and keep their age.
    /// </param>
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
        }).AsTrusted();
    }

    /// <summary>Gets the node's time at which something was captured; null when its stamp is right.</summary>
    public DateTimeOffset? TimeOf(DateTimeOffset stamp, ClockOptions options)
    {
        var last = Spans[^1];
        // A camera's own clock may be ahead of this one.
        var read = stamp > last.To && stamp - last.To <= options.Tolerance ? last.To : stamp;
        var span = Spans.LastOrDefault(span => span.From <= read && read <= span.To);
        var isKnown = span is not null && (stamp >= options.Earliest || HasNoPast || span.Offset != TimeSpan.Zero);
        if (isKnown && span!.Offset == TimeSpan.Zero && Shifts.Count == 0)
            return null;

        // A stamp that cannot be right is replaced by the present time.
        var time = isKnown && stamp - span!.Offset < Time ? stamp - span.Offset : Time;
        // Pending shifts will be applied to this time, too, so they are subtracted here.
        return Shifts.Reverse().Aggregate(time, (at, shift) => shift.Since is null || at - shift.By >= shift.Since ? at - shift.By : at);
    }

    // The last process ran for a while after it last stored this state.
    private static IReadOnlyList<ClockSpan> WithUnsavedTime(IReadOnlyList<ClockSpan> spans) =>
        [.. spans.SkipLast(1), spans[^1] with { To = spans[^1].To + LongestUnsaved }];

    private ClockState AsTrusted() => this with
    {
        Time = Wall,
        IsTrusted = true,
        LongestOff = TimeSpan.Zero,
        HasNoPast = false,
        DisturbedAt = Wall,
    };

    // Adds a reading to the spans. A jump may have happened at any moment since the last reading.
    private ClockState WithReading(TimeSpan elapsed, TimeSpan offset, ClockOptions options)
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
