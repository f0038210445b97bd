using Microsoft.Extensions.Logging;
using Recorder.Cluster.Index;

namespace Recorder.Cluster.Following;

/// <summary>Follows this node's own journal and that of every other node that it knows, into the index.</summary>
internal sealed class JournalFollowers : IAsyncDisposable
{
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Followed> _others = [];
    private readonly ClusterIndex _index;
    private readonly string _node;
    private readonly OwnJournal _journal;
    private readonly Func<string, Uri, IJournalSource> _connect;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly JournalFollower _own;
    private readonly ITimer _syncing;
    private bool _isDisposed;

    /// <param name="node">This node.</param>
    /// <param name="connect">Reads the journal of another node at its URL.</param>
    public JournalFollowers(
        string node, OwnJournal journal, ClusterIndex index, Func<string, Uri, IJournalSource> connect, ILogger logger, TimeProvider time)
    {
        (_node, _journal, _index, _connect, _logger, _time) = (node, journal, index, connect, logger, time);
        _own = new JournalFollower(node, journal, index, logger, time);
        _syncing = time.CreateTimer(_ => _ = SyncAsync(), null, SyncInterval, SyncInterval);
    }

    /// <summary>The follower of this node's own journal.</summary>
    public JournalFollower Own => _own;

    /// <summary>The other nodes, and how far each is followed.</summary>
    public IReadOnlyDictionary<string, JournalFollower> Others
    {
        get
        {
            lock (_gate)
                return _others.ToDictionary(it => it.Key, it => it.Value.Follower);
        }
    }

    /// <summary>Follows these nodes and no others. This node may be among them.</summary>
    /// <param name="nodes">A new start of a node is one that was heard of: it is asked at once.</param>
    public void SetNodes(IReadOnlyList<(string Node, Uri Url, string Start)> nodes)
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;

            var known = nodes.Where(node => node.Node != _node).ToDictionary(node => node.Node);
            foreach (var (node, followed) in _others.ToList())
            {
                if (known.TryGetValue(node, out var now) && now.Url == followed.Url)
                    continue;

                _others.Remove(node);
                _ = followed.Follower.DisposeAsync().AsTask();
            }

            foreach (var (node, url, start) in known.Values)
            {
                if (!_others.TryGetValue(node, out var followed))
                    _others[node] = Follow(node, url, start);
                else if (followed.Start != start)
                {
                    _others[node] = followed with { Start = start };
                    followed.Follower.Hurry();
                }
            }
        }
    }

    private Followed Follow(string node, Uri url, string start)
    {
        var source = _connect(node, url);
        return new Followed(url, start, source, new JournalFollower(node, source, _index, _logger, _time, () => FindOther(node)));
    }

    // Any that can be reached.
    private IJournalSource? FindOther(string node)
    {
        lock (_gate)
        {
            var others = _others.Where(other => other.Key != node && other.Value.Follower.IsFollowing).Select(other => other.Value.Source).ToList();
            return others.Count == 0 ? null : others[Random.Shared.Next(others.Count)];
        }
    }

    /// <summary>Returns when everything that is in this node's own journal now is in its own index.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) => _own.WaitAsync(_journal.Position, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        List<JournalFollower> all;
        lock (_gate)
        {
            _isDisposed = true;
            all = [_own, .. _others.Values.Select(followed => followed.Follower)];
            _others.Clear();
        }

        await _syncing.DisposeAsync().ConfigureAwait(false);
        foreach (var follower in all)
            await follower.DisposeAsync().ConfigureAwait(false);
    }

    // A power cut then loses seconds of the index, which the journals still have; and the write-ahead log stays short.
    private async Task SyncAsync()
    {
        try
        {
            await _index.SyncAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is Actors.Catalogue.CatalogueUnavailableException or ObjectDisposedException)
        {
            // The next one does it.
        }
    }

    private sealed record Followed(Uri Url, string Start, IJournalSource Source, JournalFollower Follower);
}
