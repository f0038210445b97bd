namespace Recorder.Media.Fragments;

/// <summary>The maps of extents that were played last, up to a total number of fragments. Safe to use from any thread.</summary>
internal sealed class FragmentMaps(long bound = 1_000_000)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Path, FragmentMap Map)>> _maps = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Path, FragmentMap Map)> _order = new();

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

    /// <summary>Opens an extent up to its announced blobs; null when its file is gone or not fragmented MP4.</summary>
    /// <param name="whole">Whether to read on to the end of the file, behind the announced blobs.</param>
    public ExtentPart? Open(Extent extent, bool whole = false)
    {
        try
        {
            using var file = LocalMedia.OpenHandle(extent.Path);
            if ((Find(extent.Path) ?? FragmentMap.Open(file)) is not { } map)
                return null;

            map.ReadTo(file, whole ? long.MaxValue : extent.Bytes);
            Store(extent.Path, map);
            return new ExtentPart(extent, map);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            Remove(extent.Path);
            return null;
        }
    }

    /// <summary>Finds the map that was stored under a name: a path, or the local name of another node's extent.</summary>
    public FragmentMap? Find(string path)
    {
        lock (_gate)
        {
            return _maps.TryGetValue(path, out var node) ? node.Value.Map : null;
        }
    }

    public void Store(string path, FragmentMap map)
    {
        lock (_gate)
        {
            Remove(path);
            _maps[path] = _order.AddLast((path, map));
            var total = _order.Sum(entry => (long)entry.Map.Count + 1);
            while (total > bound && _order.Count > 1)
            {
                var oldest = _order.First!.Value;
                total -= oldest.Map.Count + 1;
                Remove(oldest.Path);
            }
        }
    }

    private void Remove(string path)
    {
        lock (_gate)
        {
            if (_maps.Remove(path, out var node))
                _order.Remove(node);
        }
    }
}
