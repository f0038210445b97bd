using Microsoft.Extensions.Logging;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

// Ends the recording (W3C MediaStream Recording, "inactivate the recorder"): its last blob, its error, its stop event.
internal sealed partial class RecordingSession
{
    /// <summary>Ends the recording: raises the start event if it was not raised yet, the last blob and the stop event.</summary>
    /// <param name="reason">
    /// The reason; null leaves the recording open, to be continued: the last blob is stored, and no stop event is raised.
    /// </param>
    /// <exception cref="FFmpegException">The container cannot be completed: call <see cref="Fail"/>.</exception>
    public void End(StopReason? reason, DateTimeOffset now)
    {
        _isCompleting = true;
        Pipeline?.Finish();
        if (reason is not null)
        {
            RaiseStarted([]);
            RaiseBlobWithoutMedia(now);
        }

        Close(reason, error: null, now);
    }

    /// <summary>Ends the recording with the error event, the last blob and the stop event. After a security error the last blob is empty.</summary>
    /// <param name="withData">Whether a blob is announced even when it is empty.</param>
    /// <param name="sourceHasChanged">Whether a recorder that is started again can record the source.</param>
    public void Fail(MediaError error, DateTimeOffset now, bool withData, bool sourceHasChanged, ILogger logger)
    {
        RecordingLog.Failed(logger, Recorder, error);
        _outbox.Fill(_errorTicket ?? _outbox.Reserve(), (number, at) => new RecorderProtocol.ErrorRaised(Recorder, number, at, error));
        (_errorTicket, _isCompleting) = (null, false);
        try
        {
            if (HasBegun && error.Name == ErrorName.SecurityError)
            {
                _store!.Discard();
                Pipeline!.Abandon(keep: false);
            }
            else if (HasBegun)
            {
                Pipeline!.Finish();
            }
        }
#pragma warning disable CA1031 // Whatever prevents the container from being completed, its output so far is kept.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            RecordingLog.NotCompleted(logger, Recorder, exception.Message);
            Pipeline!.Abandon(keep: true);
        }

        if (withData)
            RaiseBlobWithoutMedia(now);

        Close(StopReason.Failed, error, now, sourceHasChanged);
    }

    // The stop event is raised when everything is on disk.
    private void Close(StopReason? reason, MediaError? error, DateTimeOffset now, bool sourceHasChanged = false)
    {
        _isClosed = true;
        if (_store is null && Continued is not null && reason is not null)
            _store = _createStore(this, CodecTable.Extension(Container));

        var durable = _outbox.Reserve();
        var end = new RecordingEnd(Id, reason, _errorTicket, _outbox.Reserve())
        {
            Durable = durable,
            DurableBefore = _durableThrough,
            SourceHasChanged = sourceHasChanged,
        };
        if (_store is null)
        {
            StoredEvents.Fill(_outbox, Recorder, new StorageProtocol.Closed(end, Error: null, StoredRecording.Nothing));
            return;
        }

        _store.Close(
            _description with
            {
                MimeType = MimeType,
                EndedAt = reason is null ? null : now,
                StopReason = reason?.ToString(),
                Error = error?.ToString(),
            },
            end);
    }
}
