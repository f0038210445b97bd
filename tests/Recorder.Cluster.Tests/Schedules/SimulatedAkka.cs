using Recorder.Cluster.Formations;

namespace Recorder.Cluster.Tests.Schedules;

/// <summary>
/// What Akka.Cluster and its sharding do, as far as the deciding code depends on it: what cannot be reached is downed after the detection time, and each
/// entity is at one member of a formation.
/// </summary>
internal sealed class SimulatedAkka(World world)
{
    private static readonly TimeSpan DetectionTime = TimeSpan.FromSeconds(2);

    private readonly List<SimulatedFormation> _formations = [];
    private readonly HashSet<SimulatedProcess> _joining = [];
    private readonly Dictionary<string, TimeSpan> _movedAt = [];

    public IReadOnlyList<SimulatedFormation> Formations => _formations;

    /// <summary>Whether all nodes are in one formation.</summary>
    public bool IsMerged => _formations.Count == 1 && _formations[0].Members.Count == world.Nodes.Count;

    public void Tick()
    {
        foreach (var formation in _formations.ToList())
        {
            DownUnreachable(formation);
            PlaceEntities(formation);
        }
    }

    /// <summary>Does what a node's control plane decided about its formation.</summary>
    public void Carry(FormationDecision decision, SimulatedProcess process, string? node)
    {
        if (decision == FormationDecision.FormAlone)
        {
            Enter(process, AddFormation(new StartId((ulong)world.Random.NextInt64())));
        }
        else if (decision == FormationDecision.Restart)
        {
            RestartControlPlane(process);
        }
        else if (decision == FormationDecision.Join && _joining.Add(process))
        {
            world.After(TimeSpan.FromMilliseconds(world.Random.Next(200, 1000)), () =>
            {
                _joining.Remove(process);
                var formation = world.Nodes.First(other => other.Name == node).Process?.Formation;
                if (process is { IsAlive: true, IsControlPlaneUp: true, Formation: null } && formation is not null && CanReach(process.Name, node!))
                    Enter(process, formation);
            });
        }
    }

    private bool CanReach(string from, string to) => world.Network.CanReach(from, to);

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
        world.After(TimeSpan.FromMilliseconds(world.Random.Next(100, 1500)), () =>
        {
            process.IsControlPlaneUp = true;
            process.Formations.Start(world.Now);
        });
    }

    private void DownUnreachable(SimulatedFormation formation)
    {
        var sides = FindSides(formation);
        if (sides.Count == 1 && sides[0].Count == formation.Members.Count)
        {
            formation.BrokenSince = null;
            return;
        }

        formation.BrokenSince ??= world.Now;
        if (world.Now - formation.BrokenSince < DetectionTime)
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
            if (member.IsAlive)
                RestartControlPlane(member);
            else
                Leave(member);
        }
    }

    // Groups of living members of whom each reaches each; a member that only some reach is alone, as split-brain resolvers treat it.
    private List<List<SimulatedProcess>> FindSides(SimulatedFormation formation)
    {
        var sides = new List<List<SimulatedProcess>>();
        foreach (var member in formation.Members.Where(member => member.IsAlive && !member.Node.IsPaused).OrderBy(member => member.Name))
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
        foreach (var recorder in world.Recorders)
        {
            var living = formation.Members.Where(member => member.IsAlive && !member.Node.IsDraining).ToList();
            if (living.Count == 0)
                continue;

            var isPlaced = formation.Entities.TryGetValue(recorder, out var entity) && entity.IsAlive && !entity.Node.IsDraining;
            var isMoved = !world.Trouble.IsOver && world.Random.NextDouble() < 0.003 &&
                world.Now - _movedAt.GetValueOrDefault(recorder) > TimeSpan.FromSeconds(10);
            if (isPlaced && !isMoved)
                continue;

            entity?.EndEntity(recorder);
            world.Note($"{recorder} placed");
            _movedAt[recorder] = world.Now;
            formation.Entities[recorder] = world.Pick(living);
            formation.Entities[recorder].BecomeEntity(recorder);
        }
    }
}

/// <summary>Processes whose control planes are one cluster, with at most one entity of a recorder.</summary>
internal sealed class SimulatedFormation(StartId id)
{
    public StartId Id => id;

    public List<SimulatedProcess> Members { get; } = [];

    public Dictionary<string, SimulatedProcess> Entities { get; } = [];

    /// <summary>Since when the members that now cannot all reach each other cannot; null while they can.</summary>
    public TimeSpan? BrokenSince { get; set; }

    public string Leader => Members.Min(member => member.Name)!;
}
