using Recorder.Actors.Capture;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Recording;

/// <summary>
/// One MediaRecorder (W3C MediaStream Recording): its mailbox is the task queue, its behaviours are the states. What a command does
/// at once is done in its turn; what it queues follows as events, in order, numbered by the <see cref="EventOutbox"/>.
/// </summary>
internal sealed partial class MediaRecorderActor : ReceiveActor, IWithTimers
{
    private const string WaitTimer = "wait";
    private const string DiskTimer = "disk";

    private static readonly TimeSpan DiskInterval = TimeSpan.FromMilliseconds(20);
    private static long _attachments;

    private readonly RecorderId _id;
    private readonly SourceUri _source;
    private readonly RecorderOptions _options;
    private readonly RecordingTarget _target;
    private readonly RecorderEnvironment _environment;
    private readonly EventOutbox _outbox;
    private RecorderState _state = RecorderState.Inactive;
    private SourceStatus _sourceStatus;
    private Described _known = new(null, Ended: false);
    private ActiveRecording? _recording;
    private Status? _lastStatus;
    private IActorRef _capture = ActorRefs.Nobody;
    private long _recordings;
    private long _attachment;
    private readonly Queue<MediaArrived> _unpaid = new();
    private bool _retiring;

    public MediaRecorderActor(
        RecorderId id, SourceUri source, RecorderOptions options, RecordingTarget target, RecorderEnvironment environment,
        EventOutbox outbox)
    {
        (_id, _source, _options, _target, _environment, _outbox) = (id, source, options, target, environment, outbox);
        Inactive();
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    private DateTimeOffset Now => _environment.Time.GetUtcNow();

    // The outbox outlives the actor, so that a restart goes on with the events' numbers.
    public static Props PropsFor(
        RecorderId id, SourceUri source, RecorderOptions options, RecordingTarget target, RecorderEnvironment environment,
        EventOutbox outbox) =>
        Props.Create(() => new MediaRecorderActor(id, source, options, target, environment, outbox));

    protected override void PreStart() => _environment.Sources.Tell(new Describe(_source));

    // The writer is left alive: it completes the files and then stops by itself.
    protected override void PreRestart(Exception reason, object message)
    {
        if (_recording is not null)
        {
            Fail(ErrorName.UnknownError, $"The recorder failed unexpectedly: {reason.Message}");
        }
    }

    protected override void PostStop()
    {
        _recording?.Dispose();
        _environment.Sources.Tell(new Detach(_source));
    }

    private void Inactive()
    {
        Receive<Start>(OnStart);
        Receive<Stop>(_ => Accept());
        Common();
        Receive<ICommand>(command => Refuse(ErrorName.InvalidStateError, $"Recorder {_id} is inactive: start it before you {Verb(command)}."));
        Receive<ISourceMessage>(Drop);
        ReceiveAny(_ => { });
    }

    private void WaitingForMedia()
    {
        Running();
        Receive<SourceConnecting>(OnConnecting);
        Receive<SourceOpened>(OnOpened);
        Receive<SourceLost>(OnLostAtStart);
        Receive<SourceRestored>(OnRestored);
        Receive<WaitedTooLong>(_ => Fail(ErrorName.UnknownError, _recording!.OpenFailure ??
            $"{_source} delivered no media within {_options.OpenTimeout!.Value.TotalSeconds:0.#} s."));
        ReceiveAny(_ => { });
    }

    private void Gathering()
    {
        Running();
        Receive<SourceConnecting>(connecting => SetSource(SourceStatus.Lost, connecting.Cause));
        Receive<SourceLost>(OnLost);
        Receive<SourceRestored>(OnRestored);
        Receive<MediaDropped>(dropped => OnMediaStep(session => session.AddGap(
            dropped.Cause, dropped.From, dropped.To, dropped.Packets, $"{dropped.Packets} packets of {_source} were left out.")));
        Receive<WaitedTooLong>(_ => Finish(StopReason.SourceLost));
        ReceiveAny(_ => { });
    }

    private void Running()
    {
        Receive<ISourceMessage>(IsStale, Drop);
        Receive<MediaArrived>(OnMedia);
        Receive<Start>(_ => Refuse(ErrorName.InvalidStateError, $"Recorder {_id} is {Word(_state)} already: stop it before you start it again."));
        Receive<Stop>(_ => { Finish(StopReason.Requested); Accept(); });
        Receive<Pause>(_ => SetPaused(true));
        Receive<Resume>(_ => SetPaused(false));
        Receive<RequestData>(OnRequestData);
        Receive<TrackAdded>(added => Fail(ErrorName.InvalidModificationError, $"Track {added.Track.Id} was added to {_source} while recording."));
        Receive<TrackRemoved>(removed => Fail(ErrorName.InvalidModificationError, $"Track {removed.Track} was removed from {_source} while recording."));
        Receive<TrackEnded>(ended => OnMediaStep(session => session.EndTrack(ended.Track)));
        Receive<TrackMuted>(muted => OnMediaStep(session => session.Mute(muted.Track, muted.Muted)));
        Receive<TrackChanged>(OnTrackChanged);
        Receive<SourceEnded>(OnEnded);
        Receive<SourceFailed>(failed => Fail(failed.Error.Name, failed.Error.Message));
        Receive<Terminated>(died => died.ActorRef.Equals(_capture), _ => Fail(ErrorName.UnknownError, $"The capture of {_source} failed."));
        Common();
    }

    private void Common()
    {
        Receive<GetStatus>(_ => Sender.Tell(StatusNow()));
        Receive<Described>(described => _known = described);
        Receive<Retire>(OnRetire);
        Receive<CheckDisk>(OnCheckDisk);
        Receive<WriterProtocol.BlobStored>(stored => { ActiveRecording.Announce(_id, stored); Publish(); });
        Receive<WriterProtocol.Closed>(closed => { closed.Slot.Open(); Publish(); });
        Receive<WriterProtocol.WriteFailed>(failed => failed.Recording == _recording?.Id, failed => Fail(failed.Error.Name, failed.Error.Message));
    }

    private void OnStart(Start start)
    {
        if (StartCheck.Find(_options, _source, _known) is { } error)
        {
            Refuse(error.Name, error.Message);
            return;
        }

        var now = Now;
        var recording = RecordingId.Create(now, ++_recordings);
        _recording = new ActiveRecording(
            Descriptions.Begin(_id, recording, _source, _options, start, _environment.Node, now), start, _id,
            RecordingLayout.For(_target, _id, recording), _outbox, CreateWriter);
        _state = RecorderState.Recording;
        WaitAtMost(_options.OpenTimeout);
        SetSource(SourceStatus.Connecting, "");
        Become(WaitingForMedia);
        // Counted beyond a restart: what was sent to the actor before it still waits in the mailbox.
        _attachment = Interlocked.Increment(ref _attachments);
        _environment.Sources.Tell(new Attach(_source, _attachment));
        Accept();
    }

    private bool IsStale(ISourceMessage message) => message.Attachment != _attachment;

    private static void Drop(ISourceMessage message) => (message as MediaArrived)?.Done();

    private void OnConnecting(SourceConnecting connecting)
    {
        _recording!.OpenFailure = connecting.Cause;
        SetSource(SourceStatus.Connecting, connecting.Cause);
    }

    private void OnOpened(SourceOpened opened)
    {
        if (_recording!.HasSession)
        {
            return;
        }

        // What is waited for now is a key frame, which the source bounds, or its return.
        Timers.Cancel(WaitTimer);
        _capture = Context.Watch(Sender);
        SetSource(SourceStatus.Connected, "");
        if (_recording.Open(_options, opened.Tracks, mayDrop: _source.Pace != SourcePace.Fast, _environment.Time) is { } error)
        {
            Fail(error.Name, error.Message, withData: false);
        }
        else if (_state == RecorderState.Paused)
        {
            _recording.Session!.Pause();
        }
    }

    // Nothing is recorded yet: without a time-out for losses that of start() counts again.
    private void OnLostAtStart(SourceLost lost)
    {
        _recording!.OpenFailure = lost.Cause;
        SetSource(SourceStatus.Lost, lost.Cause);
        WaitAtMost(_options.LossTimeout ?? _options.OpenTimeout);
    }

    private void WaitAtMost(TimeSpan? timeout)
    {
        if (timeout is { } time)
        {
            Timers.StartSingleTimer(WaitTimer, new WaitedTooLong(), time);
        }
    }

    private void OnLost(SourceLost lost)
    {
        SetSource(SourceStatus.Lost, lost.Cause);
        WaitAtMost(_options.LossTimeout);
    }

    private void OnRestored(SourceRestored restored)
    {
        Timers.Cancel(WaitTimer);
        SetSource(SourceStatus.Connected, "");
        OnMediaStep(session => session.AddGap(
            GapCause.SourceLost, restored.From, restored.To, 0, $"{_source} was lost and came back."));
    }

    private void OnEnded(SourceEnded ended)
    {
        SetSource(SourceStatus.Ended, "");
        if (_state == RecorderState.Paused || _recording!.Session?.HasMedia == true)
        {
            Finish(StopReason.SourceEnded);
        }
        else
        {
            Fail(ErrorName.UnknownError, $"{_source} ended before a key frame came: nothing could be recorded; record a source that begins " +
                "with a key frame, or have it send them more often.");
        }
    }

    private void OnTrackChanged(TrackChanged changed)
    {
        SetSource(SourceStatus.Changed, $"Track {changed.Track.Id} is now {changed.Track.Description.Codec}.");
        if (_recording?.Session?.Change(changed.Track, mayBeginExtent: !_recording.Layout.IsSingleFile) == false)
        {
            Fail(ErrorName.UnknownError, $"Track {changed.Track.Id} of {_source} changed to {changed.Track.Description.Codec}, which cannot " +
                "follow in this recording's container; start again.");
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

    private void OnMedia(MediaArrived media)
    {
        try
        {
            OnMediaStep(session => session.Write(media.Batch));
        }
        finally
        {
            GiveBack(media);
        }
    }

    // A source that reads as fast as it is taken from must wait for the disk: its credit comes back when there is room again.
    private void GiveBack(MediaArrived media)
    {
        if (_source.Pace == SourcePace.Fast && _recording?.WriteBacklog.Bytes > _options.MemoryLimit / 2)
        {
            _unpaid.Enqueue(media);
            Timers.StartSingleTimer(DiskTimer, new CheckDisk(), DiskInterval);
        }
        else
        {
            media.Done();
        }
    }

    private void OnCheckDisk(CheckDisk check)
    {
        for (var count = _unpaid.Count; count > 0; count--)
        {
            GiveBack(_unpaid.Dequeue());
        }
    }

    private void OnMediaStep(Action<RecordingSession> step)
    {
        if (_recording?.Session is not { } session)
        {
            return;
        }

        var hadBegun = session.HasBegun;
        try
        {
            step(session);
        }
        catch (FFmpegException exception)
        {
            Fail(ErrorName.UnknownError, exception.Message);
            return;
        }

        if (!hadBegun && session.HasBegun)
        {
            Timers.Cancel(WaitTimer);
            Become(Gathering);
        }

        Publish();
        if (_recording.IsDurationReached)
        {
            Finish(StopReason.Requested);
        }
    }
}
