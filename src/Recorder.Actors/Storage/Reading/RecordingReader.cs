using Recorder.Contracts;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Storage.Reading;

/// <summary>
/// Reads a recording from its files, also while it is being written: each call sees what was announced until then. Only the segments
/// of the index that an interval touches are read, and the last one only as far as it grew since. Safe to use from any thread.
/// </summary>
internal sealed class RecordingReader
{
    // An interval that is paged through touches the same segments again and again.
    private const int KeptSegments = 4;

    private readonly Lock _gate = new();
    private readonly RecordingLayout _layout;
    private readonly List<Part> _parts = [];
    private readonly LinkedList<Part> _kept = [];
    private RecordingDescription _description;
    private RecordingIdentity _identity;

    private RecordingReader(RecordingLayout layout, RecordingDescription description)
    {
        (_layout, _description) = (layout, description);
        _identity = Identify();
        foreach (var (first, path) in layout.IndexSegments())
        {
            _parts.Add(new Part(first, path));
        }
    }

    /// <summary>What <c>recording.json</c> says now.</summary>
    public RecordingDescription Description
    {
        get
        {
            lock (_gate)
            {
                return Describe();
            }
        }
    }

    /// <summary>Opens a recording; nothing but its description is read yet.</summary>
    /// <param name="path">Its folder, or its file where it is one that a user named.</param>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It has no description that can be read.</exception>
    public static RecordingReader Open(string path)
    {
        var layout = RecordingLayout.At(path);
        return new RecordingReader(layout, StorageJson.ReadDescription(layout.Description) ??
            throw new InvalidDataException($"'{layout.Description}' is missing or damaged: run 'recorder repair'."));
    }

    /// <summary>What overlaps an interval of the recording's timeline; null is its beginning or its end.</summary>
    public RecordingContent Read(TimeSpan? from = null, TimeSpan? to = null)
    {
        var (begin, end) = (from ?? TimeSpan.MinValue, to ?? TimeSpan.MaxValue);
        lock (_gate)
        {
            var blobs = new List<Blob>();
            var gaps = new List<RecorderProtocol.GapRecorded>();
            var marks = new List<RecorderProtocol.Marked>();
            var start = LastPartWhere(place => FirstBlob(place)?.MediaTime <= begin);
            for (var place = Math.Max(start, 0); place < _parts.Count && Begins(place) < end; place++)
            {
                var segment = Load(_parts[place]);
                blobs.AddRange(segment.Blobs.Take(Part.Between(segment.Blobs, begin, end)));
                gaps.AddRange(segment.Gaps.Where(gap => gap.MediaTime < end && (gap.MediaTime + gap.Duration > begin || gap.MediaTime >= begin)));
                marks.AddRange(segment.Marks.Where(mark => mark.MediaTime >= begin && mark.MediaTime < end));
            }

            return new RecordingContent(Present(blobs), gaps, marks);
        }
    }

    /// <summary>
    /// What the index says behind the line of a blob, in the order of its lines, which is that of the events: what is new to a reader that
    /// has seen that blob. Not by time: a gap that began before the blob ended may have been stated after it.
    /// </summary>
    /// <param name="number">The blob's number; 0 is before all.</param>
    public IReadOnlyList<RecordedLine> ReadAfter(long number)
    {
        lock (_gate)
        {
            var lines = new List<RecordedLine>();
            var start = LastPartWhere(place => FirstBlob(place)?.Number <= number);
            for (var place = Math.Max(start, 0); place < _parts.Count; place++)
            {
                var segment = Load(_parts[place]);
                lines.AddRange(segment.LinesFrom(Part.Search(segment.Blobs, blob => blob.Number > number)));
            }

            var first = Present([.. lines.Select(line => line.Blob).OfType<Blob>()]) is [var present, ..] ? present.Number : long.MaxValue;
            return [.. lines.Where(line => line.Blob is null || line.Blob.Number >= first)];
        }
    }

    /// <summary>A blob by its number; null when there is none, not yet or no longer.</summary>
    public Blob? FindBlob(long number)
    {
        lock (_gate)
        {
            var part = _parts.ElementAtOrDefault(LastPartWhere(place => FirstBlob(place)?.Number <= number));
            if (part is null)
            {
                return null;
            }

            var blobs = Load(part).Blobs;
            var place = Part.Search(blobs, blob => blob.Number >= number);
            return place < blobs.Count && blobs[place].Number == number && File.Exists(blobs[place].Path) ? blobs[place] : null;
        }
    }

    /// <summary>The last blob so far; null while there is none.</summary>
    public Blob? LastBlob()
    {
        lock (_gate)
        {
            FollowTail();
            for (var place = _parts.Count - 1; place >= 0; place--)
            {
                if (Load(_parts[place]).Blobs is [.., var last])
                {
                    return last;
                }
            }

            return null;
        }
    }

