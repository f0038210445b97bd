using System.Globalization;
using Recorder.Cluster.Events;
using Recorder.Cluster.Formations;
using Recorder.Cluster.Registry;
using Recorder.Cluster.Tenures;

namespace Recorder.Cluster.Tests.Schedules;

/// <summary>A predicate of the cluster does not hold.</summary>
internal sealed class BrokenPredicateException(string message) : Exception(message);

/// <summary>The machines, their network, their cameras and their Akka.Cluster, in virtual time. What happens is drawn from a seed.</summary>
internal sealed partial class World
{
    /// <summary>A recorder that could be recorded by a node for this long is recorded by one.</summary>
    public static readonly TimeSpan LongestWithoutHolder = TimeSpan.FromSeconds(30);

    // One node after the other tries, for up to six seconds each.
    private static readonly TimeSpan LongestWithoutExclusiveHolder = TimeSpan.FromSeconds(60);

    // The longest wait of two formations, and once more because the other may have merged with a third meanwhile.
    private static readonly TimeSpan LongestUntilMerged = TimeSpan.FromSeconds(300);

    // In a cluster that has been whole for this long, the holder of a recorder does not change for as long again, whether its camera is on or off; and a node
    // that drains holds nothing.
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan DetectionTime = TimeSpan.FromSeconds(2);

    private readonly Timeline _timeline = new();
    private readonly List<SimulatedFormation> _formations = [];
    private readonly Dictionary<string, SimulatedCamera> _cameras = [];
    private readonly HashSet<(string, string)> _cutLinks = [];
    private readonly HashSet<SimulatedProcess> _joining = [];
    private readonly Dictionary<(string, Tenure), TimeSpan> _claimedAt = [];
    private readonly Dictionary<(string, EventNumber), string> _raised = [];
    private readonly Dictionary<string, TimeSpan> _storedAt = [];
    private readonly Dictionary<string, TimeSpan> _heldAt = [];
    private readonly Dictionary<(string Recorder, string Node), TimeSpan> _recordableSince = [];
    private readonly Dictionary<(string Recorder, string Node), TimeSpan> _holdableSince = [];
    private readonly Dictionary<string, Tenure?> _settled = [];
    private readonly Dictionary<string, TimeSpan> _movedAt = [];
    private readonly List<Subscriber> _subscribers = [];
    private readonly Dictionary<string, RegisteredRecorder> _registered = [];
    private readonly Queue<string> _notes = new();
    private double _loss;
    private bool _isQuiet;
    private long _contents;
    private int _ticks;
    private bool _isFolderLost;

    public World(int seed, Flaw flaw)
    {
        (Random, Flaw) = (new Random(seed), flaw);
        Nodes = [.. Enumerable.Range(1, Random.Next(2, 6)).Select(number => new SimulatedNode($"n{number}", this))];
        for (var number = 1; number <= 3; number++)
        {
            var isExclusive = Random.Next(3) == 0;
            _cameras[$"r{number}"] = new SimulatedCamera(isExclusive, evicts: Random.Next(2) == 0, hasPreRoll: Random.Next(2) == 0);
        }

        _subscribers.AddRange(_cameras.Keys.SelectMany(recorder => new[] { new Subscriber(recorder), new Subscriber(recorder) }));
    }

    public Random Random { get; }

    public Flaw Flaw { get; }

    public IReadOnlyList<SimulatedNode> Nodes { get; }

    public TimeSpan Now => _timeline.Now;

    private bool IsMerged => _formations.Count == 1 && _formations[0].Members.Count == Nodes.Count;

    /// <summary>The longest time for which a recorder that could have been recorded was not.</summary>
    public TimeSpan LongestGap { get; private set; }

