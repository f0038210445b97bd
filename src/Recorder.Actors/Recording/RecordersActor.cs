using Recorder.Actors.Capture;
using Recorder.Contracts;
using static Recorder.Contracts.RecordersProtocol;

namespace Recorder.Actors.Recording;

/// <summary>Parent of all recorders of this node: makes them, removes them, hands each command to the one it names.</summary>
internal sealed class RecordersActor : ReceiveActor
{
    private readonly RecorderEnvironment _environment;
    private readonly Dictionary<RecorderId, IActorRef> _recorders = [];
    private readonly Dictionary<RecorderId, List<IActorRef>> _removing = [];
    private IActorRef _retiring = ActorRefs.Nobody;

    public RecordersActor(RecorderEnvironment environment)
    {
        _environment = environment;
        Receive<RecorderProtocol.ICommand>(OnCommand);
        Receive<Create>(OnCreate);
        Receive<Remove>(OnRemove);
        Receive<RetireAll>(OnRetireAll);
        Receive<Terminated>(OnTerminated);
    }

    public static Props PropsFor(RecorderEnvironment environment) => Props.Create(() => new RecordersActor(environment));

    // A recorder that fails is restarted and keeps its event numbers; its recording ends with an error event. No other is touched.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(_ => Directive.Restart);

    private void OnCommand(RecorderProtocol.ICommand command)
    {
        if (_recorders.TryGetValue(command.Recorder, out var recorder) && !_removing.ContainsKey(command.Recorder))
        {
            recorder.Forward(command);
        }
        else
        {
            Refuse(command.Recorder, ErrorName.InvalidStateError, $"There is no recorder '{command.Recorder}'; create it first.");
        }
    }

    private void OnCreate(Create create)
    {
        if (!RecorderId.TryParse(create.Recorder.Value, out var id))
        {
            Refuse(id, ErrorName.NotSupportedError, $"'{id}' is no recorder id: use 1 to 64 of A-Z a-z 0-9 . _ - and do not start with a dot.");
        }
        else if (_recorders.ContainsKey(id))
        {
            Refuse(id, ErrorName.InvalidStateError, $"Recorder '{id}' exists already; remove it first or choose another id.");
        }
        else if (!MediaSupport.IsTypeSupported(create.Options.MimeType))
        {
            Refuse(id, ErrorName.NotSupportedError, MediaSupport.Explain(create.Options.MimeType)!);
        }
        else if (!SourceUri.TryParse(create.Source, out var source, out var error))
        {
            Refuse(id, ErrorName.NotSupportedError, error);
        }
        else if (create.Target.File is not null && create.Options is { ExtentDuration: not null } or { ExtentBytes: not null })
        {
            Refuse(id, ErrorName.NotSupportedError, "One file cannot be rolled into extents; record into a folder or leave the extent options out.");
        }
        else
        {
            var recorder = Context.ActorOf(
                MediaRecorderActor.PropsFor(id, source, create.Options, create.Target, _environment, new RecorderMemory()), id.Value);
            _recorders.Add(id, Context.Watch(recorder));
            Sender.Tell(new Created(id));
        }
    }

    private void OnRemove(Remove remove)
    {
        if (!_recorders.TryGetValue(remove.Recorder, out var recorder))
        {
            Sender.Tell(new Removed(remove.Recorder));
            return;
        }

        if (!_removing.TryGetValue(remove.Recorder, out var waiting))
        {
            _removing.Add(remove.Recorder, waiting = []);
            recorder.Tell(new MediaRecorderActor.Retire());
        }

        waiting.Add(Sender);
    }

    private void OnRetireAll(RetireAll retire)
    {
        _retiring = Sender;
        foreach (var recorder in _recorders.Values)
        {
            recorder.Tell(new MediaRecorderActor.Retire());
        }

        CheckRetired();
    }

    private void OnTerminated(Terminated died)
    {
        foreach (var id in _recorders.Where(entry => entry.Value.Equals(died.ActorRef)).Select(entry => entry.Key).ToList())
        {
            _recorders.Remove(id);
            if (_removing.Remove(id, out var waiting))
            {
                waiting.ForEach(asker => asker.Tell(new Removed(id)));
            }
        }

        CheckRetired();
    }

    private void CheckRetired()
    {
        if (_recorders.Count == 0 && !_retiring.IsNobody())
        {
            _retiring.Tell(new AllRetired());
            _retiring = ActorRefs.Nobody;
        }
    }

    private void Refuse(RecorderId id, ErrorName name, string message) =>
        Sender.Tell(new RecorderProtocol.Refused(id, RecorderState.Inactive, new MediaError(name, message)));

    /// <summary>Ends every recorder; answered with <see cref="AllRetired"/>.</summary>
    internal sealed record RetireAll;

    /// <summary>Every recording is complete on disk.</summary>
    internal sealed record AllRetired;
}
