using System.Text.Json.Serialization;

namespace Recorder.Contracts;

/// <content>The events, in the past tense.</content>
public static partial class RecorderProtocol
{
    /// <summary>The <c>start</c> event: the first media arrived and is being recorded.</summary>
    public sealed record Started(
        RecorderId Recorder, long Sequence, DateTimeOffset At, RecordingId Recording, string MimeType) : RaisedEvent, IEvent
    {
        /// <summary>The tracks that are recorded.</summary>
        public IReadOnlyList<TrackDescription> Tracks { get; init => field = value ?? []; } = [];

        /// <summary>Compares every property, and the tracks one by one.</summary>
        public bool Equals(Started? other) =>
            base.Equals(other) && Recorder == other.Recorder && Sequence == other.Sequence && At == other.At &&
            Recording == other.Recording && MimeType == other.MimeType && Tracks.SequenceEqual(other.Tracks);

        /// <inheritdoc />
        public override int GetHashCode() => HashCode.Combine(Recorder, Sequence, At, Recording, MimeType, Tracks.Count);
    }

    /// <summary>The <c>dataavailable</c> event: a blob is complete.</summary>
    /// <param name="Recorder">The recorder that raised the event.</param>
    /// <param name="Sequence">The event's number.</param>
    /// <param name="At">When the event was raised.</param>
    /// <param name="Data">The blob; it may be empty.</param>
    /// <param name="Timecode">Media time between the first packet of the recording's first blob and the first packet of this
    /// blob.</param>
    public sealed record DataAvailable(
        RecorderId Recorder, long Sequence, DateTimeOffset At, [property: JsonPropertyName("blob")] Blob Data, TimeSpan Timecode)
        : RaisedEvent, IEvent;

    /// <summary>The <c>pause</c> event: the recording is paused.</summary>
    public sealed record Paused(RecorderId Recorder, long Sequence, DateTimeOffset At) : RaisedEvent, IEvent;

    /// <summary>The <c>resume</c> event: the recording continues.</summary>
    public sealed record Resumed(RecorderId Recorder, long Sequence, DateTimeOffset At) : RaisedEvent, IEvent;

    /// <summary>The <c>error</c> event: the recording failed. A <c>dataavailable</c> and a <c>stop</c> event follow.</summary>
    public sealed record ErrorRaised(RecorderId Recorder, long Sequence, DateTimeOffset At, MediaError Error) : RaisedEvent, IEvent;

    /// <summary>
    /// The <c>stop</c> event: the recording is complete on disk. Its numbers are those of the stored media, which is less than
    /// the recorded media after a failed write.
    /// </summary>
    public sealed record Stopped(
        RecorderId Recorder, long Sequence, DateTimeOffset At, RecordingId Recording, StopReason Reason) : RaisedEvent, IEvent
    {
        /// <summary>Media time stored.</summary>
        public TimeSpan Duration { get; init; }

        /// <summary>Bytes of all blobs together.</summary>
        public long Bytes { get; init; }

        /// <summary>Number of blobs that are not empty.</summary>
        public long Blobs { get; init; }

        /// <summary>
        /// Whether the recording ended because the source changed in a way that does not fit one recording, for example to
        /// another codec. Start the recorder again to record the changed source. Absent in JSON when false.
        /// </summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool SourceHasChanged { get; init; }
    }

    /// <summary>
    /// The <c>gap</c> event: an interval that should have been recorded is missing. One entry of the gap ledger.
    /// </summary>
    public sealed record GapRecorded(
        RecorderId Recorder, long Sequence, DateTimeOffset At, RecordingId Recording, GapCause Cause) : RaisedEvent, IEvent
    {
        /// <summary>Where the gap begins on the recording's timeline.</summary>
        public TimeSpan MediaTime { get; init; }

        /// <summary>How long the gap is on the recording's timeline.</summary>
        public TimeSpan Duration { get; init; }

        /// <summary>Wall-clock time of the last media before the gap.</summary>
        public DateTimeOffset From { get; init; }

        /// <summary>Wall-clock time of the first media after the gap.</summary>
        public DateTimeOffset To { get; init; }

        /// <summary>Packets known to be lost; 0 when the number is unknown.</summary>
        public long Packets { get; init; }

        /// <summary>One sentence that says what happened.</summary>
        public string Detail { get; init => field = value ?? ""; } = "";
    }

