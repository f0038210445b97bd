using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Recording;

// The commands of the specification: start, stop, pause, resume, requestData; and split and mark. Each is answered once, here.
internal sealed partial class MediaRecorderActor
{
    private void OnStart(Start start)
    {
        var refusal = _memory.IsRetiring ? InvalidState($"Recorder {_id} is being shut down and starts no more recordings.") : StartCheck.Find(start, _options, _source.Uri, _source.Known);
        if (refusal is not null)
        {
            Answer(refusal);
            return;
        }

        var recording = _recordings.Create(start);
        _input.Begin(recording);
        WaitAtMost(_options.OpenTimeout);
        Become(WaitingForMedia);
        var kept = _preRoll.TakeFor(start, recording);
        // The lease has done its service: after the recording the camera is let go.
        Timers.Cancel(nameof(ArmLapsed));
        _arming.End();
        if (kept is { } content)
        {
            // The pre-roll's attachment stays: its next media follows the pre-roll.
            Replay(content);
        }
        else
        {
            _preRoll.Clear();
            Attach();
        }

        Answer(refusal: null, recording.Id);
    }

    private void OnStop(Stop stop)
    {
        var recording = Recording!.Id;
        Finish(StopReason.Requested);
        Answer(refusal: null, recording);
    }

    private void OnPause(Pause pause)
    {
        if (!_input.IsPaused)
        {
            _input.Pause();
            _outbox.Raise((number, at) => new Paused(_id, number, at));
        }

        Answer(refusal: null);
    }

    private void OnResume(Resume resume)
    {
        if (_input.IsPaused)
        {
            _input.Resume();
            _outbox.Raise((number, at) => new Resumed(_id, number, at));
        }

        Answer(refusal: null);
    }

    private void OnRequestData(RequestData request)
    {
        if (Recording!.HasBegun)
            Apply(_input.CutBlob());
        else
            Recording.RaiseBlobWithoutMedia(Now);

        Answer(refusal: null);
    }

    private void RefuseWhileInactive(ICommand command)
    {
        var verb = command is RequestData ? "request data of it" : $"{command.GetType().Name.ToLowerInvariant()} it";
        Answer(InvalidState($"Recorder {command.Recorder} is inactive: start it before you {verb}."));
    }

    private void RefuseStartWhileRunning(Start start) => Answer(InvalidState(
        $"Recorder {_id} is {State.ToString().ToLowerInvariant()} already: stop it before you start it again."));

    private void Answer(MediaError? refusal, RecordingId? recording = null) => Sender.Tell(
        refusal is null ? new Accepted(_id, State) { Recording = recording ?? Recording?.Id } : new Refused(_id, State, refusal));

    private static MediaError InvalidState(string message) => new(ErrorName.InvalidStateError, message);
}
