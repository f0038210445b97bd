using System.Text.Json.Serialization;
using Recorder.Contracts.Json;

namespace Recorder.Contracts;

/// <summary>The three states of W3C MediaStream Recording 2.3.</summary>
public enum RecorderState
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>Not recording; the state before start and after stop.</summary>
    Inactive = 1,

    /// <summary>Gathering data, or waiting for the first media.</summary>
    Recording = 2,

    /// <summary>Data is left out and the timeline stands still.</summary>
    Paused = 3,
}

/// <summary>Why a recording ended.</summary>
public enum StopReason
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>stop() was called.</summary>
    Requested = 1,

    /// <summary>All tracks of the source ended.</summary>
    SourceEnded = 2,

    /// <summary>The source was lost for longer than <see cref="RecorderOptions.LossTimeout"/>.</summary>
    SourceLost = 3,

    /// <summary>An error event came before.</summary>
    Failed = 4,

    /// <summary>The node was shut down.</summary>
    Shutdown = 5,

    /// <summary>The process died; written by recovery.</summary>
    Crashed = 6,

    /// <summary>Another node of the cluster records on; only a part of a recording that a node has ends so.</summary>
    Moved = 7,
}

/// <summary>What cost an interval of the recording.</summary>
public enum GapCause
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>The source was lost and came back.</summary>
    SourceLost = 1,

    /// <summary>The source delivered faster than this recorder took.</summary>
    RecorderOverrun = 2,

    /// <summary>The disk was slower than the media.</summary>
    DiskStalled = 3,

    /// <summary>A track had no signal.</summary>
    Muted = 4,

    /// <summary>The source's packets were damaged or could not be decoded.</summary>
    Corrupt = 5,

    /// <summary>A track's codec parameters changed, and its packets waited for a key frame to begin a file with.</summary>
    TrackChanged = 6,

    /// <summary>The volume was full.</summary>
    DiskFull = 7,

    /// <summary>The node was not running: it was stopped, or it died.</summary>
    NodeDown = 8,
}

/// <summary>How a source stands towards a recorder.</summary>
public enum SourceStatus
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>Being opened.</summary>
    Connecting = 1,

    /// <summary>Delivering media.</summary>
    Connected = 2,

    /// <summary>Lost; reconnecting with back-off.</summary>
    Lost = 3,

    /// <summary>Ended by itself.</summary>
    Ended = 4,

    /// <summary>The codec parameters of a track changed.</summary>
    Changed = 5,

    /// <summary>
    /// Delivering media whose timestamps jumped or ran at another rate than it came; the recording's timeline follows the time of arrival.
    /// </summary>
    TimestampsMended = 6,
}

/// <summary>How the volume that a recorder writes to stands.</summary>
public enum StorageStatus
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>Everything that is recorded is written.</summary>
    Writing = 1,

    /// <summary>No space is left: what comes is left out until there is.</summary>
    Full = 2,

    /// <summary>The volume takes less than is recorded, or does not answer.</summary>
    Stalled = 3,
}

/// <summary>Whether a node counts time by its system clock.</summary>
public enum ClockStatus
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>The system clock goes on as the machine's steady clock does.</summary>
    Trusted = 1,

    /// <summary>The system clock jumped: until it is back, or somebody says that it is right, nothing is removed by age.</summary>
    Distrusted = 2,
}

/// <summary>What a recorder accepts, answers and reports. Additive changes only.</summary>
public static class RecorderProtocol
{
    /// <summary>A request to one recorder. Each is answered with <see cref="Accepted"/> or <see cref="Refused"/>.</summary>
    [JsonPolymorphic(TypeDiscriminatorPropertyName = "command")]
    [JsonDerivedType(typeof(Start), "start")]
    [JsonDerivedType(typeof(Stop), "stop")]
    [JsonDerivedType(typeof(Pause), "pause")]
    [JsonDerivedType(typeof(Resume), "resume")]
    [JsonDerivedType(typeof(RequestData), "requestData")]
    [JsonDerivedType(typeof(Split), "split")]
    [JsonDerivedType(typeof(Mark), "mark")]
    [JsonDerivedType(typeof(GetStatus), "getStatus")]
    public interface ICommand
    {
        /// <summary>The recorder addressed.</summary>
        RecorderId Recorder { get; }
    }

