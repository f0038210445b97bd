using Recorder.Contracts;
using Recorder.Media;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Catalogue;

/// <summary>The changes of events, folded: one per extent and one per recording, however many blobs came.</summary>
internal sealed class CatalogueChanges
{
    private readonly Dictionary<RecordingKey, RecordingChange> _recordings = [];
    private readonly Dictionary<(RecordingKey Recording, int Number), Extent> _extents = [];
    private readonly List<GapRecorded> _gaps = [];
    private readonly List<Marked> _marks = [];
    private readonly Dictionary<RecorderId, long> _sequences = [];

    public IReadOnlyDictionary<RecordingKey, RecordingChange> Recordings => _recordings;
    public IReadOnlyDictionary<(RecordingKey Recording, int Number), Extent> Extents => _extents;
    public IReadOnlyList<GapRecorded> Gaps => _gaps;
    public IReadOnlyList<Marked> Marks => _marks;
    public IReadOnlyDictionary<RecorderId, long> Sequences => _sequences;

    public static CatalogueChanges Of(IEnumerable<IEvent> events)
    {
        var changes = new CatalogueChanges();
        foreach (var raised in events)
            changes.Add(raised);

        return changes;
    }

    /// <summary>Restores lost events, without the event numbers from which recorders continue.</summary>
    public static CatalogueChanges WithoutSequences(IEnumerable<IEvent> events)
    {
        var changes = Of(events);
        changes._sequences.Clear();
        return changes;
    }

    /// <summary>The events of a recorder must come in order.</summary>
    public void Add(IEvent raised)
    {
        _sequences[raised.Recorder] = raised.Sequence;
        switch (raised)
        {
            case Started started:
                Change(raised, started.Recording, change => change with
                {
                    MimeType = started.MimeType,
                    StartedAt = change.StartedAt ?? started.At,
                    IsRunning = true,
                    Stopped = null,
                });
                break;
            case DataAvailable { Data.Length: > 0 } data:
                Add(data);
                break;
            case BlobDurable durable:
                Change(raised, durable.Recording, change => change with { DurableThrough = Math.Max(change.DurableThrough, durable.Through) });
                break;
            case GapRecorded gap:
                Change(raised, gap.Recording, change => change);
                _gaps.Add(gap);
                break;
            case Marked mark:
                Change(raised, mark.Recording, change => change);
                _marks.Add(mark);
                break;
            case Stopped stopped:
                Change(raised, stopped.Recording, change => change with { Stopped = stopped, IsRunning = false });
                break;
            default:
                break;
        }
    }

    private void Add(DataAvailable data)
    {
        var blob = data.Data;
        var key = new RecordingKey(data.Recorder, blob.Recording);
        var end = blob.MediaTime + blob.Duration;
        Change(data, blob.Recording, change => change with
        {
            // Blobs after a new track have a new type.
            MimeType = blob.Type.Length > 0 ? blob.Type : change.MimeType,
            Folder = Path.GetDirectoryName(blob.Path),
            CapturedAt = change.CapturedAt ?? blob.CapturedAt,
            End = end > change.End ? end : change.End,
            Bytes = change.Bytes + blob.Length,
            Blobs = change.Blobs + 1,
        });
        _extents[(key, blob.Extent)] = _extents.TryGetValue((key, blob.Extent), out var extent)
            ? extent with
            {
                Bytes = Math.Max(extent.Bytes, blob.Offset + blob.Length),
                Duration = end - extent.MediaTime > extent.Duration ? end - extent.MediaTime : extent.Duration,
                LastBlob = blob.Number,
            }
            : new Extent
            {
                Number = blob.Extent,
                Path = blob.Path,
                Bytes = blob.Offset + blob.Length,
                MediaTime = blob.MediaTime,
                Duration = blob.Duration,
                CapturedAt = blob.CapturedAt,
                FirstBlob = blob.Number,
                LastBlob = blob.Number,
                Epoch = blob.Epoch,
            };
    }

    private void Change(IEvent raised, RecordingId recording, Func<RecordingChange, RecordingChange> change)
    {
        var key = new RecordingKey(raised.Recorder, recording);
        _recordings[key] = change(_recordings.GetValueOrDefault(key) ?? new RecordingChange(raised.At));
    }

    internal sealed record RecordingChange(DateTimeOffset SeenAt)
    {
        public string? MimeType { get; init; }
        public string? Folder { get; init; }
        public DateTimeOffset? StartedAt { get; init; }
        public DateTimeOffset? CapturedAt { get; init; }

        /// <summary>Whether it was started, or continued, after its last stop.</summary>
        public bool IsRunning { get; init; }

        public Stopped? Stopped { get; init; }
        public TimeSpan End { get; init; }
        public long Bytes { get; init; }
        public long Blobs { get; init; }
        public long DurableThrough { get; init; }
    }
}
