using Recorder.Contracts;

namespace Recorder.Actors.Storage.Reading;

/// <summary>A few segments are kept in memory. Only the last segment grows, and retention deletes the first. Not safe to use from
/// several threads at once. The identity's MIME type may be known only after the start of the recording.</summary>
internal sealed class IndexSegmentList(RecordingLayout layout, Func<RecordingIdentity> identify)
{
    // Paging through an interval uses the same segments again and again.
    private const int MaxLoaded = 4;

    private readonly List<Entry> _entries = [.. layout.IndexSegments().Select(segment => new Entry(segment.FirstExtent, segment.Path))];
    private readonly LinkedList<Entry> _loaded = [];

    public int Count => _entries.Count;

    public void Refresh()
    {
        while (_entries.Count > 0 && !File.Exists(_entries[0].Path))
        {
            _loaded.Remove(_entries[0]);
            _entries.RemoveAt(0);
        }

        if (_entries.Count == 0 && File.Exists(layout.Index))
            _entries.Add(new Entry(1, layout.Index));

        while (_entries is [.., var last])
        {
            var segment = Load(last);
            segment.Refresh();
            if (segment.Next is not { } next || next <= last.FirstExtent)
                return;

            _entries.Add(new Entry(next, layout.IndexSegment(next)));
        }
    }

    public IndexSegment Load(int place) => Load(_entries[place]);

    /// <summary>The last segment whose first blob fulfils a condition, as all before must; -1 for none.</summary>
    public int LastWhere(Predicate<Blob> condition)
    {
        var (low, high) = (0, _entries.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = FirstBlob(middle) is { } blob && condition(blob) ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }

    /// <summary>When a segment begins on the timeline; the earliest possible time while it has no lines.</summary>
    public TimeSpan Begin(int place)
    {
        ReadFirstLines(place);
        return _entries[place].Begin ?? TimeSpan.MinValue;
    }

    // A node that was killed before its first blob leaves a segment without any. In a search such a segment counts as the next
    // one, or the search would end at it.
    private Blob? FirstBlob(int place)
    {
        for (; place < _entries.Count; place++)
        {
            ReadFirstLines(place);
            if (_entries[place].First is { } first)
                return first;
        }

        return null;
    }

    private void ReadFirstLines(int place)
    {
        var entry = _entries[place];
        if (entry.IsFinal)
            return;

        var identity = identify();
        var position = 0L;
        entry.Begin = null;
        IndexLines.Read(entry.Path, ref position, (line, _) =>
        {
            entry.First = line?.Seq is null ? null : identity.BlobOf(line, []);
            var time = entry.First?.MediaTime ?? line switch
            {
                { Gap: { } gap } => identity.GapOf(gap).MediaTime,
                { Mark: { } mark } => identity.MarkOf(mark).MediaTime,
                _ => (TimeSpan?)null,
            };
            entry.Begin = entry.Begin is { } earlier && !(time < earlier) ? earlier : time;
            return entry.First is null;
        });
        entry.IsFinal = entry.First is not null || place < _entries.Count - 1;
    }

    private IndexSegment Load(Entry entry)
    {
        if (entry.Segment is { } segment)
            return segment;

        entry.Segment = segment = new IndexSegment(entry.Path, identify());
        _loaded.AddLast(entry);
        if (_loaded.Count > MaxLoaded)
        {
            _loaded.First!.Value.Segment = null;
            _loaded.RemoveFirst();
        }

        segment.Refresh();
        return segment;
    }

    private sealed class Entry(int firstExtent, string path)
    {
        public int FirstExtent { get; } = firstExtent;
        public string Path { get; } = path;
        public Blob? First { get; set; }
        public TimeSpan? Begin { get; set; }
        public bool IsFinal { get; set; }
        public IndexSegment? Segment { get; set; }
    }
}
