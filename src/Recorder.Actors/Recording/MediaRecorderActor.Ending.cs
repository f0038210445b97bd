using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;
using static Recorder.Actors.Recording.RecorderControl;

namespace Recorder.Actors.Recording;

// How a recording ends: by a command, by its source, or by an error.
internal sealed partial class MediaRecorderActor
{
    private void Finish(StopReason reason) => End(recording => recording.End(reason, Now));

    private void Fail(ErrorName name, string message, bool withData = true, bool sourceHasChanged = false)
    {
        var error = new MediaError(name, message);
        _input.Failure = message;
        End(recording => recording.Fail(error, Now, withData, sourceHasChanged, _environment.Logger));
    }

    // The recorder is inactive at once; the last events are published when the files are closed.
    private void End(Action<RecordingSession> end)
    {
        if (Recording is not { } recording)
            return;

        try
        {
            end(recording);
        }
        catch (FFmpegException exception)
        {
            Fail(ErrorName.UnknownError, exception.Message);
            return;
        }

        _memory.LastStatus = RecorderStatus.Ended(recording, _options, _source.Status);
        _input.End();
        recording.Dispose();
        Timers.Cancel(nameof(WaitedTooLong));
        Unwatch();
        _memory.IsPreparedForHandOver = false;
        if (!_preRoll.IsKept)
        {
            _environment.Sources.Tell(new Detach(_source.Uri));
            _environment.Sources.Tell(new Describe(_source.Uri));
        }

        KeepPreRoll();
        Become(Inactive);
    }

    private void OnRetire(Retire retire)
    {
        _memory.IsRetiring = true;
        _outbox.End();
        End(recording => recording.End(retire.Keep ? null : StopReason.Shutdown, Now));
    }

    private void OnClosed(StorageProtocol.Closed closed)
    {
        if (closed.End.Error is not null && closed.Error is { } error)
            RecordingLog.Failed(_environment.Logger, _id, error);

        _memory.LastStatus = RecorderStatus.Stored(_memory.LastStatus, closed);
        StoredEvents.Fill(_outbox, _id, closed);
    }
}
