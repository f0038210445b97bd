namespace Recorder.Client;

/// <summary>The nodes that a client knows, in the order in which to try them. Safe to use from any thread.</summary>
internal sealed class NodePool
{
    // More than a cluster has; a node that names thousands is not believed.
    private const int MostLearned = 100;

    private readonly Lock _gate = new();
    private readonly IReadOnlyList<Uri> _given;
    private readonly bool _needsTls;
    private readonly Dictionary<Uri, long> _failed = [];
    private List<(string Name, Uri Url)> _learned = [];
    private Uri? _current;
    private long _failures;

    public NodePool(IReadOnlyList<Uri> given)
    {
        _given = given;
        _needsTls = given.All(node => node.Scheme == Uri.UriSchemeHttps);
    }

    /// <summary>The names of the nodes that were learned.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate)
            {
                return [.. _learned.Select(node => node.Name)];
            }
        }
    }

    /// <summary>The node that answered last, then those that failed longest ago.</summary>
    public IReadOnlyList<Uri> Order()
    {
        lock (_gate)
        {
            return [.. _given.Concat(_learned.Select(node => node.Url)).Distinct()
                .OrderBy(node => node == _current ? -1 : _failed.GetValueOrDefault(node))];
        }
    }

    public void Answered(Uri node)
    {
        lock (_gate)
        {
            _failed.Remove(node);
            _current = node;
        }
    }

    public void Failed(Uri node)
    {
        lock (_gate)
        {
            _failed[node] = ++_failures;
            _current = _current == node ? null : _current;
        }
    }

    /// <summary>Takes the nodes that a node named. An API key must not travel in the clear because one of them has no TLS.</summary>
    public void Learn(IEnumerable<(string Name, Uri Url)> nodes)
    {
        lock (_gate)
        {
            _learned = [.. nodes.Where(node => !_needsTls || node.Url.Scheme == Uri.UriSchemeHttps).Take(MostLearned)];
            foreach (var gone in _failed.Keys.Except(_given).Except(_learned.Select(node => node.Url)).ToList())
                _failed.Remove(gone);
        }
    }
}