    public SimulatedCamera CameraOf(string recorder) => _cameras[recorder];

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Random.Next(choices.Count)];

    public string NextContent() => (++_contents).ToString(CultureInfo.InvariantCulture);

    /// <summary>Sends a message, which may be lost, doubled or late; it reaches whatever process runs on the node when it arrives.</summary>
    public void Send(SimulatedProcess from, string to, Action<SimulatedProcess> deliver)
    {
        var node = Nodes.First(other => other.Name == to);
        for (var copies = Random.NextDouble() < 0.02 ? 2 : 1; copies > 0; copies--)
        {
            if (from.Name == to || Random.NextDouble() >= _loss)
                _timeline.After(TimeSpan.FromMilliseconds(Random.NextDouble() < 0.02 ? Random.Next(2000) : Random.Next(1, 40)), Arrive);
        }

        void Arrive()
        {
            if (node.IsPaused)
                _timeline.After(node.PausedUntil - Now, Arrive);
            else if (node.Process is { } process && CanReach(from.Name, to))
                deliver(process);
        }
    }

    public void NoteClaim(string recorder, Tenure tenure)
    {
        if (!_claimedAt.TryAdd((recorder, tenure), Now))
            Break($"tenure {tenure} of {recorder} was claimed twice");
    }

    public void NoteRaised(string recorder, OrderedEvent raised)
    {
        if (!_raised.TryAdd((recorder, raised.Number), raised.Content))
            Break($"event {raised.Number} of {recorder} was raised twice");
    }

    public void NoteRegistered(string recorder, RegisteredRecorder changed) =>
        _registered[recorder] = _registered.TryGetValue(recorder, out var before) ? before.MergeWith(changed).Merged : changed;

    public void NoteStored(string recorder) => _storedAt[recorder] = Now;

    /// <summary>Does what a node's control plane decided about its formation.</summary>
    public void Carry(FormationDecision decision, SimulatedProcess process, string? node)
    {
        if (decision == FormationDecision.FormAlone)
        {
            Enter(process, AddFormation(new StartId((ulong)Random.NextInt64())));
        }
        else if (decision == FormationDecision.Restart)
        {
            RestartControlPlane(process);
        }
        else if (decision == FormationDecision.Join && _joining.Add(process))
        {
            _timeline.After(TimeSpan.FromMilliseconds(Random.Next(200, 1000)), () =>
            {
                _joining.Remove(process);
                var formation = Nodes.First(other => other.Name == node).Process?.Formation;
                if (IsRunning(process) && process is { IsControlPlaneUp: true, Formation: null } && formation is not null && CanReach(process.Name, node!))
                    Enter(process, formation);
            });
        }
    }

    /// <summary>Tells the story to its end.</summary>
    public void Run(TimeSpan trouble)
    {
        foreach (var node in Nodes)
            StartProcess(node);

        _timeline.After(TickInterval, TickCluster);
        _timeline.RunUntil(TimeSpan.FromSeconds(10));
        foreach (var recorder in _cameras.Keys)
            Create(recorder);

        _timeline.After(TimeSpan.Zero, MakeTrouble);
        _timeline.RunUntil(trouble);
        Heal();
        while (!IsMerged && Now - trouble < LongestUntilMerged)
            _timeline.RunUntil(Now + TimeSpan.FromSeconds(5));

        _timeline.RunUntil(Now + SettledAfter);
        foreach (var recorder in _cameras.Keys)
            _settled[recorder] = FindLastingHolders(recorder) is [var holder] ? holder.Process!.TenureOf(recorder).Held : null;

        _timeline.RunUntil(Now + SettledAfter);
        CheckQuietCluster();
        _settled.Clear();
        var drained = Pick(Nodes);
        drained.IsDraining = true;
        _timeline.RunUntil(Now + SettledAfter);
        CheckQuietCluster();
        CheckDrained(drained);
    }

    private void StartProcess(SimulatedNode node)
    {
        var start = new StartId(Flaw == Flaw.StartId ? 1 : (ulong)Random.NextInt64());
        var process = node.Process = new SimulatedProcess(node, this, start);
        _timeline.After(TimeSpan.FromMilliseconds(Random.Next(200)), () => Tick(process));
    }

    private void Tick(SimulatedProcess process)
    {
        if (!IsRunning(process))
            return;

        if (!process.Node.IsPaused)
            process.Tick();

        _timeline.After(TickInterval, () => Tick(process));
    }

    private static bool IsRunning(SimulatedProcess process) => process.Node.Process == process;

    private bool CanReach(string from, string to) => from == to || !_cutLinks.Contains(Link(from, to));

    private static (string, string) Link(string one, string other) => string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);

    private SimulatedFormation AddFormation(StartId id)
    {
        var formation = new SimulatedFormation(id);
        _formations.Add(formation);
        return formation;
    }

    private static void Enter(SimulatedProcess process, SimulatedFormation formation)
    {
        process.Formation = formation;
        formation.Members.Add(process);
        TellMembers(formation);
    }

    private static void TellMembers(SimulatedFormation formation)
    {
        foreach (var member in formation.Members)
            member.Formations.Enter(new Formation(formation.Id, formation.Leader));
    }

    private void Leave(SimulatedProcess process)
    {
        if (process.Formation is not { } formation)
            return;

        (process.Formation, process.IsControlPlaneUp) = (null, false);
        process.Formations.Leave();
        formation.Members.Remove(process);
        foreach (var (recorder, _) in formation.Entities.Where(entity => entity.Value == process).ToList())
        {
            formation.Entities.Remove(recorder);
            process.EndEntity(recorder);
        }

        if (formation.Members.Count == 0)
            _formations.Remove(formation);
        else
            TellMembers(formation);
    }

    private void RestartControlPlane(SimulatedProcess process)
    {
        Leave(process);
        _timeline.After(TimeSpan.FromMilliseconds(Random.Next(100, 1500)), () =>
        {
            process.IsControlPlaneUp = true;
            process.Formations.Start(Now);
        });
    }

    // Akka.Cluster: what cannot be reached is downed after the detection time, and entities are at one member each.
    private void TickCluster()
    {
        foreach (var formation in _formations.ToList())
        {
            DownUnreachable(formation);
            PlaceEntities(formation);
        }

        CheckHolders();
        if (++_ticks % 25 == 0)
            CheckCopies();

        foreach (var subscriber in _subscribers)
            subscriber.Read(this);

        _timeline.After(TickInterval, TickCluster);
    }

    private void DownUnreachable(SimulatedFormation formation)
    {
        var sides = FindSides(formation);
        if (sides.Count == 1 && sides[0].Count == formation.Members.Count)
        {
            formation.BrokenSince = null;
            return;
        }

        formation.BrokenSince ??= Now;
        if (Now - formation.BrokenSince < DetectionTime)
            return;

        formation.BrokenSince = null;
        var kept = sides.OrderByDescending(side => side.Count).ThenBy(side => side.Min(member => member.Name)).FirstOrDefault() ?? [];
        if (formation.Members.Count == 2 && sides.Count == 2)
        {
            // Each of two goes on, and downs the other.
            var other = sides.First(side => side != kept)[0];
            Leave(other);
            other.IsControlPlaneUp = true;
            Enter(other, AddFormation(formation.Id));
            return;
        }

        foreach (var member in formation.Members.Except(kept).ToList())
        {
            if (IsRunning(member))
                RestartControlPlane(member);
            else
                Leave(member);
        }
    }

    // Groups of living members of whom each reaches each; a member that only some reach is alone, as split-brain resolvers treat it.
    private List<List<SimulatedProcess>> FindSides(SimulatedFormation formation)
    {
        var sides = new List<List<SimulatedProcess>>();
        foreach (var member in formation.Members.Where(member => IsRunning(member) && !member.Node.IsPaused).OrderBy(member => member.Name))
        {
            if (sides.FirstOrDefault(side => side.All(other => CanReach(member.Name, other.Name))) is { } side)
                side.Add(member);
            else
                sides.Add([member]);
        }

        return sides;
    }

    private void PlaceEntities(SimulatedFormation formation)
    {
        foreach (var recorder in _cameras.Keys)
        {
            var living = formation.Members.Where(member => IsRunning(member) && !member.Node.IsDraining).ToList();
            if (living.Count == 0)
                continue;

            var isPlaced = formation.Entities.TryGetValue(recorder, out var entity) && IsRunning(entity) && !entity.Node.IsDraining;
            var isMoved = !_isQuiet && Random.NextDouble() < 0.003 && Now - _movedAt.GetValueOrDefault(recorder) > TimeSpan.FromSeconds(10);
            if (isPlaced && !isMoved)
                continue;

            entity?.EndEntity(recorder);
            Note($"{recorder} placed");
            _movedAt[recorder] = Now;
            formation.Entities[recorder] = Pick(living);
            formation.Entities[recorder].BecomeEntity(recorder);
        }
    }

    /// <summary>Notes what happened, for the message of a predicate that does not hold.</summary>
    public void Note(string what)
    {
        _notes.Enqueue($"{Now.TotalSeconds:0.0} {what}");
        if (_notes.Count > 40)
            _notes.Dequeue();
    }

    private void Break(string what) => throw new BrokenPredicateException($"at {Now.TotalSeconds:0.0} s: {what}\n{string.Join("\n", _notes)}");
}
