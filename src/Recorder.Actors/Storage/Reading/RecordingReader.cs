using Recorder.Contracts;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Storage.Reading;

/// <summary>Reads a recording, also while it is being written: each call sees everything announced before. Only the index
/// segments that an interval touches are read, and of the last one only its new lines. Safe to use from any thread.</summary>
internal sealed class RecordingReader
{
    private readonly Lock _gate = new();
    private readonly RecordingLayout _layout;
    private readonly IndexSegmentList _segments;
    private RecordingDescription _description;
    private RecordingIdentity _identity;

    private RecordingReader(RecordingLayout layout, RecordingDescription description)
    {
        (_layout, _description) = (layout, description);
        _identity = IdentityOf(description);
        _segments = new IndexSegmentList(layout, () =>
        {
            if (_identity.MimeType.Length == 0)
                ReadDescription();

            return _identity;
        });
    }

    public RecordingDescription Description
    {
        get
        {
            lock (_gate)
            {
                ReadDescription();
                return _description;
            }
        }
    }

    /// <summary>Reads only the description yet; throws <see cref="InvalidDataException"/> if that is not possible.</summary>
    public static RecordingReader Open(string path)
    {
        var layout = RecordingLayout.At(path);
        return new RecordingReader(layout, StorageJson.ReadDescription(layout.Description) ??
            throw new InvalidDataException($"'{layout.Description}' is missing or damaged: run 'recorder repair'."));
    }

    /// <summary>Everything that overlaps an interval; null is the beginning or the end of the recording.</summary>
    public RecordingContent Read(TimeSpan? from = null, TimeSpan? to = null)
    {
        var (begin, end) = (from ?? TimeSpan.MinValue, to ?? TimeSpan.MaxValue);
        lock (_gate)
        {
            var blobs = new List<Blob>();
            var gaps = new List<RecorderProtocol.GapRecorded>();
            var marks = new List<RecorderProtocol.Marked>();
            _segments.Refresh();
            var start = Math.Max(0, _segments.LastWhere(blob => blob.MediaTime <= begin));
            for (var place = start; place < _segments.Count && _segments.Begin(place) < end; place++)
            {
                var segment = _segments.Load(place);
                blobs.AddRange(segment.Blobs.Take(BlobSearch.Between(segment.Blobs, begin, end)));
                gaps.AddRange(segment.Gaps.Where(
                    gap => gap.MediaTime < end && (gap.MediaTime + gap.Duration > begin || gap.MediaTime >= begin)));
                marks.AddRange(segment.Marks.Where(mark => mark.MediaTime >= begin && mark.MediaTime < end));
            }

            return new RecordingContent(WithoutDeleted(blobs), gaps, marks);
        }
    }

    /// <summary>Reads the lines after the one of a blob (0: all) in the order of the events, which is not by time: a gap that
    /// began before the end of a blob may have been written after it.</summary>
    public IReadOnlyList<RecordedLine> ReadAfter(long number)
    {
        lock (_gate)
        {
            var lines = new List<RecordedLine>();
            _segments.Refresh();
            for (var place = Math.Max(0, _segments.LastWhere(blob => blob.Number <= number)); place < _segments.Count; place++)
            {
                var segment = _segments.Load(place);
                lines.AddRange(segment.LinesFrom(BlobSearch.FirstWhere(segment.Blobs, blob => blob.Number > number)));
            }

            var blobs = WithoutDeleted([.. lines.Select(line => line.Blob).OfType<Blob>()]);
            var first = blobs is [var oldest, ..] ? oldest.Number : long.MaxValue;
            return [.. lines.Where(line => line.Blob is null || line.Blob.Number >= first)];
        }
    }

    public Blob? FindBlob(long number)
    {
        lock (_gate)
        {
            _segments.Refresh();
            var segment = _segments.LastWhere(blob => blob.Number <= number);
            if (segment < 0)
                return null;

            var blobs = _segments.Load(segment).Blobs;
            var place = BlobSearch.FirstWhere(blobs, blob => blob.Number >= number);
            return place < blobs.Count && blobs[place].Number == number && File.Exists(blobs[place].Path) ? blobs[place] : null;
        }
    }

    public Blob? LastBlob()
    {
        lock (_gate)
        {
            _segments.Refresh();
            for (var place = _segments.Count - 1; place >= 0; place--)
            {
                if (_segments.Load(place).Blobs is [.., var last])
                    return last;
            }

            return null;
        }
    }

    // Retention deletes whole extents, oldest first, but an index segment only with the last of its extents.
    private static List<Blob> WithoutDeleted(List<Blob> blobs)
    {
        var deleted = 0;
        while (deleted < blobs.Count && !File.Exists(blobs[deleted].Path))
        {
            var extent = blobs[deleted].Extent;
            deleted = BlobSearch.FirstWhere(blobs, blob => blob.Extent > extent);
        }

        return deleted == 0 ? blobs : blobs[deleted..];
    }

    private void ReadDescription()
    {
        if (StorageJson.ReadDescription(_layout.Description) is { } description)
        {
            _description = description;
            _identity = IdentityOf(description);
        }
    }

    private RecordingIdentity IdentityOf(RecordingDescription description)
    {
        var extension = MediaMimeType.TryParse(description.MimeType, out var type) ? CodecTable.Extension(type.Container) : ".mp4";
        return new RecordingIdentity(
            new RecorderId(description.Recorder), new RecordingId(description.Recording), description.MimeType,
            number => _layout.Extent(number, extension));
    }
}
