using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.Testing;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Tests.Model;

/// <summary>
/// Reads a recorder's events in order and reports errors: a wrong number or order, a blob that does not follow the last one or differs from the
/// disk, or a wrong sum.
/// </summary>
internal sealed partial class Transcript(FaultyDisk disk)
{
    private readonly List<(RecordingId Id, int Number, Stopped Stop, List<Blob> Blobs)> _complete = [];
    private readonly StringBuilder _order = new();
    private readonly List<Blob> _blobs = [];
    private RecordingId? _recording;
    private Started? _started;
    private ErrorName? _error;
    private TimeSpan _timecode;
    private long _durable;
    private DateTimeOffset _at;

    /// <summary>Events read so far.</summary>
    public int Count { get; private set; }

    /// <summary>The causes of all gaps and the ends of all recordings, as text.</summary>
    public HashSet<string> Seen { get; } = [];

    /// <summary>Reads the new events.</summary>
    public (RecorderModel Next, string? Difference) Read(IReadOnlyList<IEvent> events, RecorderModel model)
    {
        for (; Count < events.Count; Count++)
        {
            var (next, difference) = Read(events[Count], model);
            if (difference is not null)
                return (model, difference);

            model = next;
        }

        return (model, null);
    }

    /// <summary>Checks, when every recording is closed and the disk works, that nothing is missing and nothing is left over.</summary>
    public string? AtRest(RecorderModel model, Status status)
    {
        if (_complete.Count > 0 && _complete[^1].Stop is var last &&
            (status.Recording, status.Bytes, status.Blobs, status.Duration) !=
            (last.Recording, last.Bytes, last.Blobs, last.Duration))
        {
            return $"The status differs from the last stop: {status}";
        }

        if (_complete.Count != model.Recordings.Count || _order.Length > 0)
            return $"{_complete.Count} of {model.Recordings.Count} recordings are complete; behind the last: '{_order}'.";

        return _complete.Where(recording => !model.Recordings[recording.Number].IsDoubtful)
            .Select(recording => FilesOf(recording.Id, recording.Stop, recording.Blobs))
            .FirstOrDefault(difference => difference is not null);
    }

    private (RecorderModel Next, string? Difference) Read(IEvent raised, RecorderModel model)
    {
        var late = raised.At < _at;
        _at = raised.At;
        if (raised.Sequence != Count + 1 || late)
            return (model, $"Event {Count + 1} has number {raised.Sequence} and time {raised.At:O}.");

        if (_complete.Count >= model.Recordings.Count)
            return (model, $"Event {raised} belongs to no recording.");

        _ = raised is BlobDurable or StorageChanged ? _order : _order.Append(raised switch
        {
            Started => 's',
            DataAvailable => 'd',
            Paused => 'p',
            Resumed => 'r',
            GapRecorded => 'g',
            SourceChanged => 'c',
            ErrorRaised => 'e',
            Stopped => 'x',
            _ => '?',
        });
        var difference = raised switch
        {
            Started start => Read(start),
            DataAvailable data => Belongs(data.Data.Recording) ?? Read(data),
            GapRecorded gap => Belongs(gap.Recording) ?? Read(gap, model),
            Stopped stop => Belongs(stop.Recording) ?? Read(stop),
            ErrorRaised error => Read(error),
            BlobDurable durable => Belongs(durable.Recording) ?? Read(durable),
            _ => null,
        };
        return difference is not null || raised is not Stopped stopped ? (model, difference) : Complete(stopped, model);
    }

    private string? Belongs(RecordingId recording)
    {
        _recording ??= recording;
        return _recording == recording ? null : $"Recordings {_recording} and {recording} mix.";
    }

    private string? Read(Started start)
    {
        var again = _started is not null;
        _started = start;
        return again ? "start was raised twice." : Belongs(start.Recording);
    }

    private string? Read(ErrorRaised error)
    {
        var again = _error is not null;
        _error = error.Error.Name;
        Seen.Add($"error {_error}");
        return again
            ? $"A second error was raised: {error.Error}"
            : error.Error.Message.StartsWith("The recorder failed unexpectedly", StringComparison.Ordinal)
                ? error.Error.Message
                : null;
    }

    private string? Read(GapRecorded gap, RecorderModel model)
    {
        Seen.Add($"gap {gap.Cause}");
        return !model.Losses.Contains(gap.Cause) ? $"A gap has an impossible cause: {gap.Cause}, {gap.Detail}"
            : gap.Duration < TimeSpan.Zero || gap.MediaTime < TimeSpan.Zero || gap.Packets < 0
                ? $"A gap of {gap.Duration} at {gap.MediaTime}."
            : null;
    }

    private string? Read(DataAvailable data)
    {
        var (blob, last) = (data.Data, _blobs.LastOrDefault());
        var (timecode, follows) = (_timecode, last is null || blob.Extent == last.Extent
            ? blob.Offset == (last?.Offset + last?.Length ?? 0)
            : blob.Extent == last.Extent + 1 && blob.Offset == 0);
        _blobs.Add(blob);
        _timecode = data.Timecode;
        return blob.Number != _blobs.Count ? $"Blob {blob.Number} is number {_blobs.Count}."
            : data.Timecode < timecode || (_blobs.Count == 1 && data.Timecode != TimeSpan.Zero)
                ? $"Timecode {data.Timecode} after {timecode}."
            : !follows
                ? $"Blob {blob.Number} begins at {blob.Offset} of extent {blob.Extent}, behind {last?.Offset} + {last?.Length}."
            : _started is null && blob.Length > 0 ? "Data was raised before start."
            : blob.Length < 0 || blob.Duration < TimeSpan.Zero ? $"Blob {blob.Number} has {blob.Length} bytes of {blob.Duration}."
            : ContentOf(blob);
    }

