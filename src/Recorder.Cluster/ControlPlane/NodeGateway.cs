using Akka.Cluster;
using Akka.Remote;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Registry;
using Recorder.Cluster.Wire;

namespace Recorder.Cluster.ControlPlane;

/// <summary>
/// The only actor that other nodes address. Exchanges cards, reports and registers with the other members, and passes to the node's side what is asked of it.
/// </summary>
internal sealed class NodeGateway : ReceiveActor, IWithTimers
{
    public const string Name = "node";

    private const int MostHeldInMessage = 200;
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private readonly GatewayParts _parts;
    private readonly INodeSide _side;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly MemberTable _members;
    private readonly RegistryComparison _comparison;
    private readonly IActorRef _starter;

    public NodeGateway(GatewayParts parts)
    {
        (_parts, _side) = (parts, parts.Side);
        (_members, _comparison) = (new MemberTable(_cluster.SelfUniqueAddress), new RegistryComparison(parts.Side));
        _starter = Context.ActorOf(Props.Create(() => new EntityStarter(parts.Sight, parts.Region)), "entities");
        Context.ActorOf(Props.Create(() => new DeathProbe(parts.Sight)), "deaths");
        Receive<ClusterEvent.MemberUp>(message => OnMember(message.Member));
        Receive<ClusterEvent.MemberRemoved>(message => OnRemoved(message.Member));
        Receive<ClusterEvent.IMemberEvent>(message => OnMember(message.Member));
        Receive<ClusterEvent.UnreachableMember>(message => OnReachability(message.Member, isReachable: false));
        Receive<ClusterEvent.ReachableMember>(message => OnReachability(message.Member, isReachable: true));
        Receive<ThisActorSystemQuarantinedEvent>(_ => parts.OnQuarantined());
        Receive<Hello>(OnHello);
        Receive<HeldRecorders>(OnHeld);
        Receive<Registers>(message => _side.Merge(message.Recorders));
        Receive<RegistryDigest>(OnDigest);
        Receive<RegistersWanted>(message => TellAll(Sender, RegistryExchange.Select(_side.ReadRegistry(), message.Parts)));
        Receive<AskToHold>(message => _side.Claim(message.Recorder, message.HighestTerm));
        Receive<HandOver>(OnHandOver);
        Receive<Report>(message => SpreadHeld(message.Held));
        Receive<Spread>(message => OnSpread(message.Recorders));
        Receive<Tick>(_ => OnTick());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The gateway of a node.</summary>
    public static ActorSelection On(IActorRefFactory actors, Address address) => actors.ActorSelection(new RootActorPath(address) / "user" / Name);

    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.ReachabilityEvent));
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, ReportInterval);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void OnMember(Member member)
    {
        var isNew = _members.Set(member);
        if (isNew && _members.IsJoined)
        {
            // Whoever joins greets everybody, and is greeted by everybody.
            foreach (var other in member.UniqueAddress == _cluster.SelfUniqueAddress ? _members.Others : [member.Address])
                On(Context, other).Tell(DescribeSelf());
        }

        Publish();
    }

    private void OnRemoved(Member member)
    {
        _members.Remove(member);
        _comparison.Forget(member.Address);
        Publish();
    }

    private void OnReachability(Member member, bool isReachable)
    {
        _members.SetReachable(member, isReachable);
        Publish();
    }

    private void OnHello(Hello message)
    {
        // A node of another formation may not have noticed yet that this one has left it.
        if (message.Formation is { } formation && _members.IsJoined && _members.IsMember(Sender.Path.Address))
            _parts.Formation.Learn(formation);

        var isNew = _members.Learn(Sender.Path.Address, message.Card);
        Publish();
        // Of two that meet the first by name compares registries, so that whoever was away has everything at once.
        var isDifferent = _comparison.Hear(Sender.Path.Address, message.Registry);
        if ((isNew || isDifferent) && string.CompareOrdinal(_side.Card.Node, message.Card.Node) < 0)
            Sender.Tell(_comparison.Digest);
    }

    private void OnHeld(HeldRecorders message)
    {
        if (_members.FindCard(Sender.Path.Address) is not { } card)
            return;

        _parts.Sight.Hear(message.Held);
        _side.Hear(card, message.Held);
    }

    private void OnDigest(RegistryDigest message)
    {
        var different = RegistryExchange.FindDifferences(_comparison.Digest, message);
        if (different.Length == 0)
            return;

        TellAll(Sender, RegistryExchange.Select(_side.ReadRegistry(), different));
        Sender.Tell(new RegistersWanted(different));
    }

    private void OnHandOver(HandOver message) =>
        _ = _side.HandOverAsync(message.Recorder, message.Successor).PipeTo(Sender, Self, answer => new HandedOver(answer.History));

    private void OnSpread(IReadOnlyList<RegisteredRecorder> recorders)
    {
        foreach (var other in _members.Others)
            TellAll(On(Context, other), RegistryExchange.Split(recorders));
    }

    private void OnTick()
    {
        if (!_members.IsJoined)
            return;

        var hello = DescribeSelf();
        foreach (var other in _members.Others)
            On(Context, other).Tell(hello);

        SpreadHeld(_side.Held);
        _parts.Sight.Forget();
        Publish();
    }

    private void SpreadHeld(IReadOnlyList<HeldRecorder> held)
    {
        _parts.Sight.Hear(held);
        foreach (var piece in held.Chunk(MostHeldInMessage))
        {
            var message = new HeldRecorders(piece);
            foreach (var other in _members.Others)
                On(Context, other).Tell(message);
        }
    }

    // Tells the node's side and the other actors who can be reached. Before this node has joined, nobody can.
    private void Publish()
    {
        if (!_members.IsJoined || !_parts.Formation.TryEnter(_members.Leader))
            return;

        _members.Learn(_cluster.SelfAddress, _side.Card);
        var seen = _members.FindSeen();
        var isChanged = !seen.Keys.ToHashSet().SetEquals(_parts.Sight.Members.Keys);
        _parts.Sight.SetMembers(seen, _members.Cards);
        _side.SetMembers([.. seen.Values.Select(member => member.Card).OrderBy(card => card.Node, StringComparer.Ordinal)]);
        if (isChanged)
            _starter.Tell(EntityStarter.MembersChanged.Instance);
    }

    private Hello DescribeSelf() => new(_side.Card, _parts.Formation.Id, _comparison.Sum);

    private void TellAll(ICanTell target, IEnumerable<IWireMessage> messages)
    {
        foreach (var message in messages)
            target.Tell(message, Self);
    }

    internal sealed record Report(IReadOnlyList<HeldRecorder> Held);

    internal sealed record Spread(IReadOnlyList<RegisteredRecorder> Recorders);

    /// <summary>Tells the others what this node is and holds.</summary>
    internal sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}
