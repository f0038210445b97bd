using Akka.Cluster;
using Akka.Remote;

namespace Recorder.Cluster.ControlPlane;

/// <summary>
/// Finds out at once that a member's process has died, which heartbeats show after more than a second: its connection breaks, and its machine refuses another one,
/// to its control plane and to its API alike. A connection that breaks and a machine that says nothing are no death, and neither is a control plane that
/// ended while its node goes on.
/// </summary>
internal sealed class DeathProbe : ReceiveActor
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ClusterSight _sight;
    private readonly HashSet<Address> _probing = [];

    public DeathProbe(ClusterSight sight)
    {
        _sight = sight;
        Receive<DisassociatedEvent>(broken => Probe(broken.RemoteAddress));
        Receive<ClusterEvent.UnreachableMember>(silent => Probe(silent.Member.Address));
        Receive<Probed>(OnProbed);
        ReceiveAny(_ => { });
    }

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        _cluster.Subscribe(Self, typeof(ClusterEvent.UnreachableMember));
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Probe(Address address)
    {
        // Who is not a member, or has left in order, is nobody's loss.
        if (address == _cluster.SelfAddress || _sight.FindCard(address) is not { } card || !_probing.Add(address))
            return;

        _ = PortProbe.AreClosedAsync((card.Url.DnsSafeHost, card.Url.Port), (card.Host, card.Port))
            .PipeTo(Self, Self, isClosed => new Probed(address, isClosed), _ => new Probed(address, false));
    }

    private void OnProbed(Probed probed)
    {
        _probing.Remove(probed.Address);
        if (probed.IsClosed)
            Context.System.EventStream.Publish(new ProcessDied(probed.Address));
    }

    private sealed record Probed(Address Address, bool IsClosed);
}

/// <summary>The process of a member is known to have ended.</summary>
internal sealed record ProcessDied(Address Address);
