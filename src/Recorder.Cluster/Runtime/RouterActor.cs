using Akka.Actor;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Registry;
using Recorder.Cluster.Nodes;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Cluster.Runtime;

/// <summary>Carries a command to a recorder that another node holds.</summary>
internal interface IPeers
{
    /// <summary>Asks the holder; the answer is what its recorder answered.</summary>
    /// <exception cref="CatalogueUnavailableException">It cannot be reached, or does not hold the recorder any more.</exception>
    Task<object> AskAsync(ClusterMember holder, ICommand command, CancellationToken cancellationToken);
}

/// <summary>
/// The recorders of the whole cluster behind one reference: each message goes to the recorder that it names, on this node or another. While a recorder moves
/// the message waits; one that waits too long is refused.
/// </summary>
internal sealed class RouterActor : ReceiveActor
{
    // How long a new recorder's definition waits to be answered until a node holds the recorder.
    private static readonly TimeSpan UntilHeld = TimeSpan.FromSeconds(3);

    private readonly ClusterView _view;
    private readonly RecorderRegistry _registry;
    private readonly ClusterRoutes _routes;
    private readonly IActorRef _recorders;
    private readonly IPeers _peers;

    public RouterActor(ClusterView view, RecorderRegistry registry, ClusterRoutes routes, IActorRef recorders, IPeers peers)
    {
        (_view, _registry, _routes, _recorders, _peers) = (view, registry, routes, recorders, peers);
        Receive<ICommand>(command => Route(command.Recorder, command));
        Receive<RegistryProtocol.Change>(change => Route(change.Definition.Id, change));
        Receive<RegistryProtocol.Delete>(delete => Route(delete.Recorder, delete));
        Receive<RegistryProtocol.Define>(define => Answer(define.Definition.Id, DefineAsync(define.Definition)));
        Receive<RegistryProtocol.List>(_ => Sender.Tell(new RegistryProtocol.Definitions([.. _routes.All.Select(route => route.Definition)])));
    }

    public static Props PropsFor(ClusterView view, RecorderRegistry registry, ClusterRoutes routes, IActorRef recorders, IPeers peers) =>
        Props.Create(() => new RouterActor(view, registry, routes, recorders, peers));

    private void Route(RecorderId recorder, object message)
    {
        if (_view.Holds(recorder))
            _recorders.Forward(message);
        else
            Answer(recorder, RouteAsync(recorder, message));
    }

    private async Task<object> RouteAsync(RecorderId recorder, object message)
    {
        var route = await _routes.WaitAsync(recorder, CancellationToken.None).ConfigureAwait(false);
        return route?.Holder switch
        {
            { } holder when holder.Name == _view.Node => await _recorders.Ask<object>(message, _routes.Patience).ConfigureAwait(false),
            { } holder when message is ICommand command => await _peers.AskAsync(holder, command, CancellationToken.None).ConfigureAwait(false),
            { } holder => Refusal(recorder, ErrorName.UnknownError, $"Recorder {recorder} is on node {holder.Name}: ask there."),
            _ => Refusal(recorder, ErrorName.InvalidStateError, $"There is no recorder '{recorder}'; create it first."),
        };
    }

    private async Task<object> DefineAsync(RecorderDefinition definition)
    {
        if (DefinitionCheck.Find(definition, "recordings") is { } invalid)
            return Refusal(definition.Id, ErrorName.NotSupportedError, invalid);

        if (!_registry.TryAdd(definition))
        {
            return Refusal(
                definition.Id, ErrorName.InvalidStateError,
                $"Recorder '{definition.Id}' exists already; change it, delete it first or choose another id.");
        }

        try
        {
            // Whoever asks for it next finds it.
            await _routes.WaitAsync(definition.Id, CancellationToken.None, patience: UntilHeld).ConfigureAwait(false);
        }
        catch (CatalogueUnavailableException)
        {
            // It is registered all the same: a node takes it as soon as there is one that may.
        }

        return new RegistryProtocol.Defined(definition);
    }

    private void Answer(RecorderId recorder, Task<object> answer) => _ = answer.PipeTo(Sender, Self, it => it, failure => Refusal(
        recorder, ErrorName.UnknownError, (failure is AggregateException { InnerException: { } inner } ? inner : failure).Message));

    private static Refused Refusal(RecorderId recorder, ErrorName name, string message) =>
        new(recorder, RecorderState.Unknown, new MediaError(name, message));
}
