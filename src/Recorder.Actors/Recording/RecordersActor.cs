using Recorder.Actors.Capture;
using Recorder.Actors.Events;
using Recorder.Contracts;
using static Recorder.Contracts.RecordersProtocol;

namespace Recorder.Actors.Recording;

/// <summary>The parent of all recorders of this node: creates and removes them, and forwards each command to its recorder.</summary>
internal sealed class RecordersActor : ReceiveActor
{
    private readonly RecorderEnvironment _environment;
    private readonly Memory _memory;
    private readonly Dictionary<RecorderId, IActorRef> _recorders;
    private readonly Dictionary<RecorderId, List<(IActorRef Asker, Func<object> Answer)>> _removing;

    public RecordersActor(RecorderEnvironment environment, Memory memory)
    {
        (_environment, _memory, _recorders, _removing) = (environment, memory, memory.Recorders, memory.Removing);
        Receive<RecorderProtocol.ICommand>(OnCommand);
        Receive<RecorderControl.Modified>(modified => Sender.Tell(modified));
        Receive<ToOne>(OnToOne);
        Receive<RecorderControl.ClockNotice>(OnClock);
        Receive<RecorderControl.GetCondition>(get =>
        {
            foreach (var recorder in _recorders.Values)
                recorder.Forward(get);
        });
        Receive<Create>(OnCreate);
        Receive<Remove>(remove => End(remove.Recorder, remove.Keep, () => new Removed(remove.Recorder)));
        Receive<HandOver>(OnHandOver);
        Receive<ReleaseSource>(release => _environment.Sources.Forward(new CaptureProtocol.Release(SourceUri.Parse(release.Source))));
        Receive<RetireAll>(OnRetireAll);
        Receive<Terminated>(OnTerminated);
    }

    public static Props PropsFor(RecorderEnvironment environment)
    {
        var memory = new Memory();
        return Props.Create(() => new RecordersActor(environment, memory));
    }

    // A recorder that fails is restarted and keeps its event numbers; its recording ends with an error event. Other recorders are not affected.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(_ => Directive.Restart);

    // Keeps the recorders: the next instance of this actor has the same memory and still watches them.
    protected override void PreRestart(Exception reason, object message)
    {
    }

    protected override void PostRestart(Exception reason) => CheckRetired();

    private void OnCommand(RecorderProtocol.ICommand command)
    {
        if (_memory.IsRetiring && command is RecorderProtocol.Start && !_recorders.ContainsKey(command.Recorder))
            RefuseNew(command.Recorder);
        else if (_recorders.TryGetValue(command.Recorder, out var recorder) && !_removing.ContainsKey(command.Recorder))
            recorder.Forward(command);
        else
            Refuse(command.Recorder, ErrorName.InvalidStateError, $"There is no recorder '{command.Recorder}'; create it first.");
    }

    private void OnToOne(ToOne message)
    {
        if (_recorders.TryGetValue(message.Recorder, out var recorder))
            recorder.Forward(message.Message);
        else
            Refuse(message.Recorder, ErrorName.InvalidStateError, $"There is no recorder '{message.Recorder}' here.");
    }

    private void OnClock(RecorderControl.ClockNotice notice)
    {
        _memory.Clock = notice;
        foreach (var recorder in _recorders.Values)
            recorder.Tell(notice);
    }

    private void OnCreate(Create create)
    {
        if (!RecorderId.TryParse(create.Recorder.Value, out var id))
        {
            Refuse(id, ErrorName.NotSupportedError, $"'{id}' is not a valid recorder id: use 1 to 64 of A-Z a-z 0-9 . _ - and do not start with a dot.");
        }
        else if (_memory.IsRetiring)
        {
            RefuseNew(id);
        }
        else if (_recorders.ContainsKey(id))
        {
            Refuse(id, ErrorName.InvalidStateError, $"Recorder '{id}' exists already; remove it first or choose another id.");
        }
        else if (CreateCheck.Find(create) is { } invalid)
        {
            Refuse(id, ErrorName.NotSupportedError, invalid);
        }
        else
        {
            var source = SourceUri.Parse(create.Source);
            var memory = new RecorderMemory(create.History) { IsPreparedForHandOver = create.IsWarm };
            var recorder = Context.ActorOf(
                Props.Create(() => new MediaRecorderActor(id, source, create.Options, create.Target, _environment, memory)), id.Value);
            _memory.KeyFrames[id] = memory.KeyFrames;
            _recorders.Add(id, Context.Watch(recorder));
            if (_memory.Clock is { Status: ClockStatus.Distrusted } notice)
                recorder.Tell(notice);

            _environment.Events.Tell(new EventsActor.RecorderCreated(id));
            Sender.Tell(new Created(id));
        }
    }