    // Retention takes whole extents, oldest first; the lines of a segment stay until all of its extents are gone.
    private static List<Blob> Present(List<Blob> blobs)
    {
        var gone = 0;
        while (gone < blobs.Count && !File.Exists(blobs[gone].Path))
        {
            var extent = blobs[gone].Extent;
            gone = Part.Search(blobs, blob => blob.Extent > extent);
        }

        return gone == 0 ? blobs : blobs[gone..];
    }

    private int LastPartWhere(Predicate<int> isBefore)
    {
        FollowTail();
        var (low, high) = (0, _parts.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = isBefore(middle) ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }

    // The last segment says itself when another follows it; retention takes the first.
    private void FollowTail()
    {
        while (_parts.Count > 0 && !File.Exists(_parts[0].Path))
        {
            _kept.Remove(_parts[0]);
            _parts.RemoveAt(0);
        }

        if (_parts.Count == 0 && File.Exists(_layout.Index))
        {
            _parts.Add(new Part(1, _layout.Index));
        }

        while (_parts is [.., var last])
        {
            Refresh(last);
            if (last.Segment!.Next is not { } next || next <= last.FirstExtent)
            {
                return;
            }

            _parts.Add(new Part(next, _layout.IndexSegment(next)));
        }
    }

    private IndexSegment Load(Part part)
    {
        if (part.Segment is null)
        {
            Refresh(part);
        }

        return part.Segment!;
    }

    private void Refresh(Part part)
    {
        if (_identity.MimeType.Length == 0)
        {
            Describe();
        }

        if (part.Segment is null)
        {
            part.Segment = new IndexSegment(part.Path, _identity);
            _kept.AddLast(part);
            if (_kept.Count > KeptSegments)
            {
                _kept.First!.Value.Segment = null;
                _kept.RemoveFirst();
            }
        }

        part.Segment.Refresh();
    }

    // The first blob from a segment on. A node that was killed before its first blob leaves a segment without any: what it stands for in the
    // order of segments is the next one's, or a search by blobs would end at it.
    private Blob? FirstBlob(int place)
    {
        for (; place < _parts.Count; place++)
        {
            Look(place);
            if (_parts[place].First is { } first)
            {
                return first;
            }
        }

        return null;
    }

    // Where a segment begins on the timeline, its gaps and marks among the rest; one that says nothing yet is everywhere.
    private TimeSpan Begins(int place)
    {
        Look(place);
        return _parts[place].Begins ?? TimeSpan.MinValue;
    }

    // Only the last segment grows.
    private void Look(int place)
    {
        var part = _parts[place];
        if (part.IsKnown)
        {
            return;
        }

        var position = 0L;
        part.Begins = null;
        IndexLines.Read(part.Path, ref position, (line, _) =>
        {
            part.First = line?.Seq is null ? null : _identity.BlobOf(line, []);
            var time = part.First?.MediaTime ?? (line?.Gap is { } gap ? _identity.GapOf(gap).MediaTime : line?.Mark is { } mark ? _identity.MarkOf(mark).MediaTime : null);
            part.Begins = part.Begins is { } earlier && !(time < earlier) ? earlier : time;
            return part.First is null;
        });
        part.IsKnown = part.First is not null || place < _parts.Count - 1;
    }

    private RecordingDescription Describe()
    {
        if (StorageJson.ReadDescription(_layout.Description) is { } description)
        {
            _description = description;
            _identity = Identify();
        }

        return _description;
    }

    private RecordingIdentity Identify()
    {
        var extension = MediaMimeType.TryParse(_description.MimeType, out var type) ? CodecTable.Extension(type.Container) : ".mp4";
        return new RecordingIdentity(
            new RecorderId(_description.Recorder), new RecordingId(_description.Recording), _description.MimeType,
            number => _layout.Extent(number, extension));
    }

    /// <summary>One segment of the index, read or not.</summary>
    private sealed class Part(int firstExtent, string path)
    {
        public int FirstExtent { get; } = firstExtent;

        public string Path { get; } = path;

        /// <summary>Its first blob.</summary>
        public Blob? First { get; set; }

        /// <summary>The earliest time that it speaks of up to its first blob.</summary>
        public TimeSpan? Begins { get; set; }

        /// <summary>Whether both stay as they are.</summary>
        public bool IsKnown { get; set; }

        public IndexSegment? Segment { get; set; }

        public static Range Between(IReadOnlyList<Blob> blobs, TimeSpan begin, TimeSpan end)
        {
            var start = Search(blobs, blob => blob.MediaTime + blob.Duration > begin || blob.MediaTime >= begin);
            return start..Math.Max(start, Search(blobs, blob => blob.MediaTime >= end));
        }

        /// <summary>The place of the first blob of which something is true that is true of all behind it.</summary>
        public static int Search(IReadOnlyList<Blob> blobs, Predicate<Blob> holds)
        {
            var (low, high) = (0, blobs.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = holds(blobs[middle]) ? (low, middle) : (middle + 1, high);
            }

            return low;
        }
    }
}
