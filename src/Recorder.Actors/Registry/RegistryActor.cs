using Recorder.Contracts;
using static Recorder.Actors.Registry.RegistryProtocol;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Registry;

internal sealed class RegistryActor : ReceiveActor
{
    private readonly RegistryEnvironment _environment;
    private readonly SortedDictionary<string, RecorderDefinition> _definitions;
    private readonly Dictionary<RecorderId, IActorRef> _recorders = [];
    private readonly HashSet<RecorderId> _changePending = [];
    private bool _isEnding;

    public RegistryActor(RegistryEnvironment environment, IReadOnlyList<RecorderDefinition> definitions)
    {
        _environment = environment;
        _definitions = new SortedDictionary<string, RecorderDefinition>(
            definitions.ToDictionary(definition => definition.Id.Value), StringComparer.Ordinal);
        Receive<ICommand>(command => ForwardTo(command.Recorder, command));
        Receive<Define>(OnDefine);
        Receive<Change>(OnChange);
        Receive<Delete>(delete => ForwardTo(delete.Recorder, delete));
        Receive<Accept>(accept => OnOwned(accept.Definition, accept));
        Receive<Offer>(offer => OnOwned(offer.Definition, offer));
        Receive<HandOver>(OnHandOver);
        Receive<Follow>(OnFollow);
        Receive<Find>(find => Sender.Tell(new Found(_definitions.GetValueOrDefault(find.Recorder.Value), _changePending.Contains(find.Recorder))));
        Receive<List>(_ => Sender.Tell(All()));
        Receive<End>(OnEnd);
        Receive<ManagedRecorderActor.Persisted>(OnPersisted);
        Receive<ManagedRecorderActor.Finished>(OnFinished);
    }

    public static Props PropsFor(RegistryEnvironment environment, IReadOnlyList<RecorderDefinition> definitions) =>
        Props.Create(() => new RegistryActor(environment, definitions));

    protected override void PreStart()
    {
        foreach (var definition in _definitions.Values)
            Add(definition, isPersisted: true);
    }

    // A managed recorder that fails continues with its definition; the actor of the recorder is not affected.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Restart);

    private void OnDefine(Define define)
    {
        var definition = define.Definition;
        if (DefinitionCheck.Find(definition, _environment.Files.Folder) is { } invalid)
        {
            Refuse(definition.Id, ErrorName.NotSupportedError, invalid);
        }
        else if (_isEnding)
        {
            Refuse(definition.Id, ErrorName.InvalidStateError, $"This node is being shut down: recorder '{definition.Id}' cannot be added.");
        }
        else if (_recorders.ContainsKey(definition.Id))
        {
            Refuse(
                definition.Id, ErrorName.InvalidStateError,
                $"Recorder '{definition.Id}' exists already; change it, delete it first or choose another id.");
        }
        else
        {
            Add(definition, _definitions.ContainsKey(definition.Id.Value)).Forward(define);
        }
    }

    private void OnChange(Change change)
    {
        if (DefinitionCheck.Find(change.Definition, _environment.Files.Folder) is { } invalid)
            Refuse(change.Definition.Id, ErrorName.NotSupportedError, invalid);
        else
            ForwardTo(change.Definition.Id, change);
    }

    private void OnFollow(Follow follow)
    {
        if (_recorders.TryGetValue(follow.Definition.Id, out var managed))
            managed.Tell(follow);
    }

    private void OnOwned(RecorderDefinition definition, object message)
    {
        _definitions.TryAdd(definition.Id.Value, definition);
        (_recorders.GetValueOrDefault(definition.Id) ?? Add(definition, isPersisted: false)).Forward(message);
    }

    private void OnHandOver(HandOver handOver)
    {
        if (_recorders.TryGetValue(handOver.Recorder, out var managed))
            managed.Forward(handOver);
        else
            Sender.Tell(new HandedOver(handOver.Recorder, History: null));
    }

    private void OnEnd(End end)
    {
        _isEnding = true;
        foreach (var managed in _recorders.Values)
            managed.Tell(end);

        Sender.Tell(All());
    }

    private void OnPersisted(ManagedRecorderActor.Persisted persisted)
    {
        _definitions[persisted.Definition.Id.Value] = persisted.Definition;
        Context.System.EventStream.Publish(new Noted(persisted.Definition.Id, persisted.Definition));
        if (persisted.IsChangePending)
            _changePending.Add(persisted.Definition.Id);
        else
            _changePending.Remove(persisted.Definition.Id);
    }

    private void OnFinished(ManagedRecorderActor.Finished finished)
    {
        _definitions.Remove(finished.Recorder.Value);
        _changePending.Remove(finished.Recorder);
        _recorders.Remove(finished.Recorder);
        Context.System.EventStream.Publish(new Noted(finished.Recorder, null));
        Sender.Tell(new ManagedRecorderActor.NoMoreMessages());
    }

    private IActorRef Add(RecorderDefinition definition, bool isPersisted)
    {
        // Without a name: the actor of a removed recorder of this id may still be stopping.
        var managed = Context.ActorOf(ManagedRecorderActor.PropsFor(definition, _environment, isPersisted));
        _recorders.Add(definition.Id, managed);
        return managed;
    }

    private Definitions All() => new([.. _definitions.Values]);

    private void ForwardTo(RecorderId recorder, object message)
    {
        if (_recorders.TryGetValue(recorder, out var managed))
            managed.Forward(message);
        else if (_environment.Cluster is not null)
            Sender.Tell(new Moved(recorder));
        else
            Sender.Tell(new NotDefined(recorder));
    }

    private void Refuse(RecorderId id, ErrorName name, string message) =>
        Sender.Tell(new Refused(id, RecorderState.Inactive, new MediaError(name, message)));
}