    private void OnHandOver(HandOver handOver)
    {
        var keyFrames = _memory.KeyFrames.GetValueOrDefault(handOver.Recorder);
        End(handOver.Recorder, keep: true, () => new HandedOver(keyFrames?.All ?? []));
    }

    private void End(RecorderId id, bool keep, Func<object> answer)
    {
        if (!_recorders.TryGetValue(id, out var recorder))
        {
            Sender.Tell(answer());
            return;
        }

        if (!_removing.TryGetValue(id, out var waiting))
        {
            _removing.Add(id, waiting = []);
            recorder.Tell(new RecorderControl.Retire(keep));
        }

        waiting.Add((Sender, answer));
    }

    private void OnRetireAll(RetireAll retire)
    {
        _memory.IsRetiring = true;
        _memory.RetireCallers.Add(Sender);
        foreach (var (id, recorder) in _recorders)
            recorder.Tell(new RecorderControl.Retire(retire.Keep && !_removing.ContainsKey(id)));

        CheckRetired();
    }

    private void OnTerminated(Terminated died)
    {
        foreach (var id in _recorders.Where(entry => entry.Value.Equals(died.ActorRef)).Select(entry => entry.Key).ToList())
        {
            _recorders.Remove(id);
            _environment.Events.Tell(new EventsActor.RecorderRemoved(id));
            _memory.KeyFrames.Remove(id);
            if (_removing.Remove(id, out var waiting))
                waiting.ForEach(caller => caller.Asker.Tell(caller.Answer()));
        }

        CheckRetired();
    }

    private void CheckRetired()
    {
        if (_recorders.Count == 0)
        {
            _memory.RetireCallers.ForEach(caller => caller.Tell(new AllRetired()));
            _memory.RetireCallers.Clear();
        }
    }

    private void RefuseNew(RecorderId id) => Refuse(
        id, ErrorName.InvalidStateError, $"This node is being shut down: recorder '{id}' can neither be created nor started here.");

    private void Refuse(RecorderId id, ErrorName name, string message) =>
        Sender.Tell(new RecorderProtocol.Refused(id, RecorderState.Inactive, new MediaError(name, message)));

    /// <summary>The state that outlives a restart of this actor.</summary>
    internal sealed class Memory
    {
        public Dictionary<RecorderId, IActorRef> Recorders { get; } = [];

        public Dictionary<RecorderId, List<(IActorRef Asker, Func<object> Answer)>> Removing { get; } = [];

        public Dictionary<RecorderId, RecordedKeyFrames> KeyFrames { get; } = [];

        public bool IsRetiring { get; set; }

        /// <summary>The last notice about the node's clock; null while the clock has not jumped.</summary>
        public RecorderControl.ClockNotice? Clock { get; set; }

        /// <summary>The callers that wait until all recorders have ended.</summary>
        public List<IActorRef> RetireCallers { get; } = [];
    }

    /// <summary>A message to one recorder that is not a user's command.</summary>
    internal sealed record ToOne(RecorderId Recorder, object Message);

    /// <summary>Ends a recorder and leaves its recording open, for another node to continue. Answered with <see cref="HandedOver"/>.</summary>
    internal sealed record HandOver(RecorderId Recorder);

    /// <summary>The recorder has ended.</summary>
    /// <param name="KeyFrames">Its last recorded key frames.</param>
    internal sealed record HandedOver(IReadOnlyList<KeyPicture> KeyFrames);

    /// <summary>Closes a source that no recorder of this node uses any more, without the usual delay. Answered once it is closed.</summary>
    internal sealed record ReleaseSource(string Source);

    /// <summary>Ends every recorder and refuses new ones. Answered with <see cref="AllRetired"/>.</summary>
    /// <param name="Keep">Whether the recordings stay open, to be continued at the next start of the node.</param>
    internal sealed record RetireAll(bool Keep = false);

    internal sealed record AllRetired;
}
