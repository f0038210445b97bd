using Recorder.Contracts;
using static Recorder.Actors.Registry.RegistryProtocol;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Registry;

/// <summary>The recorders of a node as they are defined: one member each, which makes its recorder and keeps it as it is meant to be.</summary>
internal sealed class RegistryActor : ReceiveActor
{
    private readonly RegistryEnvironment _environment;
    private readonly SortedDictionary<string, RecorderDefinition> _definitions;
    private readonly Dictionary<RecorderId, IActorRef> _members = [];
    private bool _isEnding;

    public RegistryActor(RegistryEnvironment environment, IReadOnlyList<RecorderDefinition> definitions)
    {
        _environment = environment;
        _definitions = new SortedDictionary<string, RecorderDefinition>(
            definitions.ToDictionary(definition => definition.Id.Value), StringComparer.Ordinal);
        Receive<ICommand>(OnCommand);
        Receive<Define>(OnDefine);
        Receive<Change>(OnChange);
        Receive<Delete>(OnDelete);
        Receive<Adopt>(adopt => OnTaken(adopt.Definition, adopt));
        Receive<Warm>(warm => OnTaken(warm.Definition, warm));
        Receive<Release>(OnRelease);
        Receive<List>(_ => Sender.Tell(All()));
        Receive<End>(OnEnd);
        Receive<ManagedRecorderActor.Kept>(kept => _definitions[kept.Definition.Id.Value] = kept.Definition);
        Receive<ManagedRecorderActor.Gone>(OnGone);
        Receive<Terminated>(died => { });
    }

    public static Props PropsFor(RegistryEnvironment environment, IReadOnlyList<RecorderDefinition> definitions) =>
        Props.Create(() => new RegistryActor(environment, definitions));

    protected override void PreStart()
    {
        foreach (var definition in _definitions.Values)
        {
            Add(definition);
        }
    }

    // A member that fails unexpectedly goes on with what is defined; its recorder lives elsewhere and is not touched.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Restart);

    private void OnCommand(ICommand command)
    {
        if (_members.TryGetValue(command.Recorder, out var member))
        {
            member.Forward(command);
        }
        else if (_environment.Cluster is not null)
        {
            Sender.Tell(ManagedRecorderActor.Gone.Refusal(command.Recorder));
        }
        else
        {
            // Who is not there is refused in the words of the recorders' parent.
            _environment.Recorders.Forward(command);
        }
    }

    private void OnDefine(Define define)
    {
        var definition = define.Definition;
        if (DefinitionCheck.Find(definition, _environment.Files.Folder) is { } wrong)
        {
            Refuse(definition.Id, ErrorName.NotSupportedError, wrong);
        }
        else if (_isEnding)
        {
            Refuse(definition.Id, ErrorName.InvalidStateError, $"This node is being shut down: recorder '{definition.Id}' cannot be added any more.");
        }
        else if (_members.ContainsKey(definition.Id))
        {
            Refuse(
                definition.Id, ErrorName.InvalidStateError,
                $"Recorder '{definition.Id}' exists already; change it, delete it first or choose another id.");
        }
        else
        {
            Add(definition).Forward(define);
        }
    }

    private void OnChange(Change change)
    {
        if (DefinitionCheck.Find(change.Definition, _environment.Files.Folder) is { } wrong)
        {
            Refuse(change.Definition.Id, ErrorName.NotSupportedError, wrong);
        }
        else
        {
            ForwardTo(change.Definition.Id, change);
        }
    }

    private void OnDelete(Delete delete) => ForwardTo(delete.Recorder, delete);

    private void OnTaken(RecorderDefinition definition, object message)
    {
        _definitions.TryAdd(definition.Id.Value, definition);
        if (!_members.TryGetValue(definition.Id, out var member))
        {
            member = Context.ActorOf(ManagedRecorderActor.PropsFor(definition, _environment, isKept: false));
            _members.Add(definition.Id, member);
        }

        member.Forward(message);
    }

    private void OnRelease(Release release)
    {
        if (_members.TryGetValue(release.Recorder, out var member))
        {
            member.Forward(release);
        }
        else
        {
            Sender.Tell(new Released(release.Recorder, History: null));
        }
    }

    private void OnEnd(End end)
    {
        _isEnding = true;
        foreach (var member in _members.Values)
        {
            member.Tell(end);
        }

        Sender.Tell(All());
    }

    private void OnGone(ManagedRecorderActor.Gone gone)
    {
        _definitions.Remove(gone.Recorder.Value);
        _members.Remove(gone.Recorder);
        Sender.Tell(new ManagedRecorderActor.Leave());
    }

    private IActorRef Add(RecorderDefinition definition)
    {
        // Names of actors are not used again at once: a member that is gone may still be stopping.
        var member = Context.ActorOf(ManagedRecorderActor.PropsFor(definition, _environment, _definitions.ContainsKey(definition.Id.Value)));
        _members.Add(definition.Id, member);
        return member;
    }

    private Definitions All() => new([.. _definitions.Values]);

    private void ForwardTo(RecorderId recorder, object message)
    {
        if (_members.TryGetValue(recorder, out var member))
        {
            member.Forward(message);
        }
        else if (_environment.Cluster is not null)
        {
            Sender.Tell(ManagedRecorderActor.Gone.Refusal(recorder));
        }
        else
        {
            Refuse(recorder, ErrorName.InvalidStateError, $"There is no recorder '{recorder}'; create it first.");
        }
    }

    private void Refuse(RecorderId id, ErrorName name, string message) =>
        Sender.Tell(new Refused(id, RecorderState.Inactive, new MediaError(name, message)));
}
