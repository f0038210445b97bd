using System.Text.Json.Serialization;

namespace Recorder.Contracts;

/// <summary>Where a take's time code comes from.</summary>
public enum TimeCodeSource
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>The clock of the node that runs the take: the time of day.</summary>
    Clock = 1,

    /// <summary>Linear time code (SMPTE ST 12-1) in the sound of one of its recorders.</summary>
    Ltc = 2,
}

/// <summary>How far a take has come.</summary>
public enum TakeState
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>Its recorders keep their latest media, so that they can begin at any moment.</summary>
    Armed = 1,

    /// <summary>The moment at which it begins is fixed and stored.</summary>
    Committed = 2,

    /// <summary>Its recorders record; an angle that does not is missing.</summary>
    Recording = 3,

    /// <summary>Its recorders have been told to stop.</summary>
    Ending = 4,

    /// <summary>All have stopped.</summary>
    Done = 5,
}

/// <summary>How far an angle of a take has come.</summary>
public enum AngleState
{
    /// <summary>Not known: the recorder has not answered.</summary>
    Unknown = 0,

    /// <summary>It cannot begin; <see cref="TakeAngle.Obstacle"/> says why.</summary>
    NotReady = 1,

    /// <summary>It can begin at any moment from <see cref="TakeAngle.ReadyFrom"/> on.</summary>
    Ready = 2,

    /// <summary>It has been told to begin.</summary>
    Starting = 3,

    /// <summary>It records.</summary>
    Recording = 4,

    /// <summary>It is paused.</summary>
    Paused = 5,

    /// <summary>It should record and does not; it joins as soon as it can.</summary>
    Missing = 6,

    /// <summary>It has stopped.</summary>
    Stopped = 7,
}

/// <summary>Why a recorder cannot begin a take.</summary>
public enum TakeObstacle
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>Nothing.</summary>
    None = 1,

    /// <summary>Its source is not connected.</summary>
    SourceLost = 2,

    /// <summary>No key frame has arrived yet.</summary>
    NoKeyFrame = 3,

    /// <summary>Its source is not live, or says nothing about time: no moment of it can be found.</summary>
    ClockUnknown = 4,

    /// <summary>The volume has room for less than the time that was asked for.</summary>
    DiskShort = 5,

    /// <summary>It records already, or belongs to another take.</summary>
    Busy = 6,

    /// <summary>There is no such recorder, or it was deleted.</summary>
    NotDefined = 7,

    /// <summary>It has not answered in time.</summary>
    Unreachable = 8,

    /// <summary>It refuses; the detail says why.</summary>
    Refused = 9,
}

/// <summary>One recorder of a take.</summary>
public sealed record TakeAngle
{
    /// <summary>The recorder.</summary>
    public required RecorderId Recorder { get; init; }

    /// <summary>What editors call the camera; the recorder's id unless stated.</summary>
    public required string Camera { get; init; }

    /// <summary>The angle: A, B, … unless stated.</summary>
    public required string Angle { get; init; }

    /// <summary>The reel; 1 unless stated.</summary>
    public string Reel { get; init => field = value ?? "1"; } = "1";

    /// <summary>The name of the angle's file when it is exported, without extension.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>How far it has come.</summary>
    public AngleState State { get; init; }

    /// <summary>Why it cannot begin.</summary>
    public TakeObstacle Obstacle { get; init; } = TakeObstacle.None;

    /// <summary>One sentence about <see cref="Obstacle"/>, or about what happened last; "" for nothing.</summary>
    public string Detail { get; init => field = value ?? ""; } = "";

    /// <summary>The earliest moment at which it can begin; null while it cannot.</summary>
    public DateTimeOffset? ReadyFrom { get; init; }

    /// <summary>How long the volume has room for it; null while its bit rate is not known.</summary>
    public TimeSpan? TimeLeft { get; init; }

    /// <summary>Its recordings, in order: more than one when it failed and joined again.</summary>
    public IReadOnlyList<RecordingId> Recordings { get; init => field = value ?? []; } = [];

