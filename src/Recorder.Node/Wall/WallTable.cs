using Recorder.Actors.Recording;

namespace Recorder.Node.Wall;

/// <summary>A recorder of the cluster, and the node that has it.</summary>
/// <param name="Holder">Null while no node has it.</param>
internal sealed record WallRoute(RecorderDefinition Definition, string? Holder, bool IsAlive);

/// <summary>
/// The tiles of all recorders of a node, and in a cluster those of the other nodes. Notes what changes until it is taken. Reads no clock.
/// </summary>
/// <param name="node">This node's name.</param>
/// <param name="isHere">Whether this node answers for a recorder.</param>
internal sealed class WallTable(string node, Func<RecorderId, bool> isHere)
{
    private readonly Dictionary<RecorderId, OwnTile> _own = [];
    private readonly Dictionary<string, Dictionary<RecorderId, WallTile>> _peers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _silent = new(StringComparer.Ordinal);
    private readonly Dictionary<RecorderId, WallTile> _told = [];
    private readonly HashSet<RecorderId> _touched = [];
    private Dictionary<RecorderId, WallRoute> _routes = [];
    private long? _freeBytes;

    public bool HasChanged => _touched.Count > 0;

    /// <summary>Whether every recorder of this node has said how it does.</summary>
    public bool IsComplete => _own.All(own => own.Value.HasCondition || !isHere(own.Key));

    public void Define(RecorderDefinition definition, DateTimeOffset now)
    {
        if (_own.TryGetValue(definition.Id, out var known))
            known.Definition = definition;
        else
            _own.Add(definition.Id, new OwnTile(definition, now));

        _touched.Add(definition.Id);
    }

    public void Remove(RecorderId recorder)
    {
        _own.Remove(recorder);
        _touched.Add(recorder);
    }

    public void Apply(RecorderCondition condition, DateTimeOffset now)
    {
        if (_own.TryGetValue(condition.Recorder, out var tile))
        {
            tile.Apply(condition, now);
            _touched.Add(condition.Recorder);
        }
    }

    /// <summary>Takes over what was measured since, and looks at every recorder of this node again.</summary>
    /// <param name="freeBytes">Free on the volume of the recordings; null when it could not be read.</param>
    public void Measure(long? freeBytes)
    {
        _freeBytes = freeBytes;
        var all = _own.Values.Sum(tile => tile.BytesPerSecond);
        foreach (var (recorder, tile) in _own)
        {
            tile.Measure(freeBytes, all);
            _touched.Add(recorder);
        }
    }

    /// <summary>Another node told of its recorders.</summary>
    /// <param name="isWhole">Whether these are all that it has.</param>
    public void Hear(string peer, bool isWhole, IReadOnlyList<WallTile> tiles, IReadOnlyList<RecorderId> gone)
    {
        _silent.Remove(peer);
        var known = PeerOf(peer);
        _touched.UnionWith(isWhole ? known.Keys : gone);
        if (isWhole)
            known.Clear();

        foreach (var recorder in gone)
            known.Remove(recorder);

        foreach (var tile in tiles)
        {
            known[tile.Id] = tile;
            _touched.Add(tile.Id);
        }
    }

    /// <summary>Another node does not answer.</summary>
    public void Miss(string peer, string detail)
    {
        _silent[peer] = detail;
        _touched.UnionWith(_routes.Values.Where(route => route.Holder == peer).Select(route => route.Definition.Id));
        _touched.UnionWith(PeerOf(peer).Keys);
    }

    /// <summary>Nobody listens to the other nodes any more: what they told is out of date from now on.</summary>
    public void ForgetOthers()
    {
        _touched.UnionWith(_routes.Keys);
        _touched.UnionWith(_peers.Values.SelectMany(tiles => tiles.Keys));
        foreach (var recorder in _touched.Where(recorder => !(_own.ContainsKey(recorder) && isHere(recorder))))
            _told.Remove(recorder);

        _peers.Clear();
        _silent.Clear();
        _routes = [];
    }

    /// <summary>Which node has which recorder, as this node knows.</summary>
    public void Route(IEnumerable<WallRoute> routes)
    {
        var now = routes.ToDictionary(route => route.Definition.Id);
        foreach (var (recorder, route) in now)
        {
            if (_routes.GetValueOrDefault(recorder) is not { } before || before.Holder != route.Holder || before.IsAlive != route.IsAlive
                || !ReferenceEquals(before.Definition, route.Definition))
            {
                _touched.Add(recorder);
            }
        }

        _touched.UnionWith(_routes.Keys.Where(recorder => !now.ContainsKey(recorder)));
        _routes = now;
    }

    /// <summary>Takes the tiles that are others than when they were taken before, and the recorders that are gone.</summary>
    public (IReadOnlyList<WallTile> Tiles, IReadOnlyList<RecorderId> Gone) Take(DateTimeOffset now)
    {
        var (tiles, gone) = (new List<WallTile>(), new List<RecorderId>());
        foreach (var recorder in _touched)
        {
            if (Show(recorder, now) is not { } tile)
            {
                if (_told.Remove(recorder))
                    gone.Add(recorder);
            }
            else if (!_told.TryGetValue(recorder, out var told) || !IsSame(tile, told))
            {
                _told[recorder] = tile;
                tiles.Add(tile);
            }
        }

        _touched.Clear();
        return (tiles, gone);
    }

    private WallTile? Show(RecorderId recorder, DateTimeOffset now)
    {
        if (_own.TryGetValue(recorder, out var own) && isHere(recorder))
            return own.Show(node, _freeBytes, now);

        if (_routes.GetValueOrDefault(recorder) is not { } route)
            return null;

        if (route is { Holder: { } holder, IsAlive: true } && !_silent.ContainsKey(holder))
        {
            // Until that node has told, nothing is known; what it was a moment ago is better than nothing.
            return PeerOf(holder).GetValueOrDefault(recorder) ?? _told.GetValueOrDefault(recorder);
        }

        var detail = route.Holder is not { } away ? "No node has the recorder at the moment."
            : _silent.GetValueOrDefault(away) ?? $"Node {away} does not answer.";
        var before = _told.GetValueOrDefault(recorder);
        return OwnTile.TileOf(route.Definition, route.Holder ?? "") with
        {
            Status = WallStatus.Away,
            Detail = detail,
            Since = before is { Status: WallStatus.Away } ? before.Since : now,
        };
    }

    private Dictionary<RecorderId, WallTile> PeerOf(string peer)
    {
        if (!_peers.TryGetValue(peer, out var tiles))
            _peers.Add(peer, tiles = []);

        return tiles;
    }

    // Labels are compared by their content: a definition may be read again without a change.
    private static bool IsSame(WallTile one, WallTile other) =>
        one with { Labels = other.Labels } == other
        && (ReferenceEquals(one.Labels, other.Labels) || (one.Labels.Count == other.Labels.Count && !one.Labels.Except(other.Labels).Any()));
}
