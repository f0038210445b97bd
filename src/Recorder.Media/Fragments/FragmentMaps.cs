namespace Recorder.Media.Fragments;

/// <summary>The maps of extents that were played lately, as many as fit a bound. Safe to use from any thread.</summary>
/// <param name="bound">Fragments that all maps together may know.</param>
internal sealed class FragmentMaps(long bound = 1_000_000)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Path, FragmentMap Map)>> _maps = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Path, FragmentMap Map)> _order = new();

    /// <summary>Maps kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _maps.Count;
            }
        }
    }

    /// <summary>The extent with its fragments as far as they are announced; null when its file is gone or holds none.</summary>
    /// <param name="extent">The extent.</param>
    /// <param name="whole">Whether to go on to the end of the file: what is behind the announced blobs is of one to come.</param>
    public ExtentPart? Open(Extent extent, bool whole = false)
    {
        try
        {
            using var file = File.OpenHandle(extent.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (Find(extent.Path) is not { } map)
            {
                map = FragmentMap.Open(file);
                if (map is null)
                {
                    return null;
                }
            }

            map.ReadTo(file, whole ? long.MaxValue : extent.Bytes);
            Keep(extent.Path, map);
            return new ExtentPart(extent, map);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            Forget(extent.Path);
            return null;
        }
    }

    /// <summary>The map that was kept under a name: a path, or what an extent of another node is called here.</summary>
    public FragmentMap? Find(string path)
    {
        lock (_gate)
        {
            return _maps.TryGetValue(path, out var node) ? node.Value.Map : null;
        }
    }

    /// <summary>Keeps a map under a name, and lets go of those that were not asked for for longest.</summary>
    public void Keep(string path, FragmentMap map)
    {
        lock (_gate)
        {
            Forget(path);
            _maps[path] = _order.AddLast((path, map));
            var total = _order.Sum(entry => (long)entry.Map.Count + 1);
            while (total > bound && _order.Count > 1)
            {
                var oldest = _order.First!.Value;
                total -= oldest.Map.Count + 1;
                Forget(oldest.Path);
            }
        }
    }

    private void Forget(string path)
    {
        lock (_gate)
        {
            if (_maps.Remove(path, out var node))
            {
                _order.Remove(node);
            }
        }
    }
}