    /// <summary>The times of the frames of its first recording; null before.</summary>
    public CaptureTimes? Times { get; init; }

    /// <summary>From the take's moment to its first frame: zero or less when the moment is in the file. Null before its first frame.</summary>
    public TimeSpan? Offset { get; init; }

    /// <summary>The same in frames of the take's rate.</summary>
    public double? OffsetFrames { get; init; }

    /// <summary>How uncertain <see cref="Offset"/> is: what the clock and the network leave open.</summary>
    public TimeSpan? Uncertainty { get; init; }

    /// <summary>Whether it joined after the take's moment.</summary>
    public bool IsLate { get; init; }
}

/// <summary>Which node of a cluster runs a take.</summary>
/// <param name="Term">Rises with each node that goes on with the take after another one: of two nodes that run it apart, the higher term goes on.</param>
/// <param name="Node">The node's name.</param>
public sealed record TakeTenure(long Term, string Node);

/// <summary>A take: many recorders that begin as one.</summary>
public sealed record Take
{
    /// <summary>The take's id.</summary>
    public required TakeId Id { get; init; }

    /// <summary>How far it has come.</summary>
    public required TakeState State { get; init; }

    /// <summary>Project, scene, number, …</summary>
    public required Slate Slate { get; init; }

    /// <summary>When it was armed.</summary>
    public DateTimeOffset ArmedAt { get; init; }

    /// <summary>The moment that every file contains; null before it is committed.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>When <see cref="At"/> was fixed, which is later for a moment in the past; null before.</summary>
    public DateTimeOffset? CommittedAt { get; init; }

    /// <summary>When it was ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether it begins only when every recorder can.</summary>
    public bool IsStrict { get; init; }

    /// <summary>The rate of its time code, for example "25" or "29.97".</summary>
    public string Rate { get; init => field = value ?? "25"; } = "25";

    /// <summary>Whether its time code leaves numbers out.</summary>
    public bool IsDropFrame { get; init; }

    /// <summary>The time code of <see cref="At"/>; null before it is committed.</summary>
    public string? TimeCode { get; init; }

    /// <summary>Where <see cref="TimeCode"/> comes from: the node's clock, until linear time code has been read.</summary>
    public TimeCodeSource TimeCodeSource { get; init => field = value == TimeCodeSource.Unknown ? TimeCodeSource.Clock : value; } = TimeCodeSource.Clock;

    /// <summary>The recorder whose sound has linear time code; null when the clock is wanted.</summary>
    public RecorderId? TimeCodeRecorder { get; init; }

    /// <summary>How long before <see cref="At"/> the frame of linear time code began; null for the clock's.</summary>
    public TimeSpan? TimeCodePhase { get; init; }

    /// <summary>One sentence about the linear time code that was read, or why there is none; "" before, and for the clock.</summary>
    public string TimeCodeDetail { get; init => field = value ?? ""; } = "";

    /// <summary>Media time per blob of its recordings.</summary>
    public TimeSpan Timeslice { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time for which the volumes must have room.</summary>
    public TimeSpan LeastTimeLeft { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Its recorders.</summary>
    public IReadOnlyList<TakeAngle> Angles { get; init => field = value ?? []; } = [];

    /// <summary>Its marks, in the order in which they were made.</summary>
    public IReadOnlyList<TakeMark> Marks { get; init => field = value ?? []; } = [];

    /// <summary>What was changed on its slate, the latest last; up to 1,000 changes.</summary>
    public IReadOnlyList<SlateChange> History { get; init => field = value ?? []; } = [];

    /// <summary>Which node runs it; null on a node that is in no cluster.</summary>
    public TakeTenure? Tenure { get; init; }

    /// <summary>How often it was stored. Of two copies of one tenure the higher is the newer.</summary>
    public long Revision { get; init; }

    /// <summary>Whether it may still change by itself.</summary>
    [JsonIgnore]
    public bool IsOpen => State != TakeState.Done;
}
