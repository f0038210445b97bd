using Recorder.Actors.Storage;
using Recorder.Contracts;
using static Recorder.Actors.Capture.CaptureProtocol;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Recording;

// What users ask of a recorder, and what it answers.
internal sealed partial class MediaRecorderActor
{
    private const int LongestLabel = 200;

    private void OnStart(Start start)
    {
        if (_memory.IsRetiring)
        {
            Refuse(ErrorName.InvalidStateError, $"Recorder {_id} is being shut down and starts no more recordings.");
            return;
        }

        if (StartCheck.Find(start, _options, _source, _known) is { } error)
        {
            Refuse(error.Name, error.Message);
            return;
        }

        _recording = Begin(start);
        _state = RecorderState.Recording;
        WaitAtMost(_options.OpenTimeout);
        SetSource(SourceStatus.Connecting, "");
        Become(WaitingForMedia);
        if (!BeginInThePast(start))
        {
            _past?.Clear();
            Unwatch();
            Attach();
        }

        Accept();
    }

    private void OnTakeOver(TakeOver over)
    {
        if (_recording is null && _outbox.Waiting == 0)
        {
            _memory.GoOnFrom(over.History);
        }

        Sender.Tell(new Warmth(_past?.HasWholeGroup ?? false));
    }

    private ActiveRecording Begin(Start start)
    {
        var interrupted = _memory.Continue;
        _memory.Continue = null;
        var (description, layout) = Describe(interrupted?.Recording);
        _memory.Pictures.Clear();
        var recording = new ActiveRecording(description, start, _id, layout, _outbox, CreateWriter)
        {
            Epoch = _memory.Epoch,
            MayOverlap = _memory.IsWarm,
            Pictures = _memory.Epoch > 0 ? _memory.Pictures : null,
        };
        if (interrupted is not null)
        {
            recording.Continue(interrupted, () => Describe(null));
        }

        return recording;

        (RecordingDescription Description, RecordingLayout Layout) Describe(RecordingId? recording)
        {
            var now = Now;
            var id = recording ?? RecordingId.Create(now, ++_memory.Recordings);
            return (Descriptions.Begin(_id, id, _source, _options, start, _environment.Node, recording?.StartedAt ?? now),
                RecordingLayout.For(_target, _id, id));
        }
    }

    private void SetPaused(bool paused)
    {
        var state = paused ? RecorderState.Paused : RecorderState.Recording;
        if (_state != state)
        {
            _state = state;
            if (paused)
            {
                _recording!.Session?.Pause();
                _outbox.Raise((number, at) => new Paused(_id, number, at));
            }
            else
            {
                _recording!.Session?.Resume();
                _outbox.Raise((number, at) => new Resumed(_id, number, at));
            }

            Publish();
        }

        Accept();
    }

    private void OnRequestData(RequestData request)
    {
        if (_recording!.HasBegun)
        {
            OnMediaStep(session => session.CutBlob());
        }
        else
        {
            _recording.RaiseEmptyBlob(Now);
        }

        Publish();
        Accept();
    }

    // Before the first media nothing is to be done: the first extent begins at the next key frame anyway.
    private void OnSplit(Split split)
    {
        if (_recording!.Layout.IsSingleFile)
        {
            Refuse(ErrorName.NotSupportedError, $"Recorder {_id} writes one file, which cannot be split; record into a folder.");
            return;
        }

        _recording.Session?.Split();
        Accept();
    }

    private void OnMark(Mark mark)
    {
        if (mark.Label is not { Length: >= 1 and <= LongestLabel })
        {
            Refuse(ErrorName.NotSupportedError, $"The label has {mark.Label?.Length ?? 0} characters; give it 1 to {LongestLabel}.");
        }
        else if (!_recording!.HasBegun)
        {
            Refuse(ErrorName.InvalidStateError, $"Recorder {_id} has recorded nothing yet: mark it after its start event.");
        }
        else
        {
            _recording.Mark(mark.Label, Now);
            Publish();
            Accept();
        }
    }

    private void Accept() => Sender.Tell(new Accepted(_id, _state));

    private void Refuse(ErrorName name, string message) => Sender.Tell(new Refused(_id, _state, new MediaError(name, message)));

    private Status StatusNow()
    {
        var idle = Bitrates.For(_options);
        if (_recording is not { } recording)
        {
            return (_memory.LastStatus ?? new Status { Recorder = _id, State = _state, MimeType = _options.MimeType }) with
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
            Duration = recording.Duration,
            Bytes = recording.Bytes,
            Blobs = recording.Blobs,
            LostPackets = session?.LostPackets ?? 0,
        };
    }

    // The specification: a mode that is not supported reads as variable.
    private static BitrateMode Mode(BitrateMode mode) => mode == BitrateMode.Constant ? mode : BitrateMode.Variable;

    private static string Word(RecorderState state) => state.ToString().ToLowerInvariant();

    private static string Verb(ICommand command) =>
        command switch
        {
            Pause => "pause it",
            Resume => "resume it",
            RequestData => "request data of it",
            Split => "split it",
            Mark => "mark it",
            _ => $"send it {command.GetType().Name}",
        };
}
