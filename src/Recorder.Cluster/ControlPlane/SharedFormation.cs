using Recorder.Cluster.Formations;

namespace Recorder.Cluster.ControlPlane;

/// <summary>
/// A node's <see cref="FormationState"/> for all of its control plane: the loop that asks other nodes, the gateway that learns of members, and the
/// entities. It outlives the actor systems, so that what was seen is not forgotten with one.
/// </summary>
internal sealed class SharedFormation(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly FormationState _state = new();
    private StartId? _id;

    public TimeSpan Now => clock.GetElapsedTime(0);

    public Formation? Own
    {
        get
        {
            lock (_lock)
                return _state.Own;
        }
    }

    /// <summary>The id of the formation as far as this node knows it: its own draw, or what a member told.</summary>
    public StartId? Id
    {
        get
        {
            lock (_lock)
                return _id;
        }
    }

    /// <summary>Whether another living node has this node's name, and this one therefore stays outside.</summary>
    public bool IsRefused { get; set; }

    public void Start()
    {
        lock (_lock)
        {
            _id = null;
            _state.Start(Now);
        }
    }

    /// <summary>This node forms a cluster of one.</summary>
    public void Draw()
    {
        lock (_lock)
            _id = StartId.Draw();
    }

    /// <summary>A member told the formation's id.</summary>
    public void Learn(StartId id)
    {
        lock (_lock)
            _id = _id is { } known && known.CompareTo(id) <= 0 ? known : id;
    }

    /// <summary>This node is a member, or other members came or went.</summary>
    /// <param name="leader">The first of the members by name.</param>
    /// <returns>False while nobody has told the formation's id.</returns>
    public bool TryEnter(string leader)
    {
        lock (_lock)
        {
            if (_id is { } id)
                _state.Enter(new Formation(id, leader));

            return _id is not null;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _id = null;
            _state.Leave();
        }
    }

    public void See(string node, Formation? formation)
    {
        // A member of this node's own formation is no sight of another one. Otherwise a leader that dies would have been seen in a formation of its own for as long
        // as the two were members together, and all the others would give theirs up for it.
        lock (_lock)
            _state.See(node, formation == _state.Own ? null : formation, Now);
    }

    public (FormationDecision Decision, string? Node) Decide()
    {
        lock (_lock)
            return _state.Decide(Now);
    }

    public bool IsElsewhere(string node)
    {
        lock (_lock)
            return _state.IsElsewhere(node, Now);
    }
}
