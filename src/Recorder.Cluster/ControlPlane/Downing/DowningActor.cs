using Akka.Cluster;
using Akka.Event;

namespace Recorder.Cluster.ControlPlane;

/// <summary>Downs what stays unreachable, and says why.</summary>
internal sealed class DowningActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan StableAfter = TimeSpan.FromMilliseconds(300);

    // Whose links flap does not keep the rest from going on.
    private static readonly TimeSpan DecideAfter = TimeSpan.FromSeconds(1);

    private readonly Akka.Cluster.Cluster _cluster;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<UniqueAddress, Member> _members = [];
    private readonly HashSet<UniqueAddress> _unreachable = [];
    private readonly HashSet<UniqueAddress> _dead = [];

    public DowningActor(Akka.Cluster.Cluster cluster)
    {
        _cluster = cluster;
        Receive<ClusterEvent.UnreachableMember>(message => OnReachability(message.Member, isReachable: false));
        Receive<ClusterEvent.ReachableMember>(message => OnReachability(message.Member, isReachable: true));
        Receive<ClusterEvent.MemberRemoved>(message => OnRemoved(message.Member));
        Receive<ClusterEvent.IMemberEvent>(message => _members[message.Member.UniqueAddress] = message.Member);
        Receive<ProcessDied>(message => OnDied(message.Address));
        Receive<Decide>(_ => OnDecide());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.ReachabilityEvent));
        Context.System.EventStream.Subscribe(Self, typeof(ProcessDied));
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void OnReachability(Member member, bool isReachable)
    {
        _members[member.UniqueAddress] = member;
        if (isReachable)
            _dead.Remove(member.UniqueAddress);

        if (!(isReachable ? _unreachable.Remove(member.UniqueAddress) : _unreachable.Add(member.UniqueAddress)))
            return;

        Timers.Cancel(nameof(StableAfter));
        if (_unreachable.Count == 0)
        {
            Timers.Cancel(nameof(DecideAfter));
            return;
        }

        Timers.StartSingleTimer(nameof(StableAfter), Decide.Instance, StableAfter);
        if (!Timers.IsTimerActive(nameof(DecideAfter)))
            Timers.StartSingleTimer(nameof(DecideAfter), Decide.Instance, DecideAfter);
    }

    private void OnRemoved(Member member)
    {
        _members.Remove(member.UniqueAddress);
        _unreachable.Remove(member.UniqueAddress);
        _dead.Remove(member.UniqueAddress);
    }

    // Nothing is left to wait for.
    private void OnDied(Address address)
    {
        foreach (var member in _members.Keys.Where(member => member.Address == address && member != _cluster.SelfUniqueAddress))
        {
            _dead.Add(member);
            _unreachable.Add(member);
        }

        DownDead();
        if (_unreachable.Count > 0 && !Timers.IsTimerActive(nameof(DecideAfter)))
            Timers.StartSingleTimer(nameof(DecideAfter), Decide.Instance, DecideAfter);
    }

    private void DownDead()
    {
        foreach (var member in _dead)
        {
            ToldFailureDetector.Tell(_cluster, member.Address);
            if (_members[member].Status == MemberStatus.Down)
                continue;

            _log.Warning("{0} has died and is no longer part of the cluster", MemberName.Of(_members[member]));
            _cluster.Down(member.Address);
        }
    }

    private void OnDecide()
    {
        Timers.CancelAll();
        DownDead();
        // The dead have no vote.
        var byName = _members.Values.Where(member => member.Status != MemberStatus.Down && !_dead.Contains(member.UniqueAddress))
            .GroupBy(MemberName.Of).ToDictionary(group => group.Key, group => group.ToList());
        var decision = DowningDecision.Decide(
            MemberName.Of(_cluster.SelfMember),
            [.. byName.Select(entry => new DowningMember(entry.Key, entry.Value.Any(IsReachable), entry.Value.Any(Counts)))]);
        if (decision.DownsSelf)
        {
            _log.Warning("This node ends its part in the cluster and asks again: {0} (recordings go on)", decision.Reason);
            _cluster.Down(_cluster.SelfAddress);
        }

        foreach (var member in decision.Others.SelectMany(name => byName[name]).Where(member => !IsReachable(member)))
        {
            _log.Warning("{0} cannot be reached and is no longer part of the cluster: {1}", MemberName.Of(member), decision.Reason);
            _cluster.Down(member.Address);
        }

        // Whoever is still a member in a while, because the cluster did not take the decision up, is looked at again.
        if (_unreachable.Count > 0)
            Timers.StartSingleTimer(nameof(DecideAfter), Decide.Instance, DecideAfter);
    }

    private bool IsReachable(Member member) => !_unreachable.Contains(member.UniqueAddress);

    private static bool Counts(Member member) =>
        member.HasRole(ControlPlaneConfig.RecorderRole) && member.Status is MemberStatus.Up or MemberStatus.Leaving;

    private sealed record Decide
    {
        public static readonly Decide Instance = new();
    }
}
