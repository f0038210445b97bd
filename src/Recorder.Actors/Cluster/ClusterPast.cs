using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Registry;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Cluster;

/// <summary>
/// What a recorder goes on from when this node takes it: what the cluster knows, and what this node's own folder has of it from before.
/// </summary>
internal sealed class ClusterPast(
    HistoryFinder local, SqlCatalogue catalogue, Tenures tenures, string folder, ILogger logger, TimeProvider time) : IHistoryFinder, IDisposable
{
    private readonly ConcurrentDictionary<RecorderId, Claim> _claims = new();
    private readonly ConcurrentDictionary<RecorderId, int> _own = new();
    // Two that look through the same folder at once would both repair it.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The claim under which a recorder is about to be made.</summary>
    public void Expect(Claim claim)
    {
        _own.TryRemove(claim.Definition.Id, out _);
        _claims[claim.Definition.Id] = claim;
    }

    /// <summary>A recorder is about to be made as this node had it, while nobody can be asked whose it is.</summary>
    /// <returns>The token under which this node recorded it last.</returns>
    public async Task<long> ExpectOwnAsync(RecorderDefinition definition, CancellationToken ending)
    {
        var newest = await catalogue.ListRecordingsAsync(new RecordingQuery { Recorder = definition.Id, Limit = 1 }, ending).ConfigureAwait(false);
        var extents = newest.Count == 0 ? [] : await catalogue.ListExtentsAsync(newest[0].Key, null, null, ending).ConfigureAwait(false);
        return _own[definition.Id] = extents.Select(extent => extent.Epoch).DefaultIfEmpty(0).Max();
    }

    public async Task<FoundHistory> FindAsync(RecorderDefinition definition, CancellationToken ending)
    {
        if (_own.TryRemove(definition.Id, out var epoch))
        {
            var own = await local.FindAsync(definition, ending).ConfigureAwait(false);
            return own with { History = own.History with { Epoch = epoch } };
        }

        if (!_claims.TryGetValue(definition.Id, out var claim))
        {
            throw new InvalidOperationException($"Recorder '{definition.Id}' is not this node's.");
        }

        var goesOn = definition.Desired == RecorderState.Inactive ? null : claim.History.Continue;
        // What was left here under an older token is completed and told of late: its numbers are below those of this claim.
        var here = await FindLeftAsync(definition.Id, goesOn?.Recording, StopReason.Crashed, ending).ConfigureAwait(false);
        var missing = new List<IEvent>(here.Missing);
        var last = Math.Max(claim.History.LastSequence, here.History.LastSequence);
        foreach (var open in claim.Open.Where(open => open.Recording != goesOn?.Recording))
        {
            // Nobody else will end it.
            missing.Add(new Stopped(definition.Id, ++last, time.GetUtcNow(), open.Recording, StopReason.Crashed)
            {
                Duration = open.Duration,
                Bytes = open.Bytes,
                Blobs = open.LastBlob,
            });
        }

        var joined = await JoinAsync(definition.Id, goesOn, here.History.Continue, ending).ConfigureAwait(false);
        return new FoundHistory(
            new RecorderHistory(last, Math.Max(claim.History.Recordings, here.History.Recordings), joined)
            {
                Epoch = claim.History.Epoch,
            },
            missing);
    }

    /// <summary>Completes what this node has of a recorder that it gives up.</summary>
    /// <returns>What another goes on from.</returns>
    public async Task<RecorderHistory> LeaveAsync(RecorderId recorder)
    {
        var newest = await catalogue.ListRecordingsAsync(new RecordingQuery { Recorder = recorder, Limit = 1 }, CancellationToken.None).ConfigureAwait(false);
        var open = newest is [{ EndedAt: null } row] ? row.Key.Recording : (RecordingId?)null;
        var past = await FindLeftAsync(recorder, open, StopReason.Moved, CancellationToken.None).ConfigureAwait(false);
        await FindLeftAsync(recorder, null, StopReason.Moved, CancellationToken.None).ConfigureAwait(false);
        return past.History;
    }

    /// <summary>Completes what this folder has of recorders that are other nodes'.</summary>
    public async Task CompleteOthersAsync(CancellationToken ending)
    {
        foreach (var recorder in local.Recorders().Where(recorder => !tenures.Holds(recorder)))
        {
            try
            {
                await FindLeftAsync(recorder, null, StopReason.Crashed, ending, unlessHeld: true).ConfigureAwait(false);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or CatalogueUnavailableException)
            {
                ClusterLog.NotCompleted(logger, recorder, failed.Message);
            }
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<FoundHistory> FindLeftAsync(
        RecorderId recorder, RecordingId? goesOn, StopReason reason, CancellationToken ending, bool unlessHeld = false)
    {
        await _turn.WaitAsync(ending).ConfigureAwait(false);
        try
        {
            return unlessHeld && tenures.Holds(recorder)
                ? new FoundHistory(new RecorderHistory(0, 0), [])
                : await local.FindMovedAsync(recorder, goesOn, reason, ending).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    // The same recording on two nodes: behind whichever has more of it, and in a file that neither has.
    private async Task<InterruptedRecording?> JoinAsync(
        RecorderId recorder, InterruptedRecording? known, InterruptedRecording? here, CancellationToken ending)
    {
        if (known is null)
        {
            return null;
        }

        var layout = RecordingLayout.For(new RecordingTarget(folder), recorder, known.Recording);
        var extents = await catalogue.ListExtentsAsync(new RecordingKey(recorder, known.Recording), null, null, ending).ConfigureAwait(false);
        var further = here is null || known.Duration >= here.Duration ? known : here;
        // What was recorded here while this node was cut off may not be known to the others yet, and be complete already.
        if (extents.MaxBy(extent => extent.MediaTime + extent.Duration) is { } last && last.MediaTime + last.Duration > further.Duration)
        {
            further = further with { Duration = last.MediaTime + last.Duration, EndedAt = last.CapturedAt + last.Duration };
        }

        return further with
        {
            MimeType = known.MimeType,
            KeyPictures = known.KeyPictures,
            LastExtent = Math.Max(Math.Max(known.LastExtent, here?.LastExtent ?? 0), layout.LastExtentEver()),
            LastBlob = extents.Select(extent => extent.LastBlob).Append(here?.LastBlob ?? 0).Append(known.LastBlob).Max(),
            Bytes = Math.Max(Math.Max(known.Bytes, here?.Bytes ?? 0), extents.Sum(extent => extent.Bytes)),
        };
    }
}
