using Recorder.Actors.Storage;
using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>
/// Fills the reserved places of a recording's events when its store reports. Needs only the outbox, because the recording may have ended, or
/// the actor may have been restarted, before the report arrives.
/// </summary>
internal static class StoredEvents
{
    /// <summary>Fills the place of a blob that is on disk, or releases it when there is no blob.</summary>
    public static void Fill(EventOutbox outbox, RecorderId recorder, StorageProtocol.BlobStored stored)
    {
        if (stored.Blob is { } blob)
            outbox.Fill(stored.Ticket, (number, at) => new RecorderProtocol.DataAvailable(recorder, number, at, blob, blob.MediaTime));
        else
            outbox.Release(stored.Ticket);
    }

    /// <summary>Fills the place of a gap or a mark whose index line is on disk.</summary>
    public static void Fill(EventOutbox outbox, StorageProtocol.LineStored stored) =>
        outbox.Fill(stored.Ticket, (number, at) => stored.Event switch
        {
            RecorderProtocol.GapRecorded gap => gap with { Sequence = number, At = at },
            RecorderProtocol.Marked mark => mark with { Sequence = number, At = at },
            _ => throw new InvalidOperationException($"{stored.Event} has no index line."),
        });

    /// <summary>Fills the places of the last events when the files are closed: an error, the last durable event and the stop event.</summary>
    public static void Fill(EventOutbox outbox, RecorderId recorder, StorageProtocol.Closed closed)
    {
        var (end, error, stored) = closed;
        if (end.Error is { } place && error is not null)
            outbox.Fill(place, (number, at) => new RecorderProtocol.ErrorRaised(recorder, number, at, error));
        else
            outbox.Release(end.Error);

        if (closed.DurableThrough > end.DurableBefore && end.Durable is { } durable)
            outbox.Fill(durable, (number, at) => new RecorderProtocol.BlobDurable(recorder, number, at, end.Recording, closed.DurableThrough));
        else
            outbox.Release(end.Durable);

        if (end.Reason is null && error is null)
        {
            outbox.Release(end.Stop);
            return;
        }

        var reason = error is null ? end.Reason!.Value : StopReason.Failed;
        outbox.Fill(end.Stop, (number, at) => new RecorderProtocol.Stopped(recorder, number, at, end.Recording, reason)
        {
            Duration = stored.Duration,
            Bytes = stored.Bytes,
            Blobs = stored.Blobs,
            SourceHasChanged = end.SourceHasChanged && error is null,
        });
    }
}
