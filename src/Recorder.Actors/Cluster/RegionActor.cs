using Recorder.Actors.Catalogue;
using Recorder.Actors.Registry;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Cluster;

/// <summary>Carries a message to a recorder on another node.</summary>
internal interface IPeers
{
    /// <summary>Asks the node that owns a recorder; the answer is what its recorder answered.</summary>
    /// <exception cref="CatalogueUnavailableException">It cannot be reached, or is not the owner any more.</exception>
    Task<object> AskAsync(Member owner, ICommand command, CancellationToken ending);
}

/// <summary>
/// The recorders of the whole cluster behind one reference: each message goes to the recorder that it names, on this node or another. While a
/// recorder changes its node the message waits; who waited too long is refused, and never told something that is not so.
/// </summary>
internal sealed class RegionActor : ReceiveActor
{
    private readonly ClusterNode _node;
    private readonly ClusterRoutes _routes;
    private readonly IPeers _peers;

    public RegionActor(ClusterNode node, ClusterRoutes routes, IPeers peers)
    {
        (_node, _routes, _peers) = (node, routes, peers);
        Receive<ICommand>(command => Forward(command.Recorder, command));
        Receive<RegistryProtocol.Change>(change => Forward(change.Definition.Id, change));
        Receive<RegistryProtocol.Delete>(delete => Forward(delete.Recorder, delete));
        Receive<RegistryProtocol.Define>(define => Answer(define.Definition.Id, DefineAsync(define.Definition)));
        Receive<RegistryProtocol.List>(_ => Answer(default, ListAsync()));
    }

    public static Props PropsFor(ClusterNode node, ClusterRoutes routes, IPeers peers) => Props.Create(() => new RegionActor(node, routes, peers));

    private void Forward(RecorderId recorder, object message)
    {
        if (_node.Tenures.Holds(recorder))
        {
            _node.Fleet.Forward(message);
        }
        else
        {
            Answer(recorder, RouteAsync(recorder, message));
        }
    }

    private async Task<object> RouteAsync(RecorderId recorder, object message)
    {
        var route = await _routes.WaitAsync(recorder, _node.Ending).ConfigureAwait(false);
        return route switch
        {
            { IsHere: true } => await _node.Fleet.Ask<object>(message, _routes.Patience).ConfigureAwait(false),
            { Owner: { } owner } when message is ICommand command => await _peers.AskAsync(owner, command, _node.Ending).ConfigureAwait(false),
            { Owner: { } owner } => Refusal(recorder, ErrorName.UnknownError, $"Recorder {recorder} is on node {owner.Identity.Id}: ask there."),
            _ => Refusal(recorder, ErrorName.InvalidStateError, $"There is no recorder '{recorder}'; create it first."),
        };
    }

    private async Task<object> DefineAsync(RecorderDefinition definition)
    {
        if (DefinitionCheck.Find(definition, "recordings") is { } wrong)
        {
            return Refusal(definition.Id, ErrorName.NotSupportedError, wrong);
        }

        if (!await _node.Store.DefineAsync(definition, _node.Ending).ConfigureAwait(false))
        {
            return Refusal(
                definition.Id, ErrorName.InvalidStateError,
                $"Recorder '{definition.Id}' exists already; change it, delete it first or choose another id.");
        }

        // Who asks for it next is to find it.
        await _routes.WaitAsync(definition.Id, _node.Ending).ConfigureAwait(false);
        return new RegistryProtocol.Defined(definition);
    }

    private async Task<object> ListAsync() =>
        new RegistryProtocol.Definitions([.. (await _routes.ListAsync(_node.Ending).ConfigureAwait(false)).Select(it => it.Definition)]);

    private void Answer(RecorderId recorder, Task<object> answer) => _ = answer.PipeTo(Sender, Self, it => it, cause => Refusal(
        recorder, ErrorName.UnknownError, (cause is AggregateException { InnerException: { } inner } ? inner : cause).Message));

    private static Refused Refusal(RecorderId recorder, ErrorName name, string message) =>
        new(recorder, RecorderState.Unknown, new MediaError(name, message));
}
