using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Recording;

// The commands of the specification: start, stop, pause, resume, requestData; and split and mark. Each is answered once, here.
internal sealed partial class MediaRecorderActor
{
    private void OnStart(Start start)
    {
        var refusal = _memory.IsRetiring ? StateRefusal.WhileRetiring(_id)
            : _arming.FindRefusal(start) ?? StartCheck.Find(start, _options, _source.Uri, _source.Known);
        if (refusal is not null)
        {
            Answer(refusal);
            return;
        }

        var recording = _recordings.Create(start);
        _input.Begin(recording);
        WaitAtMost(_options.OpenTimeout);
        var kept = _preRoll.TakeFor(start, recording);
        // The lease has done its service: after the recording the camera is let go.
        Timers.Cancel(nameof(TakeArming.Lapsed));
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

        // What was kept may have begun the recording, and may have ended it.
        if (Recording is { HasBegun: false })
            Become(WaitingForMedia);

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
        _input.Pause();
        Answer(refusal: null);
    }

    private void OnResume(Resume resume)
    {
        _input.Resume();
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

    private void Answer(MediaError? refusal, RecordingId? recording = null) => Sender.Tell(
        refusal is null ? new Accepted(_id, State) { Recording = recording ?? Recording?.Id } : new Refused(_id, State, refusal));
}
