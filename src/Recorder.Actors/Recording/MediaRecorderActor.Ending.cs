using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Recording;

// How a recording ends, and what a recorder answers and reports.
internal sealed partial class MediaRecorderActor
{
    /// <summary>The source or its return was waited for long enough.</summary>
    private sealed record WaitedTooLong;

    /// <summary>Look whether the disk has taken enough for a waiting source to go on.</summary>
    private sealed record CheckDisk;

    /// <summary>Ends what is under way; the actor stops when its last event is out.</summary>
    internal sealed record Retire;

    // The specification's end: inactive at once; then dataavailable, then stop. start always comes before them.
    private void Finish(StopReason reason)
    {
        if (_recording is not { } recording)
        {
            return;
        }

        try
        {
            recording.Session?.Finish();
        }
        catch (FFmpegException exception)
        {
            Fail(ErrorName.UnknownError, exception.Message);
            return;
        }

        recording.RaiseStarted([]);
        End(recording, reason, error: null, withData: true);
    }

    // error, then what was gathered, then stop.
    private void Fail(ErrorName name, string message, bool withData = true)
    {
        if (_recording is not { } recording)
        {
            return;
        }

        var error = new MediaError(name, message);
        RecordingLog.Failed(_environment.Logger, _id, error);
        _outbox.Raise((number, at) => new ErrorRaised(_id, number, at, error));
        try
        {
            if (recording.HasBegun)
            {
                recording.Session!.Finish();
            }
        }
        catch (FFmpegException exception)
        {
            // The container is what broke: what it gave out before is kept as it is.
            RecordingLog.NotCompleted(_environment.Logger, _id, exception.Message);
            recording.AbandonContainer();
        }

        End(recording, StopReason.Failed, error, withData);
    }

    private void End(ActiveRecording recording, StopReason reason, MediaError? error, bool withData)
    {
        if (withData && !recording.HasBegun)
        {
            recording.RaiseEmptyBlob(Now);
        }

        _lastStatus = StatusNow() with { State = RecorderState.Inactive, MimeType = _options.MimeType };
        recording.Close(reason, error, Now);
        recording.Dispose();
        _recording = null;
        _state = RecorderState.Inactive;
        Timers.Cancel(WaitTimer);
        Context.Unwatch(_capture);
        _capture = ActorRefs.Nobody;
        _environment.Sources.Tell(new Detach(_source));
        _environment.Sources.Tell(new Describe(_source));
        Become(Inactive);
        Publish();
    }

    private void OnRetire(Retire retire)
    {
        _retiring = true;
        Finish(StopReason.Shutdown);
        Publish();
    }

    private void Publish()
    {
        while (_outbox.TakeNext(Now) is { } raised)
        {
            _environment.Events.Tell(raised);
        }

        if (_retiring && _outbox.Waiting == 0)
        {
            Context.Stop(Self);
        }
    }

    private void SetSource(SourceStatus status, string detail)
    {
        _sourceStatus = status;
        _outbox.Raise((number, at) => new SourceChanged(_id, number, at, status, detail));
        Publish();
    }

    private void Accept() => Sender.Tell(new Accepted(_id, _state));

    private void Refuse(ErrorName name, string message) => Sender.Tell(new Refused(_id, _state, new MediaError(name, message)));

    private Status StatusNow()
    {
        var idle = Bitrates.For(_options);
        if (_recording is not { } recording)
        {
            return (_lastStatus ?? new Status { Recorder = _id, State = _state, MimeType = _options.MimeType }) with
            {
                VideoBitsPerSecond = idle.Video,
                AudioBitsPerSecond = idle.Audio,
                AudioBitrateMode = Mode(_options.AudioBitrateMode),
                Source = _sourceStatus,
            };
        }

        var session = recording.Session;
        return new Status
        {
            Recorder = _id,
            State = _state,
            MimeType = recording.MimeType,
            VideoBitsPerSecond = session?.Bitrates.Video ?? idle.Video,
            AudioBitsPerSecond = session?.Bitrates.Audio ?? idle.Audio,
            AudioBitrateMode = Mode(_options.AudioBitrateMode),
            Source = _sourceStatus,
            Recording = recording.Id,
            Duration = session?.Duration ?? TimeSpan.Zero,
            Bytes = session?.Bytes ?? 0,
            Blobs = recording.Blobs,
            LostPackets = session?.LostPackets ?? 0,
        };
    }

    // The specification: a mode that is not supported reads as variable.
    private static BitrateMode Mode(BitrateMode mode) => mode == BitrateMode.Constant ? mode : BitrateMode.Variable;

    private IActorRef CreateWriter(ActiveRecording recording, string extension) =>
        Context.ActorOf(
            RecordingWriterActor.PropsFor(
                recording.Id, recording.Layout, extension, recording.WriteBacklog, _environment.Volumes.For(recording.Layout.Folder),
                _environment.Logger),
            $"writer-{recording.Id}");

    private static string Word(RecorderState state) => state.ToString().ToLowerInvariant();

    private static string Verb(ICommand command) =>
        command switch
        {
            Pause => "pause it",
            Resume => "resume it",
            RequestData => "request data of it",
            _ => $"send it {command.GetType().Name}",
        };
}
