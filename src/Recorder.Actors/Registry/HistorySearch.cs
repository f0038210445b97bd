using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Timing;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Registry;

/// <summary>One search for the history of one recorder; see <see cref="HistoryFinder"/>.</summary>
internal sealed class HistorySearch(
    SqlCatalogue catalogue, RecorderFolder folder, SearchOptions options, NodeClock? clock, TimeProvider time, CancellationToken cancellationToken)
{
    // Many more events than a process can write between two transactions of the catalogue. More missing events than these show that the
    // catalogue was lost: it is filled again, and no event is published.
    private const int MaximumMissing = 10_000;

    private readonly List<IEvent> _missing = [];
    private readonly HashSet<RecordingId> _stored = [];
    private long _lastSequence;
    private InterruptedRecording? _interrupted;

    public async Task<FoundHistory> RunAsync()
    {
        _lastSequence = await catalogue.Journal.LastSequenceAsync(folder.Recorder, cancellationToken).ConfigureAwait(false);
        var recordings = await Task.Run(folder.ListRecordings, cancellationToken).ConfigureAwait(false);
        var open = await ListOpenAsync(recordings).ConfigureAwait(false);
        foreach (var (recording, row) in open)
        {
            // A clock that was wrong may have given a later name to a recording that ended earlier.
            var isLast = recording == recordings[^1] || (row is not null && recording == open[^1].Recording);
            await SearchRecordingAsync(recording, row is not null, options.Continues(recording, isLast)).ConfigureAwait(false);
        }

        await StopUnstoredAsync().ConfigureAwait(false);
        return new FoundHistory(new RecorderHistory(_lastSequence, recordings.Count, _interrupted), _missing);
    }

    // The recordings in the folder that have not ended, with their rows in the catalogue.
    private async Task<List<(RecordingId Recording, RecordingRow? Row)>> ListOpenAsync(IReadOnlyList<RecordingId> recordings)
    {
        var open = new List<(RecordingId, RecordingRow?)>();
        foreach (var recording in recordings)
        {
            var row = await catalogue.FindRecordingAsync(new RecordingKey(folder.Recorder, recording), cancellationToken).ConfigureAwait(false);
            if (row is null ? folder.HasFiles(recording) : row.EndedAt is null)
                open.Add((recording, row));
        }

        return open;
    }

    private async Task SearchRecordingAsync(RecordingId recording, bool isInCatalogue, bool continues)
    {
        var key = new RecordingKey(folder.Recorder, recording);
        var recovered = await Task.Run(() => folder.Recover(recording, continues, options.Reason), cancellationToken).ConfigureAwait(false);
        if (recovered is null)
            return;

        var reader = folder.OpenReader(recording);
        var comparison = await CatalogueComparison.CreateAsync(catalogue, key, reader, cancellationToken).ConfigureAwait(false);
        var lastBlob = isInCatalogue ? await comparison.RemoveLostBlobsAsync().ConfigureAwait(false) : 0;
        var description = recovered.Description;
        if (description is { StopReason: not null, Blobs: 0 })
        {
            // A recording without media is removed. If its start event was published, a stop event follows.
            await Task.Run(() => folder.RemoveIfEmpty(recording), cancellationToken).ConfigureAwait(false);
            return;
        }

        _stored.Add(recording);
        var interrupted = continues ? clock?.CorrectEnd(recovered.Interrupted) ?? recovered.Interrupted : null;
        _interrupted = interrupted ?? (options.MayRecordElsewhere ? _interrupted : null);
        var lines = await Task.Run(() => reader.ReadAfter(lastBlob), cancellationToken).ConfigureAwait(false);
        var hasMissingError = description.Error is not null
            && !await catalogue.Journal.HasErrorSinceAsync(folder.Recorder, description.StartedAt, cancellationToken).ConfigureAwait(false);
        await AddMissingAsync(RecordedEvents.Build(
            key, !isInCatalogue, description, [.. lines.Where(line => !comparison.IsPublished(line))], interrupted is null, hasMissingError,
            _lastSequence, time.GetUtcNow())).ConfigureAwait(false);
    }

    private async Task AddMissingAsync(List<IEvent> events)
    {
        var stopped = options.MayRecordElsewhere ? events.LastOrDefault() as Stopped : null;
        if (stopped is not null)
            events.RemoveAt(events.Count - 1);

        events = await StampAsync(events).ConfigureAwait(false);
        if (events.Count > MaximumMissing)
        {
            await catalogue.Journal.AppendAsync([], CatalogueChanges.WithoutSequences(events), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            _lastSequence += events.Count;
            _missing.AddRange(events);
            if (options.MayRecordElsewhere && events.Count > 0)
                await catalogue.Journal.AppendAsync(events, null, cancellationToken).ConfigureAwait(false);
        }

        if (stopped is not null)
        {
            // After the media: the catalogue takes a recording with later media for one that continues.
            await catalogue.Updates.ApplyAsync(CatalogueChanges.WithoutSequences([stopped]), cancellationToken).ConfigureAwait(false);
        }
    }

    // They were raised, or should have been, under the tenure of the recorder's last event on this node.
    private async Task<List<IEvent>> StampAsync(List<IEvent> events) =>
        events.Count == 0 || await catalogue.Journal.LastTenureAsync(folder.Recorder, cancellationToken).ConfigureAwait(false) is not { } tenure
            ? events
            : [.. events.Select(raised => raised is RaisedEvent missing ? (IEvent)(missing with { Tenure = tenure, Before = null }) : raised)];

    // Ends the recordings whose start event was published before anything was on disk.
    private async Task StopUnstoredAsync()
    {
        foreach (var key in await catalogue.ListOpenRecordingsAsync(folder.Recorder, cancellationToken).ConfigureAwait(false))
        {
            if (_stored.Contains(key.Recording) || options.Continues(key.Recording, false))
                continue;

            var stopped = new Stopped(folder.Recorder, _lastSequence + 1, time.GetUtcNow(), key.Recording, options.Reason);
            if (options.MayRecordElsewhere)
            {
                await catalogue.Updates.ApplyAsync(CatalogueChanges.WithoutSequences([stopped]), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                _missing.Add(stopped);
                _lastSequence++;
            }
        }
    }
}
