using Recorder.Actors.Catalogue;
using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Reading;
using Recorder.Actors.Storage.Recovery;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Fleet;

/// <summary>
/// Finds out what a recorder was before: recovers what a process that died left, and compares it with the catalogue. What is on disk and
/// was never announced is announced now; what the catalogue lost altogether is only put into it again.
/// </summary>
internal sealed class RecorderPastFinder(SqlCatalogue catalogue, string folder, TimeProvider time) : IRecorderPast
{
    // What a process can have written between two transactions of the catalogue, and much more. Beyond it the catalogue was lost.
    private const int MostToAnnounce = 10_000;

    public async Task<RecorderPast> FindAsync(RecorderDefinition definition, CancellationToken ending)
    {
        var events = new List<IEvent>();
        var last = await catalogue.LastSequenceAsync(definition.Id, ending).ConfigureAwait(false);
        var recordings = await Task.Run(() => Recordings(definition.Id), ending).ConfigureAwait(false);
        InterruptedRecording? interrupted = null;
        foreach (var recording in recordings)
        {
            var key = new RecordingKey(definition.Id, recording);
            var known = await catalogue.FindRecordingAsync(key, ending).ConfigureAwait(false);
            if (known is { EndedAt: not null })
            {
                continue;
            }

            var toContinue = recording == recordings[^1] && definition.Desired != RecorderState.Inactive;
            var seen = known is null ? 0 : await LastBlobAsync(key, ending).ConfigureAwait(false);
            var (recovered, content) = await Task.Run(() => Recover(key, toContinue, seen), ending).ConfigureAwait(false);
            if (recovered is null)
            {
                continue;
            }

            interrupted = toContinue ? recovered.Interrupted : null;
            var unseen = await UnseenAsync(key, known, recovered.Description, content!, interrupted is null, last, ending).ConfigureAwait(false);
            if (unseen.Count <= MostToAnnounce)
            {
                last += unseen.Count;
                events.AddRange(unseen);
            }
            else
            {
                await catalogue.AppendAsync([], CatalogueChanges.OfLost(unseen), ending).ConfigureAwait(false);
            }
        }

        return new RecorderPast(new RecorderHistory(last, recordings.Count, interrupted), events);
    }

    private List<RecordingId> Recordings(RecorderId recorder)
    {
        var owned = Path.Combine(folder, recorder.Value);
        return !Directory.Exists(owned) ? [] :
        [
            .. Directory.EnumerateDirectories(owned).Select(Path.GetFileName).Order(StringComparer.Ordinal)
                .Where(name => RecordingId.TryParse(name, out _)).Select(name => new RecordingId(name!)),
        ];
    }

    private (RecoveredRecording?, RecordingContent?) Recover(RecordingKey key, bool toContinue, long seen)
    {
        var path = Path.Combine(folder, key.Recorder.Value, key.Recording.Value);
        var layout = RecordingLayout.At(path);
        if (layout.Extents().Count == 0 && !File.Exists(layout.Description))
        {
            return default;
        }

        var recovered = RecordingRecovery.Recover(layout, toContinue);
        return (recovered, RecordingReader.Open(path).ReadAfter(seen));
    }

    private async Task<long> LastBlobAsync(RecordingKey key, CancellationToken ending) =>
        (await catalogue.ListExtentsAsync(key, null, null, ending).ConfigureAwait(false)).Select(extent => extent.LastBlob).LastOrDefault();

    private async Task<List<IEvent>> UnseenAsync(
        RecordingKey key, RecordingRow? known, RecordingDescription description, RecordingContent content, bool isOver, long last,
        CancellationToken ending)
    {
        var now = time.GetUtcNow();
        var (recorder, recording) = key;
        var events = new List<IEvent>();
        if (known is null)
        {
            events.Add(new Started(recorder, ++last, description.StartedAt, recording, description.MimeType) { Tracks = description.Tracks });
        }

        events.AddRange(content.Blobs.Select(blob => new DataAvailable(recorder, ++last, now, blob, blob.MediaTime)));
        var gaps = (await catalogue.ListGapsAsync(key, null, null, ending).ConfigureAwait(false)).Select(gap => (gap.MediaTime, gap.From)).ToHashSet();
        events.AddRange(content.Gaps.Where(gap => !gaps.Contains((gap.MediaTime, gap.From))).Select(gap => gap with { Sequence = ++last, At = now }));
        var marks = (await catalogue.ListMarksAsync(key, ending).ConfigureAwait(false)).Select(mark => (mark.MediaTime, mark.Label)).ToHashSet();
        events.AddRange(
            content.Marks.Where(mark => !marks.Contains((mark.MediaTime, mark.Label))).Select(mark => mark with { Sequence = ++last, At = now }));
        if (isOver)
        {
            events.Add(new Stopped(recorder, ++last, description.EndedAt ?? now, recording, Reason(description))
            {
                Duration = TimeSpan.FromMilliseconds(description.DurationMs ?? 0),
                Bytes = description.Bytes ?? 0,
                Blobs = description.Blobs ?? 0,
            });
        }

        return events;
    }

    private static StopReason Reason(RecordingDescription description) =>
        Enum.TryParse<StopReason>(description.StopReason, out var reason) ? reason : StopReason.Crashed;
}
