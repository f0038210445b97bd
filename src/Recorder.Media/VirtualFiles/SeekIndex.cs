namespace Recorder.Media.VirtualFiles;

/// <summary>Fragments that begin where decoding can begin, as an entry of a <c>sidx</c>.</summary>
/// <param name="Duration">In the reference track's timescale.</param>
internal readonly record struct IndexedRun(long Bytes, long Duration, bool Key);

internal sealed class SeekIndex
{
    private readonly List<(long Bytes, long Start, bool Key)> _runs = [];

    /// <param name="start">When it begins, in the reference track's timescale.</param>
    public void Add(long bytes, long start, bool isKey)
    {
        if (_runs.Count == 0 || (isKey && start >= _runs[^1].Start) || _runs[^1].Bytes + bytes > int.MaxValue)
            _runs.Add((bytes, _runs.Count == 0 ? start : Math.Max(start, _runs[^1].Start), isKey));
        else
            _runs[^1] = _runs[^1] with { Bytes = _runs[^1].Bytes + bytes };
    }

    public void Add(long bytes) => Add(bytes, _runs.Count == 0 ? 0 : _runs[^1].Start, isKey: false);

    /// <param name="end">Where the last one ends, in the reference track's timescale.</param>
    public IReadOnlyList<IndexedRun> Runs(long end)
    {
        var ends = _runs.Skip(1).Select(run => run.Start).Append(end);
        return [.. _runs.Zip(ends, (run, next) => new IndexedRun(run.Bytes, Math.Max(0, next - run.Start), run.Key))];
    }
}
