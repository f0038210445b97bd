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

    private static readonly TimeSpan Never = -TimeSpan.FromDays(1);

    // The region keeps what it cannot deliver yet. While thousands of recorders start, asking for all of them with each tick would be all that a node does.
    private const int MostAtOnce = 500;

    // A camera that is away for long has its entity by now.
    private static readonly TimeSpan UrgentFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PatientInterval = TimeSpan.FromSeconds(2);

    private readonly ClusterSight _sight;
    private readonly IActorRef _region;
    private readonly Dictionary<string, Asked> _asked = [];
    private readonly List<(string Entity, Health Health, TimeSpan At)> _due = [];
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
            Look(entity, recorder, now);

        StartDue(now);

        foreach (var gone in _asked.Keys.Where(entity => !wanted.ByEntity.ContainsKey(entity)).ToList())
            _asked.Remove(gone);
    }

    private void Look(string entity, WantedRecorder recorder, TimeSpan now)
    {
        Asked? before = _asked.TryGetValue(entity, out var asked) ? asked : null;
        var health = _sight.FindHealth(recorder, now);
        TimeSpan? since = health == Health.NotHeld ? before?.NotHeldSince ?? now : null;
        var last = before?.At ?? Never;
        if (before is null || now - last >= FindInterval(health, since, now))
            _due.Add((entity, health, last));

        _asked[entity] = new Asked(last, since);
    }

    // Those that nobody holds come first, and of them those that were not asked for, or longest ago.
    private void StartDue(TimeSpan now)
    {
        if (_due.Count > MostAtOnce)
            _due.Sort(static (one, other) => one.Health != other.Health ? one.Health.CompareTo(other.Health) : one.At.CompareTo(other.At));

        foreach (var (entity, _, _) in _due.Take(MostAtOnce))
        {
            _region.Tell(new ShardRegion.StartEntity(entity));
            _asked[entity] = _asked[entity] with { At = now };
        }

        _due.Clear();
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
