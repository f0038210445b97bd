using Recorder.Actors.Recording;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Storage;

/// <summary>What a recorder tells the writer of one of its recordings, and what it hears back.</summary>
internal static class WriterProtocol
{
    /// <summary>Following bytes go to a new extent.</summary>
    public sealed record BeginExtent(int Number);

    /// <summary>Whole fragments, now owned by the writer; taken off the <see cref="WriteBacklog"/>, whatever becomes of them.</summary>
    /// <param name="Bytes">They.</param>
    /// <param name="Reaches">Where on the recording's timeline they end.</param>
    /// <param name="Packets">How many packets the recording has with them.</param>
    public sealed record Append(MediaBytes Bytes, TimeSpan Reaches, long Packets = 0);

    /// <summary>Is there room again? Answered with <see cref="Room"/> as soon as there is.</summary>
    public sealed record Probe;

    /// <summary>What follows begins with a key frame and is to be written again.</summary>
    public sealed record GoOn;

    /// <summary>What was appended since the last one is a blob. Answered with <see cref="BlobStored"/>.</summary>
    /// <param name="Mark">What is known of it.</param>
    /// <param name="Slot">The place of its event.</param>
    /// <param name="IsLast">Whether it ends the recording: then it is announced in any case.</param>
    public sealed record EndBlob(BlobMark Mark, EventOutbox.Slot Slot, bool IsLast = false);

    /// <summary>What was appended since the last blob is not to be kept.</summary>
    public sealed record Discard;

    /// <summary>An interval was not recorded. Answered with <see cref="LineStored"/>.</summary>
    /// <param name="Gap">The interval.</param>
    /// <param name="Slot">The place of its event.</param>
    public sealed record AddGap(RecorderProtocol.GapRecorded Gap, EventOutbox.Slot Slot);

    /// <summary>A moment has a name. Answered with <see cref="LineStored"/>.</summary>
    /// <param name="Mark">The moment.</param>
    /// <param name="Slot">The place of its event.</param>
    public sealed record AddMark(RecorderProtocol.Marked Mark, EventOutbox.Slot Slot);

    /// <summary>Completes the extent's header in place.</summary>
    public sealed record Finalise(IReadOnlyList<MediaPatch> Patches);

    /// <summary>Rewrites the description.</summary>
    public sealed record Describe(RecordingDescription Description);

    /// <summary>Closes the files, then describes what is in them; the writer then stops. Answered with <see cref="Closed"/>.</summary>
    public sealed record Close(RecordingDescription Description, RecordingEnd End);

    /// <summary>The blob and its index line are written. After a failure: what is left of it; null when that is nothing.</summary>
    public sealed record BlobStored(EventOutbox.Slot Slot, Blob? Blob);

    /// <summary>
    /// The index line of a gap or a mark is written: a node that is killed tells nothing that its folder does not say. Where the volume has
    /// no room for it, or writing has failed, nobody waits for it.
    /// </summary>
    /// <param name="Slot">The place of the event.</param>
    /// <param name="Event">The event, without its number.</param>
    public sealed record LineStored(EventOutbox.Slot Slot, RecorderProtocol.IEvent Event);

    /// <summary>The volume is full: what follows is thrown away until <see cref="GoOn"/>.</summary>
    /// <param name="Recording">The recording.</param>
    /// <param name="Reached">Where on its timeline what is written ends.</param>
    /// <param name="Packets">How many packets are written.</param>
    public sealed record Full(RecordingId Recording, TimeSpan Reached, long Packets);

    /// <summary>There is room again.</summary>
    /// <param name="Recording">The recording.</param>
    /// <param name="NeedsExtent">Whether the present extent lacks its beginning, so that another must follow.</param>
    public sealed record Room(RecordingId Recording, bool NeedsExtent);

    /// <summary>Everything through this blob survives a power cut. Comes after the <see cref="BlobStored"/> of that blob.</summary>
    public sealed record Durable(RecordingId Recording, long Through);

    /// <summary>The first failure of this recording; what comes after is thrown away.</summary>
    public sealed record WriteFailed(RecordingId Recording, MediaError Error);

    /// <summary>Nothing more comes.</summary>
    /// <param name="End">As asked.</param>
    /// <param name="Error">The first failure, at any time.</param>
    /// <param name="Stored">What is on disk.</param>
    public sealed record Closed(RecordingEnd End, MediaError? Error, StoredRecording Stored)
    {
        /// <summary>The last blob that survives a power cut; 0 for none, or where nothing was done for it.</summary>
        public long DurableThrough { get; init; }
    }
}

/// <summary>How a recording ends and where its last events go. It comes back from the writer, whoever the recorder then is.</summary>
/// <param name="Recording">The recording.</param>
/// <param name="Reason">Why, unless writing fails; null when it is to be continued, and no stop event comes.</param>
/// <param name="Error">The place of an error before the last blob; null when one was raised already.</param>
/// <param name="Stop">The place of the stop event.</param>
internal sealed record RecordingEnd(RecordingId Recording, StopReason? Reason, EventOutbox.Slot? Error, EventOutbox.Slot Stop)
{
    /// <summary>See <see cref="RecorderProtocol.Stopped.SourceHasChanged"/>.</summary>
    public bool SourceHasChanged { get; init; }

    /// <summary>The place of the durable event before it.</summary>
    public EventOutbox.Slot? Durable { get; init; }

    /// <summary>Through which blob that was said already.</summary>
    public long DurableBefore { get; init; }
}

/// <summary>What is on disk of a recording: its blobs that are not empty.</summary>
internal sealed record StoredRecording(TimeSpan Duration, long Bytes, long Blobs)
{
    public static readonly StoredRecording Nothing = new(TimeSpan.Zero, 0, 0);

    public StoredRecording With(Blob blob)
    {
        var end = blob.MediaTime + blob.Duration;
        return blob.Length == 0 ? this : new StoredRecording(end > Duration ? end : Duration, Bytes + blob.Length, Blobs + 1);
    }
}
