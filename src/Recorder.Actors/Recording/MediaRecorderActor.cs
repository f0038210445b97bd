using Recorder.Actors.Capture;
using Recorder.Actors.Storage;
using Recorder.Actors.Timing;
using Recorder.Contracts;
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
    private const string RoomTimer = "room";

    private static readonly TimeSpan RoomInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan DiskInterval = TimeSpan.FromMilliseconds(20);
    private static long _attachments;

    private readonly RecorderId _id;
    private readonly SourceUri _source;
    private readonly RecorderOptions _options;
    private readonly RecordingTarget _target;
    private readonly RecorderEnvironment _environment;
    private readonly RecorderMemory _memory;
    private readonly EventOutbox _outbox;
    private readonly Queue<MediaArrived> _unpaid = new();
    private readonly PreRollRing? _past;
    private readonly MachineTime _machine;
    private RecorderState _state = RecorderState.Inactive;
    private SourceStatus _sourceStatus;
    private Described _known = new(null, Ended: false);
    private ActiveRecording? _recording;
    private IReadOnlyList<SourceTrack> _tracks = [];
    private IActorRef _capture = ActorRefs.Nobody;
    private long _attachment;

    public MediaRecorderActor(
        RecorderId id, SourceUri source, RecorderOptions options, RecordingTarget target, RecorderEnvironment environment,
        RecorderMemory memory)
    {
        (_id, _source, _options, _target, _environment) = (id, source, options, target, environment);
        (_memory, _outbox, _machine) = (memory, memory.Outbox, MachineTime.Of(environment.Time));
        _past = PastOf(options);
        Inactive();
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    private DateTimeOffset Now => _environment.Time.GetUtcNow();

    // Never jumps, whatever is done to the wall clock.
    private TimeSpan Steady => _machine.Read();

    public static Props PropsFor(
        RecorderId id, SourceUri source, RecorderOptions options, RecordingTarget target, RecorderEnvironment environment,
        RecorderMemory memory) =>
        Props.Create(() => new MediaRecorderActor(id, source, options, target, environment, memory));

    protected override void PreStart()
    {
        _environment.Sources.Tell(new Describe(_source));
        Hold();
        Publish();
    }

    // The writer is left alive: it completes the files, answers the next instance and then stops by itself.
    protected override void PreRestart(Exception reason, object message)
    {
        try
        {
            Fail(ErrorName.UnknownError, $"The recorder failed unexpectedly: {reason.Message}");
        }
        finally
        {
            _past?.Clear();
            GiveBackAll();
        }
    }

    protected override void PostStop()
    {
        _recording?.Dispose();
        _past?.Clear();
        GiveBackAll();
        _environment.Sources.Tell(new Detach(_source));
    }

    private void Inactive()
    {
        Receive<Start>(OnStart);
        Receive<Stop>(_ => Accept());
        Common();
        Receive<ICommand>(command => Refuse(ErrorName.InvalidStateError, $"Recorder {_id} is inactive: start it before you {Verb(command)}."));
        Holding();
        Receive<ISourceMessage>(Drop);
        ReceiveAny(_ => { });
    }

    private void WaitingForMedia()
    {
        Running();
        Receive<SourceConnecting>(OnConnecting);
        Receive<SourceOpened>(opened => OnOpened(opened, Sender));
        Receive<SourceLost>(OnLostAtStart);
        Receive<WaitedTooLong>(_ => Fail(ErrorName.UnknownError, _recording!.OpenFailure ??
            $"{_source} delivered no media within {_options.OpenTimeout!.Value.TotalSeconds:0.#} s."));
        ReceiveAny(_ => { });
    }

    private void Gathering()
    {
        Running();
        Receive<SourceConnecting>(connecting => SetSource(SourceStatus.Lost, connecting.Cause));
        Receive<SourceLost>(OnLost);
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
        Receive<Split>(OnSplit);
        Receive<Mark>(OnMark);
        Receive<TrackAdded>(added => QueueModified($"Track {added.Track.Id} was added to {_source} while recording."));
        Receive<TrackRemoved>(removed => QueueModified($"Track {removed.Track} was removed from {_source} while recording."));
        Receive<Modified>(
            modified => modified.Recording == _recording?.Id,
            modified => Fail(ErrorName.InvalidModificationError, modified.Message, sourceHasChanged: true));
        Receive<TrackEnded>(ended => OnMediaStep(session => session.EndTrack(ended.Track)));
        Receive<TrackMuted>(muted => OnMediaStep(session => session.Mute(muted.Track, muted.Muted)));
        Receive<TrackChanged>(OnTrackChanged);
        Receive<TracksChanged>(OnTracksChanged);
        Receive<SourceRestored>(OnRestored);
        Receive<MediaDropped>(OnDropped);
        Receive<TimestampsMended>(OnTimestampsMended);
        Receive<SourceEnded>(OnEnded);
        Receive<SourceFailed>(failed => Fail(failed.Error.Name, failed.Error.Message));
        Receive<Terminated>(died => died.ActorRef.Equals(_capture), _ => Fail(ErrorName.UnknownError, $"The capture of {_source} failed."));
        Common();
    }

    private void Common()
    {
        Receive<GetStatus>(_ => Sender.Tell(StatusNow()));
        Receive<Described>(described => _known = described);
        Receive<TakeOver>(OnTakeOver);
        Receive<GetWarmth>(_ => Sender.Tell(new Warmth(_recording is not null || _past is null || _past.HasWholeGroup)));
        Receive<Retire>(OnRetire);
        Receive<CheckDisk>(OnCheckDisk);
        Receive<RecordersActor.ClockNotice>(OnClock);
        Receive<WriterProtocol.BlobStored>(stored => { ActiveRecording.Announce(_id, stored); Publish(); });
        Receive<WriterProtocol.LineStored>(stored => { ActiveRecording.Announce(stored); Publish(); });
        Receive<WriterProtocol.Full>(full => full.Recording == _recording?.Id, OnFull);
        Receive<WriterProtocol.Room>(room => room.Recording == _recording?.Id, OnRoom);
        Receive<AskForRoom>(OnAskForRoom);
        Receive<WriterProtocol.Durable>(
            durable => durable.Recording == _recording?.Id,
            durable => { _recording!.RaiseDurable(durable.Through); Publish(); });
        Receive<WriterProtocol.Closed>(OnClosed);
        Receive<WriterProtocol.WriteFailed>(failed => failed.Recording == _recording?.Id, failed => Fail(failed.Error.Name, failed.Error.Message));
    }

    /// <summary>The source or its return was waited for long enough.</summary>
    private sealed record WaitedTooLong;

    /// <summary>Look whether the disk has taken enough for a waiting source to go on.</summary>
    private sealed record CheckDisk;

    /// <summary>Ask whether a full volume has space again.</summary>
    private sealed record AskForRoom;

    /// <summary>The tracks changed; takes the way of commands, so that those sent before are carried out before.</summary>
    internal sealed record Modified(RecordingId Recording, string Message);

    /// <summary>A recorder that was made to take over, and has recorded nothing yet, goes on from here. Answered with <see cref="Warmth"/>.</summary>
    internal sealed record TakeOver(RecorderHistory History);

    /// <summary>Asks whether it holds a key frame of its source to go on from; answered with <see cref="Warmth"/>.</summary>
    internal sealed record GetWarmth;

    /// <param name="IsWarm">Whether a recorder that is started now begins in the past.</param>
    internal sealed record Warmth(bool IsWarm);

    /// <summary>Ends what is under way; the actor stops when its last event is out.</summary>
    /// <param name="Keep">Whether a recording under way stays open, for the next start of its node to go on with.</param>
    internal sealed record Retire(bool Keep = false);
}