    /// <summary>Something that happened. A recorder numbers its events from 1 without a hole.</summary>
    [JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
    [JsonDerivedType(typeof(Started), EventNames.Start)]
    [JsonDerivedType(typeof(DataAvailable), EventNames.DataAvailable)]
    [JsonDerivedType(typeof(Paused), EventNames.Pause)]
    [JsonDerivedType(typeof(Resumed), EventNames.Resume)]
    [JsonDerivedType(typeof(ErrorRaised), EventNames.Error)]
    [JsonDerivedType(typeof(Stopped), EventNames.Stop)]
    [JsonDerivedType(typeof(GapRecorded), EventNames.Gap)]
    [JsonDerivedType(typeof(SourceChanged), EventNames.Source)]
    [JsonDerivedType(typeof(BlobDurable), EventNames.Durable)]
    [JsonDerivedType(typeof(StorageChanged), EventNames.Storage)]
    [JsonDerivedType(typeof(Marked), EventNames.Mark)]
    [JsonDerivedType(typeof(ClockChanged), EventNames.Clock)]
    public interface IEvent
    {
        /// <summary>The recorder it happened to.</summary>
        RecorderId Recorder { get; }

        /// <summary>The event's number, consecutive per recorder.</summary>
        long Sequence { get; }

        /// <summary>Wall-clock time at which it was raised.</summary>
        DateTimeOffset At { get; }
    }

    /// <summary>start(timeslice).</summary>
    /// <param name="Recorder">The recorder addressed.</param>
    /// <param name="Timeslice">Media time per blob; null gathers everything into one; zero means the recorder's minimum.</param>
    public sealed record Start(RecorderId Recorder, TimeSpan? Timeslice = null) : ICommand
    {
        /// <summary>
        /// Media time after which the recorder stops by itself, as if <see cref="Stop"/> had come: paused time does not count,
        /// and nothing later than this is recorded. Null records until it is told to stop or the source ends.
        /// </summary>
        public TimeSpan? Duration { get; init; }

        /// <summary>
        /// How long ago the recording is to begin: at the key frame nearest to that moment which the recorder still holds
        /// (<see cref="RecorderOptions.PreRoll"/>). Null begins with what comes.
        /// </summary>
        public TimeSpan? PreRoll { get; init; }
    }

    /// <summary>stop(): never refused; does nothing when inactive.</summary>
    /// <param name="Recorder">The recorder addressed.</param>
    public sealed record Stop(RecorderId Recorder) : ICommand;

    /// <summary>pause(): data is left out from here on.</summary>
    /// <param name="Recorder">The recorder addressed.</param>
    public sealed record Pause(RecorderId Recorder) : ICommand;

    /// <summary>resume(): gathering goes on, into the same blob.</summary>
    /// <param name="Recorder">The recorder addressed.</param>
    public sealed record Resume(RecorderId Recorder) : ICommand;

    /// <summary>requestData(): a blob of what was gathered so far, empty if nothing was.</summary>
    /// <param name="Recorder">The recorder addressed.</param>
    public sealed record RequestData(RecorderId Recorder) : ICommand;

    /// <summary>A new extent (file) begins at the next key frame, and a blob with it. Refused with a target of one file.</summary>
    /// <param name="Recorder">The recorder addressed.</param>
    public sealed record Split(RecorderId Recorder) : ICommand;

    /// <summary>Names the present moment of the recording; answered with a <see cref="Marked"/> event too.</summary>
    /// <param name="Recorder">The recorder addressed.</param>
    /// <param name="Label">What to call it: 1 to 200 characters.</param>
    public sealed record Mark(RecorderId Recorder, string Label) : ICommand;

    /// <summary>Asks for a <see cref="Status"/>.</summary>
    /// <param name="Recorder">The recorder addressed.</param>
    public sealed record GetStatus(RecorderId Recorder) : ICommand;

    /// <summary>The command was carried out; what it queued comes as events.</summary>
    /// <param name="Recorder">The recorder that answers.</param>
    /// <param name="State">The state reached.</param>
    public sealed record Accepted(RecorderId Recorder, RecorderState State)
    {
        /// <summary>The recording that the command was carried out on; null for a recorder that is inactive.</summary>
        public RecordingId? Recording { get; init; }

        /// <summary>Answers with the same recorder and state are equal: specs compare them and cannot know the recording's id.</summary>
        public bool Equals(Accepted? other) => other is not null && Recorder == other.Recorder && State == other.State;

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Recorder, State);
    }

    /// <summary>The command was refused and changed nothing.</summary>
    /// <param name="Recorder">The recorder that answers.</param>
    /// <param name="State">The state it is in.</param>
    /// <param name="Error">Why.</param>
    public sealed record Refused(RecorderId Recorder, RecorderState State, MediaError Error);

    /// <summary>A recorder at one moment.</summary>
    public sealed record Status
    {
        /// <summary>The recorder that answers.</summary>
        public required RecorderId Recorder { get; init; }

        /// <summary>inactive, recording or paused.</summary>
        public required RecorderState State { get; init; }

        /// <summary>The MIME type in use; "" before media is known unless the user gave one.</summary>
        public required string MimeType { get; init; }

        /// <summary>Bits a second of the video encoder, or the option.</summary>
        public long VideoBitsPerSecond { get; init; }

