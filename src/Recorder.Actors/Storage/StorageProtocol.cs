using Recorder.Contracts;

namespace Recorder.Actors.Storage;

/// <summary>What a <see cref="RecordingStore"/> reports. A ticket is the place of an event in the recorder's outbox.</summary>
internal static class StorageProtocol
{
    /// <summary>The blob and its index line are written. After a failure the blob is what is left of it, or null.</summary>
    public sealed record BlobStored(long Ticket, Blob? Blob);

    /// <summary>The index line is written before its event: a node that is killed has announced nothing that its folder does not
    /// hold. On a full volume, or after a failure, the event does not wait for its line.</summary>
    public sealed record LineStored(long Ticket, RecorderProtocol.IEvent Event);

    /// <summary>The written media ends here; the rest is discarded until <see cref="RecordingStore.ResumeWriting"/>.</summary>
    public sealed record Full(RecordingId Recording, TimeSpan Reached, long Packets);

    /// <summary>The present extent may lack its beginning, so that another must follow.</summary>
    public sealed record Room(RecordingId Recording, bool NeedsExtent);

    /// <summary>Blobs up to this one survive a power cut. Comes after <see cref="BlobStored"/> of that blob.</summary>
    public sealed record Durable(RecordingId Recording, long Through);

    /// <summary>The first failure of this recording; whatever follows is discarded.</summary>
    public sealed record WriteFailed(RecordingId Recording, MediaError Error);

    /// <summary>The last report of a recording.</summary>
    public sealed record Closed(RecordingEnd End, MediaError? Error, StoredRecording Stored)
    {
        public long DurableThrough { get; init; }
    }
}

/// <summary>Returns in <see cref="StorageProtocol.Closed"/>, so that a recorder that was restarted can raise the last events at
/// these tickets. Without a reason the recording is to be continued; Error is the place of an error before the last blob, unless
/// one was raised.</summary>
internal sealed record RecordingEnd(RecordingId Recording, StopReason? Reason, long? Error, long Stop)
{
    public bool SourceHasChanged { get; init; }
    public long? Durable { get; init; }
    public long DurableBefore { get; init; }
}

internal sealed record StoredRecording(TimeSpan Duration, long Bytes, long Blobs)
{
    public static readonly StoredRecording Nothing = new(TimeSpan.Zero, 0, 0);

    public StoredRecording With(Blob blob)
    {
        var end = blob.MediaTime + blob.Duration;
        return blob.Length == 0 ? this : new StoredRecording(end > Duration ? end : Duration, Bytes + blob.Length, Blobs + 1);
    }
}
