using Recorder.Actors;
using Recorder.Actors.Events;

namespace Recorder.Node.Api;

/// <summary>The mediator that subscriber actors ask: of the whole cluster where there is one, else of this node.</summary>
internal sealed class ClusterMediator(NodeRuntime node, TimeProvider time)
{
    private readonly Lazy<IActorRef> _events = new(() => node.Joined is not { } cluster
        ? node.Runtime.Events
        : node.Runtime.System.ActorOf(
            ClusterEventsActor.PropsFor(cluster.Index.Log, time, cluster.Routes, EventsActor.PropsFor()), "cluster-events"));

    /// <summary>Takes <see cref="Contracts.EventsProtocol"/>.</summary>
    public IActorRef Events => _events.Value;
}