        /// <summary>Bits a second of the audio encoder, or the option.</summary>
        public long AudioBitsPerSecond { get; init; }

        /// <summary>How the audio encoder spends its bits.</summary>
        public BitrateMode AudioBitrateMode { get; init; }

        /// <summary>How the source stands.</summary>
        public SourceStatus Source { get; init; }

        /// <summary>The recording under way or the last one, if any.</summary>
        public RecordingId? Recording { get; init; }

        /// <summary>Media time recorded.</summary>
        public TimeSpan Duration { get; init; }

        /// <summary>Bytes produced; after the end, stored.</summary>
        public long Bytes { get; init; }

        /// <summary>Blobs announced; after the end, those that are not empty.</summary>
        public long Blobs { get; init; }

        /// <summary>Packets that should have been recorded and were not.</summary>
        public long LostPackets { get; init; }
    }

    /// <summary>The <c>start</c> event: media has arrived, gathering began.</summary>
    public sealed record Started(
        RecorderId Recorder, long Sequence, DateTimeOffset At, RecordingId Recording, string MimeType) : IEvent
    {
        /// <summary>The tracks that are recorded.</summary>
        public IReadOnlyList<TrackDescription> Tracks { get; init => field = value ?? []; } = [];

        /// <summary>Equal in every property, the tracks one by one.</summary>
        public bool Equals(Started? other) =>
            other is not null && Recorder == other.Recorder && Sequence == other.Sequence && At == other.At &&
            Recording == other.Recording && MimeType == other.MimeType && Tracks.SequenceEqual(other.Tracks);

        /// <inheritdoc />
        public override int GetHashCode() => HashCode.Combine(Recorder, Sequence, At, Recording, MimeType, Tracks.Count);
    }

    /// <summary>The <c>dataavailable</c> event.</summary>
    /// <param name="Recorder">The recorder.</param>
    /// <param name="Sequence">The event's number.</param>
    /// <param name="At">When it was raised.</param>
    /// <param name="Data">The blob; never absent, possibly empty.</param>
    /// <param name="Timecode">Media time of the blob's first packet less that of the first blob's.</param>
    public sealed record DataAvailable(
        RecorderId Recorder, long Sequence, DateTimeOffset At, [property: JsonPropertyName("blob")] Blob Data, TimeSpan Timecode) : IEvent;

    /// <summary>The <c>pause</c> event.</summary>
    public sealed record Paused(RecorderId Recorder, long Sequence, DateTimeOffset At) : IEvent;

    /// <summary>The <c>resume</c> event.</summary>
    public sealed record Resumed(RecorderId Recorder, long Sequence, DateTimeOffset At) : IEvent;

    /// <summary>The <c>error</c> event; dataavailable and stop follow it.</summary>
    public sealed record ErrorRaised(RecorderId Recorder, long Sequence, DateTimeOffset At, MediaError Error) : IEvent;

    /// <summary>The <c>stop</c> event: the recording is complete on disk. States what is stored, which after a failed write is less than
    /// what was recorded.</summary>
    public sealed record Stopped(
        RecorderId Recorder, long Sequence, DateTimeOffset At, RecordingId Recording, StopReason Reason) : IEvent
    {
        /// <summary>Media time stored.</summary>
        public TimeSpan Duration { get; init; }

        /// <summary>Bytes of all blobs.</summary>
        public long Bytes { get; init; }

        /// <summary>Number of blobs that are not empty.</summary>
        public long Blobs { get; init; }

        /// <summary>
        /// Whether it ended because its source became what could not follow in the same recording, another codec for one: a recorder that is
        /// started again records the source as it is now. Absent in JSON when it did not.
        /// </summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool SourceHasChanged { get; init; }
    }

    /// <summary>An interval that should have been recorded and was not: one line of the loss ledger.</summary>
    public sealed record GapRecorded(
        RecorderId Recorder, long Sequence, DateTimeOffset At, RecordingId Recording, GapCause Cause) : IEvent
    {
        /// <summary>Where the gap begins on the recording's timeline.</summary>
        public TimeSpan MediaTime { get; init; }

        /// <summary>How long it is on the recording's timeline.</summary>
        public TimeSpan Duration { get; init; }

        /// <summary>Wall-clock time of the last media before the gap.</summary>
        public DateTimeOffset From { get; init; }

        /// <summary>Wall-clock time of the first media after it.</summary>
        public DateTimeOffset To { get; init; }

        /// <summary>Packets known to be lost; 0 when the source cannot tell.</summary>
        public long Packets { get; init; }

        /// <summary>One sentence: what happened.</summary>
        public string Detail { get; init => field = value ?? ""; } = "";
    }

    /// <summary>The source was connected, lost, changed or ended.</summary>
    public sealed record SourceChanged(
        RecorderId Recorder, long Sequence, DateTimeOffset At, SourceStatus Status, string Detail) : IEvent;