    /// <summary>The <c>source</c> event: the source was connected, lost, changed or ended.</summary>
    public sealed record SourceChanged(
        RecorderId Recorder, long Sequence, DateTimeOffset At, SourceStatus Status, string Detail) : RaisedEvent, IEvent;

    /// <summary>The <c>durable</c> event: blobs are on stable storage and survive a power cut.</summary>
    /// <param name="Recorder">The recorder that raised the event.</param>
    /// <param name="Sequence">The event's number.</param>
    /// <param name="At">When the event was raised.</param>
    /// <param name="Recording">The recording.</param>
    /// <param name="Through">The number of the last durable blob; all blobs before it are durable too.</param>
    public sealed record BlobDurable(
        RecorderId Recorder, long Sequence, DateTimeOffset At, RecordingId Recording, long Through) : RaisedEvent, IEvent;

    /// <summary>The <c>storage</c> event: the volume became full or slow, or writes everything again.</summary>
    public sealed record StorageChanged(
        RecorderId Recorder, long Sequence, DateTimeOffset At, StorageStatus Status, string Detail) : RaisedEvent, IEvent;

    /// <summary>
    /// The <c>clock</c> event: the system clock of the recorder's node jumped, or is trusted again. Recordings carry the times
    /// of the system clock in either case.
    /// </summary>
    /// <param name="Recorder">The recorder that raised the event.</param>
    /// <param name="Sequence">The event's number.</param>
    /// <param name="At">When the event was raised, by the system clock.</param>
    /// <param name="Status">Whether the clock is trusted.</param>
    /// <param name="Detail">One sentence that says what happened.</param>
    public sealed record ClockChanged(
        RecorderId Recorder, long Sequence, DateTimeOffset At, ClockStatus Status, string Detail) : RaisedEvent, IEvent;

    /// <summary>The <c>mark</c> event: a moment of the recording was given a label.</summary>
    /// <param name="Recorder">The recorder that raised the event.</param>
    /// <param name="Sequence">The event's number.</param>
    /// <param name="At">When the event was raised.</param>
    /// <param name="Recording">The recording.</param>
    /// <param name="MediaTime">The moment on the recording's timeline.</param>
    /// <param name="Label">The label.</param>
    public sealed record Marked(
        RecorderId Recorder, long Sequence, DateTimeOffset At, RecordingId Recording, TimeSpan MediaTime, string Label) : RaisedEvent, IEvent;

    /// <summary>
    /// The <c>latemedia</c> event: another node went on recording after the present owner had taken over, for example on the other side of a partition.
    /// The present owner raises it once it knows all of it. What the other node raised meanwhile is not told as events; its media is on the recordings'
    /// timelines, marked late.
    /// </summary>
    /// <param name="Recorder">The recorder that raised the event.</param>
    /// <param name="Sequence">The event's number.</param>
    /// <param name="At">When the event was raised.</param>
    /// <param name="Superseded">The tenure of the other node.</param>
    /// <param name="First">The number of the first event that is summed up, within the other tenure.</param>
    /// <param name="Last">The number of the last event that is summed up.</param>
    public sealed record LateMedia(
        RecorderId Recorder, long Sequence, DateTimeOffset At, EventTenure Superseded, long First, long Last) : RaisedEvent, IEvent
    {
        /// <summary>The other node.</summary>
        public string Node => Superseded.Node;

        /// <summary>Wall-clock time of the first media; of the first event where there is no media.</summary>
        public DateTimeOffset From { get; init; }

        /// <summary>Wall-clock time of the end of the last media; of the last event where there is no media.</summary>
        public DateTimeOffset To { get; init; }

        /// <summary>How many extents got media.</summary>
        public long Extents { get; init; }

        /// <summary>How many gaps were recorded.</summary>
        public long Gaps { get; init; }

        /// <summary>How many moments were given a label.</summary>
        public long Marks { get; init; }
    }
}
