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
        if (_sight.Members.Count == 0)
            return;

        foreach (var (entity, recorder) in wanted.ByEntity)
            Start(entity, recorder, now);

        foreach (var gone in _asked.Keys.Where(entity => !wanted.ByEntity.ContainsKey(entity)).ToList())
            _asked.Remove(gone);
    }

    private void Start(string entity, WantedRecorder recorder, TimeSpan now)
    {
        Asked? before = _asked.TryGetValue(entity, out var asked) ? asked : null;
        var health = _sight.FindHealth(recorder, now);
        TimeSpan? since = health == Health.NotHeld ? before?.NotHeldSince ?? now : null;
        var isAsked = before is not { } last || now - last.At >= FindInterval(health, since, now);
        if (isAsked)
            _region.Tell(new ShardRegion.StartEntity(entity));

        _asked[entity] = new Asked(isAsked ? now : before!.Value.At, since);
    }

    private TimeSpan FindInterval(Health health, TimeSpan? notHeldSince, TimeSpan now)
    {
        if (health == Health.Held)
            return HealthyInterval;

        var isUrgent = now - notHeldSince < UrgentFor || now - _changedAt < UrgentFor;
        return health == Health.NotHeld && isUrgent ? TimeSpan.Zero : PatientInterval;
    }

    /// <summary>Other members came or went.</summary>
    internal sealed record MembersChanged
    {
        public static readonly MembersChanged Instance = new();
    }

    private readonly record struct Asked(TimeSpan At, TimeSpan? NotHeldSince);

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}
