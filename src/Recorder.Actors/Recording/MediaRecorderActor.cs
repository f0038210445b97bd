using Recorder.Actors.Capture;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;
using static Recorder.Actors.Recording.RecorderControl;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Recording;

/// <summary>
/// One MediaRecorder (W3C MediaStream Recording): its mailbox is the task queue, and its behaviours are the states. Commands are carried out and
/// answered one at a time. Their events follow in order, numbered by the <see cref="EventOutbox"/>.
/// </summary>
internal sealed partial class MediaRecorderActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan RoomInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CreditInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AttachDelay = TimeSpan.FromSeconds(1);

    private readonly RecorderId _id;
    private readonly RecorderOptions _options;
    private readonly RecorderEnvironment _environment;
    private readonly RecorderMemory _memory;
    private readonly EventOutbox _outbox;
    private readonly SourceState _source;
    private readonly PreRoll _preRoll;
    private readonly TakeArming _arming;
    private readonly RecordingInput _input;
    private readonly RecordingFactory _recordings;
    private readonly ConditionWatch _condition;
    private IActorRef _capture = ActorRefs.Nobody;

    public MediaRecorderActor(
        RecorderId id, SourceUri source, RecorderOptions options, RecordingTarget target, RecorderEnvironment environment,
        RecorderMemory memory)
    {
        (_id, _options, _environment, _memory, _outbox) = (id, options, environment, memory, memory.Outbox);
        _source = new SourceState(source, options.MemoryLimit);
        _preRoll = new PreRoll(options, _source, memory, environment.Time);
        _arming = new TakeArming(memory, _preRoll, _source);
        _input = new RecordingInput(id, _source, options, environment, memory.Outbox);
        _condition = new ConditionWatch(id, _source, _input, memory, Context.System.EventStream);
        _recordings = new RecordingFactory(id, source, options, target, environment, memory, Self);
        Inactive();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private DateTimeOffset Now => _environment.Time.GetUtcNow();

    private RecordingSession? Recording => _input.Recording;

    private RecorderState State => _input.State;

    private long Backlog => Recording?.WriteBacklog.Bytes ?? 0;

    protected override void PreStart()
    {
        _environment.Sources.Tell(new Describe(_source.Uri));
        KeepPreRoll();
        ExtendArm();
        Publish();
    }

    // The store completes the files and reports to the next instance of the actor, which has the same reference and the same outbox.
    protected override void PreRestart(Exception reason, object message)
    {
        try
        {
            Fail(ErrorName.UnknownError, $"The recorder failed unexpectedly: {reason.Message}");
        }
        finally
        {
            Release();
            Publish();
        }
    }

    // Publishes the events that the message raised.
    protected override bool AroundReceive(Receive receive, object message)
    {
        var isHandled = base.AroundReceive(receive, message);
        Publish();
        return isHandled;
    }

    protected override void PostStop()
    {
        Release();
        _environment.Sources.Tell(new Detach(_source.Uri));
    }

    private void Inactive()
    {
        Receive<Start>(OnStart);
        Receive<Stop>(_ => Answer(refusal: null));
        InEveryState();
        Receive<ICommand>(command => Answer(StateRefusal.WhileInactive(command)));
        if (_preRoll.IsPossible)
            KeepingPreRoll();

        Receive<ISourceMessage>(SourceState.Drop);
        ReceiveAny(_ => { });
    }

    private void KeepingPreRoll()
    {
        // Of a recording that has ended, or of a take that the recorder is not armed for any more.
        Receive<ISourceMessage>(message => !_preRoll.IsKept || _source.IsStale(message), SourceState.Drop);
        Receive<MediaArrived>(media =>
        {
            _preRoll.Add(media.Batch);
            media.Done();
        });
        Receive<SourceMessage>(OnPreRollMessage);
        Receive<Terminated>(died => died.ActorRef.Equals(_capture), _ =>
        {
            Unwatch();
            _preRoll.Clear();
            _source.Status = SourceStatus.Lost;
            Timers.StartSingleTimer(nameof(AttachAgain), new AttachAgain(), AttachDelay);
        });
        Receive<AttachAgain>(_ => KeepPreRoll());
    }

    private void WaitingForMedia() => WhileRunning(() => Fail(
        ErrorName.UnknownError,
        Recording!.OpenFailure ?? $"{_source.Uri} delivered no media within {_options.OpenTimeout!.Value.TotalSeconds:0.#} s."));

    private void Gathering() => WhileRunning(() => Finish(StopReason.SourceLost));

    private void WhileRunning(Action onTimeout)
    {
        Receive<ISourceMessage>(_source.IsStale, SourceState.Drop);
        Receive<MediaArrived>(OnMedia);
        Receive<Start>(_ => Answer(StateRefusal.WhileRunning(_id, State)));
        Receive<Stop>(OnStop);
        Receive<Pause>(OnPause);
        Receive<Resume>(OnResume);
        Receive<RequestData>(OnRequestData);
        Receive<Split>(_ => Answer(Recording!.Split()));
        Receive<Mark>(mark => Answer(Recording!.Mark(mark.Label, Now)));
        Receive<TrackAdded>(added => QueueModified($"Track {added.Track.Id} was added to {_source.Uri} while recording."));
        Receive<TrackRemoved>(removed => QueueModified($"Track {removed.Track} was removed from {_source.Uri} while recording."));
        Receive<Modified>(
            modified => modified.Recording == Recording?.Id,
            modified => Fail(ErrorName.InvalidModificationError, modified.Message, sourceHasChanged: true));
        Receive<SourceMessage>(OnSourceMessage);
        Receive<Terminated>(
            died => died.ActorRef.Equals(_capture), _ => Fail(ErrorName.UnknownError, $"The capture of {_source.Uri} failed."));
        Receive<WaitedTooLong>(_ => onTimeout());
        InEveryState();
        ReceiveAny(_ => { });
    }

    private void InEveryState()
    {
        Receive<GetStatus>(_ => Sender.Tell(RecorderStatus.Of(_id, _input, _options, _source.Status, _memory)));
        Receive<GetCondition>(_ => Sender.Tell(_condition.Read()));
        Receive<Arm>(OnArm);
        Receive<Disarm>(disarm =>
        {
            _arming.Close(disarm.Take);
            if (_memory.ArmedFor == disarm.Take)
                Disarm();

            Answer(refusal: null);
        });
        Receive<TakeArming.Lapsed>(_ => Disarm());
        Receive<Described>(described => _source.Known = described);
        Receive<TakeOver>(OnTakeOver);
        Receive<BeginTenure>(begin => _outbox.BeginTenure(begin.Tenure, begin.Before, begin.Floor));
        Receive<NoteLateMedia>(note => _outbox.Raise((number, at) => note.Late with { Sequence = number, At = at }));
        Receive<GetPreRollStatus>(_ => Sender.Tell(new PreRollStatus(Recording is not null || !_preRoll.IsKept || _preRoll.HasWholeGop)));
        Receive<Retire>(OnRetire);
        Receive<ReturnCredit>(_ => RetryReturn(_source.ReturnWithheld(Backlog)));
        Receive<ClockNotice>(OnClock);
        Receive<StorageProtocol.BlobStored>(stored => StoredEvents.Fill(_outbox, _id, stored));
        Receive<StorageProtocol.LineStored>(stored => StoredEvents.Fill(_outbox, stored));
        Receive<StorageProtocol.Full>(full => full.Recording == Recording?.Id, OnFull);
        Receive<StorageProtocol.Room>(room => room.Recording == Recording?.Id, room => Apply(_input.HandleFreeVolume(room)));
        Receive<ProbeForRoom>(OnProbeForRoom);
        Receive<StorageProtocol.Durable>(
            durable => durable.Recording == Recording?.Id, durable => Recording!.RaiseDurable(durable.Through));
        Receive<StorageProtocol.Closed>(OnClosed);
        Receive<StorageProtocol.WriteFailed>(
            failed => failed.Recording == Recording?.Id, failed => Fail(failed.Error.Name, failed.Error.Message));
    }

    private void Release()
    {
        Recording?.Dispose();
        _preRoll.Clear();
        _ = _source.ReturnWithheld(backlog: 0);
    }

    private void Publish()
    {
        while (_outbox.TakeNext(Now) is { } raised)
            _environment.Events.Tell(raised);

        _condition.Look();
        if (_memory.IsRetiring && _outbox.Waiting == 0)
            Context.Stop(Self);
    }

    private sealed record WaitedTooLong;
    private sealed record ReturnCredit;
    private sealed record ProbeForRoom;
    private sealed record AttachAgain;
}
