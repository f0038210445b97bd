using Akka.Cluster.Sharding;
using Recorder.Cluster.Nodes;

namespace Recorder.Cluster.ControlPlane;

/// <summary>
/// Asks the region for the entities of all recorders that exist, since Sharding remembers none: often for those that nobody seems to store, now and then for
/// the others.
/// </summary>
internal sealed class EntityStarter : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan HealthyInterval = TimeSpan.FromSeconds(10);

    // A camera that is away for long has its entity by now.
    private static readonly TimeSpan UrgentFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PatientInterval = TimeSpan.FromSeconds(2);

    private readonly ClusterSight _sight;
    private readonly IActorRef _region;
    private readonly Dictionary<string, Asked> _asked = [];
    private TimeSpan _changedAt;

    public EntityStarter(ClusterSight sight, IActorRef region)
    {
        (_sight, _region) = (sight, region);
        Receive<Tick>(_ => OnTick());
        Receive<MembersChanged>(_ => OnMembersChanged());
        // The region answers that the entity was started, which reports show better.
        ReceiveAny(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TickInterval);

    private void OnMembersChanged()
    {
        _changedAt = _sight.Now;
        _asked.Clear();
        OnTick();
    }

    private void OnTick()
    {
        var (now, wanted) = (_sight.Now, _sight.LookForWanted());
        _sight.Forget();
        if (_sight.Members.Count == 0)
            return;

        foreach (var (entity, recorder) in wanted.ByEntity)
            Start(entity, recorder, now);

        foreach (var gone in _asked.Keys.Where(entity => !wanted.ByEntity.ContainsKey(entity)).ToList())
            _asked.Remove(gone);
    }

    private void Start(string entity, WantedRecorder recorder, TimeSpan now)
    {
        var before = _asked.GetValueOrDefault(entity);
        var isHealthy = _sight.HasHealthyHolder(recorder.Id, now);
        var since = isHealthy ? now : before?.UnhealthySince ?? now;
        var isUrgent = now - (since > _changedAt ? since : _changedAt) < UrgentFor;
        var interval = isHealthy ? HealthyInterval : isUrgent ? TimeSpan.Zero : PatientInterval;
        if (before is not null && now - before.At < interval)
        {
            before.UnhealthySince = isHealthy ? null : since;
            return;
        }

        _region.Tell(new ShardRegion.StartEntity(entity));
        _asked[entity] = new Asked(now) { UnhealthySince = isHealthy ? null : since };
    }

    /// <summary>Other members came or went.</summary>
    internal sealed record MembersChanged
    {
        public static readonly MembersChanged Instance = new();
    }

    private sealed class Asked(TimeSpan at)
    {
        public TimeSpan At => at;

        public TimeSpan? UnhealthySince { get; set; }
    }

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}