    private string? Read(BlobDurable durable)
    {
        var before = _durable;
        _durable = durable.Through;
        return durable.Through <= before || durable.Through > _blobs.Count
            ? $"Durable through blob {durable.Through}, after {before}; {_blobs.Count} were announced."
            : null;
    }

    private string? ContentOf(Blob blob)
    {
        if (blob.Length == 0)
            return null;

        var file = disk.Read(blob.Path);
        if (file.Length < blob.Offset + blob.Length)
            return $"Blob {blob.Number} ends at {blob.Offset + blob.Length}, its file at {file.Length}.";

        // A container is completed in place after its index line is written, so it may be complete, not yet complete, or partly after a disk fault.
        var bytes = file.AsSpan((int)blob.Offset, (int)blob.Length);
        var crc = Crc32C.Append(Crc32C.Empty, bytes);
        return crc == blob.Crc32C ||
            (Completion(blob) is { } line && line.Blobs.Last(known => known.Seq == blob.Number).Crc32C ==
                Redone(file, line, blob))
            ? null
            : $"Blob {blob.Number} has checksum {blob.Crc32C:x8}, what is on disk {crc:x8}.";
    }

    private static string Redone(byte[] file, IndexLine.FinaliseLine line, Blob blob)
    {
        foreach (var patch in line.Patches)
            patch.Bytes.Span.CopyTo(file.AsSpan((int)patch.Offset));

        return IndexLine.Hex(Crc32C.Append(Crc32C.Empty, file.AsSpan((int)blob.Offset, (int)blob.Length)));
    }

    private IndexLine.FinaliseLine? Completion(Blob blob) => IndexOf(blob.Path)
        .Select(line => line.Finalise).OfType<IndexLine.FinaliseLine>()
        .LastOrDefault(finalise => finalise.Extent == blob.Extent && finalise.Blobs.Any(known => known.Seq == blob.Number));

    private IEnumerable<IndexLine> IndexOf(string extent) =>
        Encoding.UTF8.GetString(disk.Read(Path.Combine(Path.GetDirectoryName(extent)!, "index.jsonl")))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize(line, StorageJsonContext.Default.IndexLine)!);

    private string? Read(Stopped stop)
    {
        var order = _order.ToString();
        var kept = _blobs.Where(blob => blob.Length > 0).ToList();
        var rule = _started is not null ? Begun() : _error == ErrorName.NotSupportedError ? NeverPossible() : NeverBegun();
        return !rule.IsMatch(order)
                ? $"The order of events is '{order}', which is not {rule}."
            : stop.Bytes != kept.Sum(blob => blob.Length) || stop.Blobs != kept.Count
                ? $"stop says {stop.Bytes} bytes in {stop.Blobs} blobs; there are {kept.Count} blobs."
            : stop.Duration != kept.Select(blob => blob.MediaTime + blob.Duration).DefaultIfEmpty().Max()
                ? $"stop says {stop.Duration}."
            : null;
    }

    private (RecorderModel Next, string? Difference) Complete(Stopped stop, RecorderModel model)
    {
        var number = _complete.Count;
        var (next, difference) = model.Close(number, new Ending(stop.Reason, _error), _started?.Tracks.Count > 0, stop.Bytes);
        Seen.Add($"stop {stop.Reason}");
        _complete.Add((stop.Recording, number, stop, [.. _blobs]));
        _order.Clear();
        _blobs.Clear();
        (_recording, _started, _error, _timecode, _durable) = (null, null, null, TimeSpan.Zero, 0);
        return (next, difference);
    }

    private string? FilesOf(RecordingId id, Stopped stop, List<Blob> blobs)
    {
        var files = disk.Paths.Where(path => path.Contains($"/{id}/0", StringComparison.Ordinal)).ToList();
        var kept = blobs.Where(blob => blob.Length > 0).GroupBy(blob => blob.Path)
            .ToDictionary(group => group.Key, group => group.Last());
        var wrong = files.Find(file =>
            disk.Read(file).Length != (kept.TryGetValue(file, out var last) ? last.Offset + last.Length : 0));
        if (wrong is not null)
            return $"{wrong} has {disk.Read(wrong).Length} bytes; its blobs end at {kept.GetValueOrDefault(wrong)}.";

        var index = kept.Count == 0 ? [] : IndexOf(kept.Keys.First()).Where(line => line.Seq is not null).ToList();
        return index.Count == stop.Blobs ? blobs.Select(ContentOf).FirstOrDefault(difference => difference is not null)
            : $"The index has {index.Count} blobs; {stop.Blobs} were announced.";
    }

    [GeneratedRegex("^[cprd]*s[dprgc]*(eg*)?dx$")]
    private static partial Regex Begun();

    [GeneratedRegex("^[cprd]*edx$")]
    private static partial Regex NeverBegun();

    [GeneratedRegex("^[cprd]*ex$")]
    private static partial Regex NeverPossible();
}
