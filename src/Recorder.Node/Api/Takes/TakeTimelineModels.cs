namespace Recorder.Node.Api;

/// <summary>The timeline of a take: when every frame of every angle was captured.</summary>
internal sealed class TakeTimeline
{
    /// <summary>The take.</summary>
    public required TakeId Take { get; init; }

    /// <summary>The take's moment.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The time code of that moment.</summary>
    public required string TimeCode { get; init; }

    /// <summary>The rate of the time code.</summary>
    public required string Rate { get; init; }

    /// <summary>Whether the time code leaves numbers out.</summary>
    public bool DropFrame { get; init; }

    /// <summary>The angles, in the order of the take.</summary>
    public required IReadOnlyList<AngleTimeline> Angles { get; init; }

    /// <summary>What each angle shows at the moment that was asked for; absent without a question.</summary>
    public TakeMoment? Moment { get; init; }
}

/// <summary>The recordings of an angle.</summary>
/// <param name="Angle">The angle.</param>
/// <param name="Recorder">The recorder.</param>
/// <param name="Camera">What editors call the camera.</param>
/// <param name="Clock">Whose clock says when its frames were captured.</param>
/// <param name="Uncertainty">By how much these times may be wrong, milliseconds; absent while unknown.</param>
/// <param name="Recordings">Its recordings, in order.</param>
internal sealed record AngleTimeline(
    string Angle, RecorderId Recorder, string Camera, CaptureClock Clock, TimeSpan? Uncertainty, IReadOnlyList<RecordingTimeline> Recordings);

/// <summary>When the frames of a recording were captured. Durations are milliseconds.</summary>
internal sealed class RecordingTimeline
{
    /// <summary>The recording's key.</summary>
    public required string Key { get; init; }

    /// <summary>Whether it is being recorded; it is then known up to now.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Frames per second as the camera states them; absent if it does not.</summary>
    public double? FrameRate { get; init; }

    /// <summary>How many frames there are; absent where they cannot be counted: in WebM and Matroska.</summary>
    public long? Frames { get; init; }

    /// <summary>Stretches without a gap, in order.</summary>
    public IReadOnlyList<TimelinePiece> Pieces { get; init; } = [];

    /// <summary>Gaps, in order.</summary>
    public IReadOnlyList<TimelineGap> Gaps { get; init; } = [];

    /// <summary>Why nothing is known of it; absent when something is.</summary>
    public string? Problem { get; init; }
}

/// <summary>
/// A stretch of a file without a gap; durations are milliseconds. A moment t of the recording's timeline was captured at
/// <c>from + (t - mediaTime) * (to - from) / duration</c>.
/// </summary>
/// <param name="Extent">The number of the file.</param>
/// <param name="Node">The node that has the file; absent without a cluster.</param>
/// <param name="MediaTime">Its begin on the recording's timeline.</param>
/// <param name="Duration">Its duration on the timeline.</param>
/// <param name="From">When its begin was captured.</param>
/// <param name="To">When its end was captured.</param>
/// <param name="TimeCode">The time code of its begin.</param>
/// <param name="FirstFrame">The number of its first frame, counted from 0 in the recording as its frames are shown; absent where frames are not counted.</param>
/// <param name="Frames">How many frames it has.</param>
internal sealed record TimelinePiece(
    int Extent, string? Node, TimeSpan MediaTime, TimeSpan Duration, DateTimeOffset From, DateTimeOffset To, string TimeCode, long? FirstFrame, long? Frames);

/// <summary>What the angles of a take show at a moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="TimeCode">Its time code.</param>
/// <param name="Angles">The angles, in the order of the take.</param>
internal sealed record TakeMoment(DateTimeOffset At, string TimeCode, IReadOnlyList<AngleMoment> Angles);

/// <summary>What an angle shows at a moment: a frame, or a gap. Durations are milliseconds.</summary>
internal sealed record AngleMoment
{
    /// <summary>The angle.</summary>
    public required string Angle { get; init; }

    /// <summary>The recorder.</summary>
    public required RecorderId Recorder { get; init; }

    /// <summary>The key of the recording that has the moment; absent in a gap.</summary>
    public string? Recording { get; init; }

    /// <summary>The number of the file.</summary>
    public int? Extent { get; init; }

    /// <summary>The moment on the recording's timeline.</summary>
    public TimeSpan? MediaTime { get; init; }

    /// <summary>The frame that is shown then, counted from 0 in the recording; absent where frames are not counted.</summary>
    public long? Frame { get; init; }

    /// <summary>When that frame begins on the recording's timeline.</summary>
    public TimeSpan? FrameMediaTime { get; init; }

    /// <summary>When that frame was captured.</summary>
    public DateTimeOffset? FrameAt { get; init; }

    /// <summary>The time code of that frame.</summary>
    public string? FrameTimeCode { get; init; }

    /// <summary>The gap that the moment is in; absent where something is shown, or where the ledger has no gap.</summary>
    public TimelineGap? Gap { get; init; }

    /// <summary>Why nothing is shown; absent where something is.</summary>
    public string? Detail { get; init; }
}
