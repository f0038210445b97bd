using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Recording;

// How a recording ends and what a recorder reports.
internal sealed partial class MediaRecorderActor
{
    // The specification's end: inactive at once; then dataavailable, then stop. start always comes before them.
    private void Finish(StopReason reason)
    {
        if (_recording is not { } recording)
        {
            return;
        }

        try
        {
            recording.Finish();
        }
        catch (FFmpegException exception)
        {
            Fail(ErrorName.UnknownError, exception.Message);
            return;
        }

        recording.RaiseStarted([]);
        End(recording, reason, error: null, withData: true);
    }

    // error, then what was gathered (nothing where it may not be kept), then stop.
    private void Fail(ErrorName name, string message, bool withData = true, bool sourceHasChanged = false)
    {
        if (_recording is not { } recording)
        {
            return;
        }

        var error = new MediaError(name, message);
        RecordingLog.Failed(_environment.Logger, _id, error);
        recording.RaiseError(error);
        try
        {
            if (recording.HasBegun && name == ErrorName.SecurityError)
            {
                recording.Discard();
            }
            else if (recording.HasBegun)
            {
                recording.FinishFailed();
            }
        }
#pragma warning disable CA1031 // What broke cannot be completed, whatever it was: what was given out before is kept as it is.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            RecordingLog.NotCompleted(_environment.Logger, _id, exception.Message);
            recording.AbandonContainer();
        }

        End(recording, StopReason.Failed, error, withData, sourceHasChanged);
    }

    // All that was gathered is a blob and on disk; no stop event tells of an end that is none.
    private void Suspend()
    {
        if (_recording is not { } recording)
        {
            return;
        }

        try
        {
            recording.Finish();
        }
        catch (FFmpegException exception)
        {
            Fail(ErrorName.UnknownError, exception.Message);
            return;
        }

        End(recording, reason: null, error: null, withData: false);
    }

    private void End(ActiveRecording recording, StopReason? reason, MediaError? error, bool withData, bool sourceHasChanged = false)
    {
        if (withData && !recording.HasBegun)
        {
            recording.RaiseEmptyBlob(Now);
        }

        _memory.LastStatus = StatusNow() with
        {
            State = RecorderState.Inactive,
            MimeType = _options.MimeType,
            // Without any media nothing is stored, and nobody will say so later.
            Blobs = recording.HasBegun ? recording.Blobs : recording.Continued?.LastBlob ?? 0,
        };
        recording.Close(reason, error, Now, sourceHasChanged);
        _recording = null;
        _state = RecorderState.Inactive;
        recording.Dispose();
        Timers.Cancel(WaitTimer);
        Unwatch();
        _memory.IsWarm = false;
        if (!Holds)
        {
            _environment.Sources.Tell(new Detach(_source));
            _environment.Sources.Tell(new Describe(_source));
        }

        Hold();
        Become(Inactive);
        Publish();
    }

    private void OnRetire(Retire retire)
    {
        _memory.IsRetiring = true;
        if (retire.Keep)
        {
            Suspend();
        }
        else
        {
            Finish(StopReason.Shutdown);
        }

        Publish();
    }

    private void Publish()
    {
        while (_outbox.TakeNext(Now) is { } raised)
        {
            _environment.Events.Tell(raised);
        }

        if (_memory.IsRetiring && _outbox.Waiting == 0)
        {
            Context.Stop(Self);
        }
    }
}
