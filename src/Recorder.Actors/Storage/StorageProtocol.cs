using Recorder.Contracts;

namespace Recorder.Actors.Storage;

/// <summary>What a <see cref="RecordingStore"/> reports to its recorder. A ticket is the place of an event in the recorder's outbox.</summary>
internal static class StorageProtocol
{
    /// <summary>The blob and its index line are written.</summary>
    /// <param name="Ticket">The place of its event.</param>
    /// <param name="Blob">The blob; after a failure what is left of it, and null when that is nothing.</param>
    public sealed record BlobStored(long Ticket, Blob? Blob);

    /// <summary>
    /// The index line of a gap or a mark is written, before its event: a node that is killed has announced nothing that its folder does not
    /// hold. On a full volume, or after a failure, the event does not wait for its line.
    /// </summary>
    /// <param name="Ticket">The place of the event.</param>
    /// <param name="Event">The event, without its number.</param>
    public sealed record LineStored(long Ticket, RecorderProtocol.IEvent Event);

    /// <summary>The volume is full: following media is discarded until <see cref="RecordingStore.ResumeWriting"/>.</summary>
    /// <param name="Recording">The recording.</param>
    /// <param name="Reached">Where the written media ends on the recording's timeline.</param>
    /// <param name="Packets">How many packets are written.</param>
    public sealed record Full(RecordingId Recording, TimeSpan Reached, long Packets);

    /// <summary>The volume has space again.</summary>
    /// <param name="Recording">The recording.</param>
    /// <param name="NeedsExtent">Whether the present extent lacks its beginning, so that another must follow.</param>
    public sealed record Room(RecordingId Recording, bool NeedsExtent);

    /// <summary>Every blob through this one survives a power cut. Comes after the <see cref="BlobStored"/> of that blob.</summary>
    public sealed record Durable(RecordingId Recording, long Through);

    /// <summary>The first failure of this recording; whatever follows is discarded.</summary>
    public sealed record WriteFailed(RecordingId Recording, MediaError Error);

    /// <summary>The files are closed. The last report of a recording.</summary>
    /// <param name="End">As given to <see cref="RecordingStore.Close"/>.</param>
    /// <param name="Error">The first failure, at any time.</param>
    /// <param name="Stored">What is on disk.</param>
    public sealed record Closed(RecordingEnd End, MediaError? Error, StoredRecording Stored)
    {
        /// <summary>The last blob that survives a power cut; 0 for none, or with durability off.</summary>
        public long DurableThrough { get; init; }
    }
}

/// <summary>
/// How a recording ends and the tickets of its last events. It returns in <see cref="StorageProtocol.Closed"/>, so that a recorder that was
/// restarted meanwhile can raise them.
/// </summary>
/// <param name="Recording">The recording.</param>
/// <param name="Reason">Why it ends, unless writing fails; null when it is to be continued, and no stop event follows.</param>
/// <param name="Error">The place of an error before the last blob; null when one was raised already.</param>
/// <param name="Stop">The place of the stop event.</param>
internal sealed record RecordingEnd(RecordingId Recording, StopReason? Reason, long? Error, long Stop)
{
    public bool SourceHasChanged { get; init; }

    /// <summary>The place of the last durable event, before the stop event.</summary>
    public long? Durable { get; init; }

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
