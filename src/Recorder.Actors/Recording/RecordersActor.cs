using Recorder.Actors.Capture;
using Recorder.Actors.Events;
using Recorder.Contracts;
using Recorder.Media.Codecs;
using static Recorder.Contracts.RecordersProtocol;

namespace Recorder.Actors.Recording;

/// <summary>Parent of all recorders of this node: makes them, removes them, hands each command to the one it names.</summary>
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
        Receive<Create>(OnCreate);
        Receive<Remove>(remove => End(remove.Recorder, remove.Keep, () => new Removed(remove.Recorder)));
        Receive<HandOver>(OnGiveUp);
        Receive<RetireAll>(OnRetireAll);
        Receive<Terminated>(OnTerminated);
    }

    public static Props PropsFor(RecorderEnvironment environment)
    {
        var memory = new Memory();
        return Props.Create(() => new RecordersActor(environment, memory));
    }

    // A recorder that fails is restarted and keeps its event numbers; its recording ends with an error event. No other is touched.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(_ => Directive.Restart);

    // The recorders live on under the next instance, which knows them and goes on watching them.
    protected override void PreRestart(Exception reason, object message)
    {
    }

    protected override void PostRestart(Exception reason) => CheckRetired();

    private void OnCommand(RecorderProtocol.ICommand command)
    {
        if (_memory.IsRetiring && command is RecorderProtocol.Start && !_recorders.ContainsKey(command.Recorder))
        {
            RefuseNew(command.Recorder);
        }
        else if (_recorders.TryGetValue(command.Recorder, out var recorder) && !_removing.ContainsKey(command.Recorder))
        {
            recorder.Forward(command);
        }
        else
        {
            Refuse(command.Recorder, ErrorName.InvalidStateError, $"There is no recorder '{command.Recorder}'; create it first.");
        }
    }

    private void OnToOne(ToOne message)
    {
        if (_recorders.TryGetValue(message.Recorder, out var recorder))
        {
            recorder.Forward(message.Message);
        }
        else
        {
            Refuse(message.Recorder, ErrorName.InvalidStateError, $"There is no recorder '{message.Recorder}' here.");
        }
    }

    private void OnClock(RecorderControl.ClockNotice notice)
    {
        _memory.Clock = notice;
        foreach (var recorder in _recorders.Values)
        {
            recorder.Tell(notice);
        }
    }

    private void OnCreate(Create create)
    {
        if (!RecorderId.TryParse(create.Recorder.Value, out var id))
        {
            Refuse(id, ErrorName.NotSupportedError, $"'{id}' is no recorder id: use 1 to 64 of A-Z a-z 0-9 . _ - and do not start with a dot.");
        }
        else if (_memory.IsRetiring)
        {
            RefuseNew(id);
        }
        else if (_recorders.ContainsKey(id))
        {
            Refuse(id, ErrorName.InvalidStateError, $"Recorder '{id}' exists already; remove it first or choose another id.");
        }
        else if (OptionsCheck.Find(create) is { } wrong)
        {
            Refuse(id, ErrorName.NotSupportedError, wrong);
        }
        else if (!CodecTable.IsTypeSupported(create.Options.MimeType))
        {
            Refuse(id, ErrorName.NotSupportedError, CodecTable.Explain(create.Options.MimeType)!);
        }
        else if (!SourceUri.TryParse(create.Source, out var source, out var error))
        {
            Refuse(id, ErrorName.NotSupportedError, error);
        }
        else
        {
            var memory = new RecorderMemory(create.History) { IsWarm = create.IsWarm };
            var recorder = Context.ActorOf(MediaRecorderActor.PropsFor(id, source, create.Options, create.Target, _environment, memory), id.Value);
            _memory.Pictures[id] = memory.Pictures;
            _recorders.Add(id, Context.Watch(recorder));
            if (_memory.Clock is { Status: ClockStatus.Distrusted } notice)
            {
                recorder.Tell(notice);
            }

            _environment.Events.Tell(new EventsActor.RecorderCreated(id));
            Sender.Tell(new Created(id));
        }
    }

    private void OnGiveUp(HandOver given)
    {
        var pictures = _memory.Pictures.GetValueOrDefault(given.Recorder);
        End(given.Recorder, keep: true, () => new HandedOver(pictures?.All ?? []));
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
        _memory.Asked.Add(Sender);
        foreach (var (id, recorder) in _recorders)
        {
            recorder.Tell(new RecorderControl.Retire(retire.Keep && !_removing.ContainsKey(id)));
        }

        CheckRetired();
    }

    private void OnTerminated(Terminated died)
    {
        foreach (var id in _recorders.Where(entry => entry.Value.Equals(died.ActorRef)).Select(entry => entry.Key).ToList())
        {
            _recorders.Remove(id);
            _environment.Events.Tell(new EventsActor.RecorderRemoved(id));
            _memory.Pictures.Remove(id);
            if (_removing.Remove(id, out var waiting))
            {
                waiting.ForEach(it => it.Asker.Tell(it.Answer()));
            }
        }

        CheckRetired();
    }

    private void CheckRetired()
    {
        if (_recorders.Count == 0)
        {
            _memory.Asked.ForEach(asker => asker.Tell(new AllRetired()));
            _memory.Asked.Clear();
        }
    }

    private void RefuseNew(RecorderId id) => Refuse(
        id, ErrorName.InvalidStateError, $"This node is being shut down: recorder '{id}' can neither be created nor started here any more.");

    private void Refuse(RecorderId id, ErrorName name, string message) =>
        Sender.Tell(new RecorderProtocol.Refused(id, RecorderState.Inactive, new MediaError(name, message)));

    /// <summary>What outlives a restart of this actor.</summary>
    internal sealed class Memory
    {
        public Dictionary<RecorderId, IActorRef> Recorders { get; } = [];

        public Dictionary<RecorderId, List<(IActorRef Asker, Func<object> Answer)>> Removing { get; } = [];

        public Dictionary<RecorderId, RecordedKeyFrames> Pictures { get; } = [];

        public bool IsRetiring { get; set; }

        /// <summary>What is known of the node's clock; null as long as it did not jump.</summary>
        public RecorderControl.ClockNotice? Clock { get; set; }

        /// <summary>Who waits until all recorders are gone.</summary>
        public List<IActorRef> Asked { get; } = [];
    }

    /// <summary>A message for one recorder that is no command of its users.</summary>
    internal sealed record ToOne(RecorderId Recorder, object Message);

    /// <summary>Ends a recorder and leaves what it records open, for another node to go on with. Answered with <see cref="HandedOver"/>.</summary>
    internal sealed record HandOver(RecorderId Recorder);

    /// <summary>It is gone.</summary>
    /// <param name="Pictures">The last key frames that it recorded.</param>
    internal sealed record HandedOver(IReadOnlyList<KeyPicture> Pictures);

    /// <summary>Ends every recorder and takes no more; answered with <see cref="AllRetired"/>.</summary>
    /// <param name="Keep">Whether recordings under way stay open, for the next start of their node to go on with.</param>
    internal sealed record RetireAll(bool Keep = false);

    /// <summary>Every recording is complete on disk.</summary>
    internal sealed record AllRetired;
}