    /// <summary>The <c>durable</c> event: blobs announced before are on the platter and survive a power cut.</summary>
    /// <param name="Recorder">The recorder.</param>
    /// <param name="Sequence">The event's number.</param>
    /// <param name="At">When it was raised.</param>
    /// <param name="Recording">The recording.</param>
    /// <param name="Through">The number of the last blob that is; all before it are too.</param>
    public sealed record BlobDurable(
        RecorderId Recorder, long Sequence, DateTimeOffset At, RecordingId Recording, long Through) : IEvent;

    /// <summary>The <c>storage</c> event: the volume became full, slow, or takes everything again.</summary>
    public sealed record StorageChanged(
        RecorderId Recorder, long Sequence, DateTimeOffset At, StorageStatus Status, string Detail) : IEvent;

    /// <summary>
    /// The <c>clock</c> event: the system clock of the recorder's node jumped, or is trusted again. What is recorded meanwhile is stamped with what
    /// that clock says.
    /// </summary>
    /// <param name="Recorder">The recorder.</param>
    /// <param name="Sequence">The event's number.</param>
    /// <param name="At">When it was raised, by the system clock.</param>
    /// <param name="Status">Whether the clock is trusted.</param>
    /// <param name="Detail">A sentence.</param>
    public sealed record ClockChanged(
        RecorderId Recorder, long Sequence, DateTimeOffset At, ClockStatus Status, string Detail) : IEvent;

    /// <summary>The <c>mark</c> event: a moment of the recording has a name.</summary>
    /// <param name="Recorder">The recorder.</param>
    /// <param name="Sequence">The event's number.</param>
    /// <param name="At">When it was raised.</param>
    /// <param name="Recording">The recording.</param>
    /// <param name="MediaTime">The moment on the recording's timeline.</param>
    /// <param name="Label">Its name.</param>
    public sealed record Marked(
        RecorderId Recorder, long Sequence, DateTimeOffset At, RecordingId Recording, TimeSpan MediaTime, string Label) : IEvent;
}

/// <summary>What the parent of all recorders accepts.</summary>
public static class RecordersProtocol
{
    /// <summary>Makes a recorder. Answered with <see cref="Created"/> or <see cref="RecorderProtocol.Refused"/>.</summary>
    /// <param name="Recorder">Its name, unused so far.</param>
    /// <param name="Source">The capture source's URI.</param>
    /// <param name="Options">How it records.</param>
    /// <param name="Target">Where its files go.</param>
    public sealed record Create(RecorderId Recorder, string Source, RecorderOptions Options, RecordingTarget Target)
    {
        /// <summary>What the recorder was before its node started again; null for one that is new.</summary>
        public RecorderHistory? History { get; init; }

        /// <summary>Whether it holds its source's past until it is started, to take over from another node without a loss.</summary>
        public bool IsWarm { get; init; }
    }

    /// <summary>The recorder exists and is inactive.</summary>
    /// <param name="Recorder">Its name.</param>
    public sealed record Created(RecorderId Recorder);

    /// <summary>Removes a recorder; a recording under way is stopped first. Answered with <see cref="Removed"/>.</summary>
    /// <param name="Recorder">Its name.</param>
    /// <param name="Keep">Whether a recording under way stays open, for another to go on with.</param>
    public sealed record Remove(RecorderId Recorder, bool Keep = false);

    /// <summary>The recorder is gone and its files are closed.</summary>
    /// <param name="Recorder">Its name.</param>
    public sealed record Removed(RecorderId Recorder);
}

/// <summary>What the mediator of events accepts.</summary>
public static class EventsProtocol
{
    /// <summary>From now on the sender gets events; answered with <see cref="Subscribed"/>.</summary>
    /// <param name="Recorder">Only of this recorder; null means of all.</param>
    /// <param name="Kind">Only of this event type (or interface); null means every kind.</param>
    public sealed record Subscribe(RecorderId? Recorder = null, Type? Kind = null)
    {
        /// <summary>Only of recorders with this label, <c>NAME</c> or <c>NAME:VALUE</c>; null means of all.</summary>
        public string? Label { get; init; }

        /// <summary>
        /// Whether <see cref="Recorder"/> must exist on this node now. If it does not, the answer is
        /// <see cref="RecorderProtocol.Refused"/> and nothing was subscribed. False: the recorder may be created later, and no event of it is
        /// missed.
        /// </summary>
        public bool MustExist { get; init; }
    }

    /// <summary>Ends every subscription of the sender; answered with <see cref="Unsubscribed"/>.</summary>
    public sealed record Unsubscribe;

    /// <summary>Every event raised after this answer reaches the subscriber.</summary>
    public sealed record Subscribed;

    /// <summary>No event reaches the subscriber after this answer.</summary>
    public sealed record Unsubscribed;
}
