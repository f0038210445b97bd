using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Registry;
using Recorder.Actors.Storage;
using Recorder.Cluster.Events;
using Recorder.Cluster.Index;
using Recorder.Cluster.Tenures;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Cluster.Runtime;

/// <summary>
/// Finds where a recorder continues that this node takes: from what its holder handed over, or what the catalogue of all nodes says, and from what this
/// node's own folder has of it.
/// </summary>
/// <param name="findKnown">Reads the history of a recorder from the catalogue of all nodes, for a term.</param>
/// <param name="findKnownBefore">Finds the last event before a tenure's first.</param>
/// <param name="hasRaised">Whether events of a tenure are known.</param>
/// <param name="isHere">Whether a recorder is on this node.</param>
internal sealed class TakeOverHistory(
    HistoryFinder local, ICatalogue catalogue, Func<RecorderDefinition, long, CancellationToken, Task<ClaimHistory>> findKnown,
    Func<RecorderId, Tenure, EventNumber?> findKnownBefore, Func<RecorderId, Tenure, bool> hasRaised, Func<RecorderId, bool> isHere, string folder, ILogger logger, TimeProvider time) : IHistoryFinder, IDisposable
{
    private readonly ConcurrentDictionary<RecorderId, Expected> _expected = new();
    // Two searches of the same folder at once would both repair it.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>A recorder is about to be created here under a tenure.</summary>
    /// <param name="handedOver">Where its holder stopped; null when nobody could be asked.</param>
    public void Expect(RecorderDefinition definition, Tenure tenure, RecorderHistory? handedOver) => _expected.AddOrUpdate(
        definition.Id, _ => new Expected(tenure, handedOver, HasBegun: false),
        (_, known) => new Expected(tenure, handedOver, known.HasBegun && known.Tenure == tenure));

    /// <summary>A recorder raises its events under a tenure from now on.</summary>
    /// <returns>The last event before the tenure's first, as far as it is known here.</returns>
    public EventBefore? Begin(RecorderId recorder, Tenure tenure)
    {
        var handedOver = _expected.TryGetValue(recorder, out var known) && known.Tenure == tenure ? known.HandedOver : null;
        _expected[recorder] = new Expected(tenure, handedOver, HasBegun: true);
        return FindBefore(recorder, tenure, handedOver);
    }

    /// <summary>Under which tenure a recorder raised its last events on this node; null for none.</summary>
    public Tenure? FindBegun(RecorderId recorder) =>
        _expected.TryGetValue(recorder, out var known) && known.HasBegun ? known.Tenure : null;

    public async Task<FoundHistory> FindAsync(RecorderDefinition definition, CancellationToken cancellationToken)
    {
        if (!_expected.TryGetValue(definition.Id, out var expected))
            throw new InvalidOperationException($"Recorder '{definition.Id}' is not held by this node.");

        var known = await findKnown(definition, expected.Tenure.Term, cancellationToken).ConfigureAwait(false);
        var history = expected.HandedOver is { } handedOver
            ? handedOver with { Recordings = Math.Max(handedOver.Recordings, known.History.Recordings) }
            : known.History;
        var continued = definition.Desired == RecorderState.Inactive ? null : history.Continue ?? known.History.Continue;
        var here = await FindLeftAsync(definition.Id, continued?.Recording, StopReason.Crashed, cancellationToken).ConfigureAwait(false);
        var missing = new List<IEvent>(here.Missing);
        var last = Math.Max(history.LastSequence, here.History.LastSequence);
        var tenure = expected.Tenure.ToContract();
        var before = FindBefore(definition.Id, expected.Tenure, expected.HandedOver);
        var hasStopped = false;
        foreach (var open in known.Open.Where(open => open.Recording != continued?.Recording))
        {
            if (await HasStoppedHereAsync(new RecordingKey(definition.Id, open.Recording), cancellationToken).ConfigureAwait(false))
                continue;

            // Nobody else will end it.
            missing.Add(new Stopped(definition.Id, ++last, time.GetUtcNow(), open.Recording, StopReason.Crashed)
            {
                Duration = open.Duration,
                Bytes = open.Bytes,
                Blobs = open.LastBlob,
                Tenure = tenure,
                Before = before,
            });
            (before, hasStopped) = (null, true);
        }

        var joined = await JoinAsync(definition.Id, continued, here.History.Continue, cancellationToken).ConfigureAwait(false);
        return new FoundHistory(
            new RecorderHistory(last, Math.Max(history.Recordings, here.History.Recordings), joined)
            {
                Epoch = (int)expected.Tenure.Term,
                Tenure = tenure,
                IsClaim = !expected.HasBegun,
                // A claim names the event before it when it begins.
                Last = hasStopped ? new EventBefore(tenure, last, IsCertain: true) : expected.HasBegun ? FindLast(definition.Id, expected, last) : null,
            },
            missing);
    }

    /// <summary>Completes what this node has of a recorder that it hands over.</summary>
    /// <param name="isIndexed">Whether all events of this node are in its index; else it is not known whether the tenure raised one.</param>
    /// <returns>Where its successor continues.</returns>
    public async Task<RecorderHistory> CompleteAsync(RecorderId recorder, bool isIndexed)
    {
        var newest = await catalogue.ListRecordingsAsync(new RecordingQuery { Recorder = recorder, Limit = 1 }, CancellationToken.None).ConfigureAwait(false);
        var open = newest is [{ EndedAt: null } row] ? row.Key.Recording : (RecordingId?)null;
        var found = await FindLeftAsync(recorder, open, StopReason.Moved, CancellationToken.None).ConfigureAwait(false);
        await FindLeftAsync(recorder, null, StopReason.Moved, CancellationToken.None).ConfigureAwait(false);
        return isIndexed && _expected.TryGetValue(recorder, out var expected)
            ? found.History with { Last = FindLast(recorder, expected, found.History.LastSequence) }
            : found.History;
    }

    /// <summary>Completes what this folder has of recorders that other nodes hold.</summary>
    /// <param name="recorders">Null for all that the folder has.</param>
    public async Task CompleteOthersAsync(IEnumerable<RecorderId>? recorders, CancellationToken cancellationToken)
    {
        foreach (var recorder in (recorders ?? local.Recorders()).Where(recorder => !isHere(recorder)))
        {
            try
            {
                await FindLeftAsync(recorder, null, StopReason.Crashed, cancellationToken, unlessHeld: true).ConfigureAwait(false);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or CatalogueUnavailableException)
            {
                TenuresLog.NotCompleted(logger, recorder, failed.Message);
            }
        }
    }

    public void Dispose() => _turn.Dispose();

    // The last event of a recorder that this node holds: of a tenure that raised none it is the one before.
    private EventBefore FindLast(RecorderId recorder, Expected expected, long lastSequence) => expected.HasBegun && hasRaised(recorder, expected.Tenure)
        ? new EventBefore(expected.Tenure.ToContract(), lastSequence, IsCertain: true)
        : FindBefore(recorder, expected.Tenure, expected.HandedOver) ?? new EventBefore(null, 0, IsCertain: true);

    // A holder that handed the recorder over has said which its last event was.
    private EventBefore? FindBefore(RecorderId recorder, Tenure tenure, RecorderHistory? handedOver)
    {
        var known = findKnownBefore(recorder, tenure);
        var said = handedOver is null ? null : handedOver.Last ?? (handedOver.Tenure is { } of ? new EventBefore(of, handedOver.LastSequence, IsCertain: true) : null);
        return said is { Sequence: > 0 } && !(known?.Tenure > EventNumbers.TenureOf(said.Tenure)) ? said
            : known is { } number ? new EventBefore(number.Tenure.ToContract(), number.Number, IsCertain: false)
            : null;
    }

    private async Task<FoundHistory> FindLeftAsync(
        RecorderId recorder, RecordingId? continued, StopReason reason, CancellationToken cancellationToken, bool unlessHeld = false)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return unlessHeld && isHere(recorder)
                ? new FoundHistory(new RecorderHistory(0, 0), [])
                : await local.FindMovedAsync(recorder, continued, reason, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    // The catalogue of all nodes follows this node's journal a moment later.
    private async Task<bool> HasStoppedHereAsync(RecordingKey recording, CancellationToken cancellationToken) =>
        await catalogue.FindRecordingAsync(recording, cancellationToken).ConfigureAwait(false) is { EndedAt: not null, StopReason: not (StopReason.Crashed or StopReason.Moved) };

    // The same recording on two nodes: it continues after whichever has more of it, in a file that neither has.
    private async Task<InterruptedRecording?> JoinAsync(
        RecorderId recorder, InterruptedRecording? known, InterruptedRecording? here, CancellationToken cancellationToken)
    {
        if (known is null)
            return null;

        var layout = RecordingLayout.For(new RecordingTarget(folder), recorder, known.Recording);
        var extents = await catalogue.ListExtentsAsync(new RecordingKey(recorder, known.Recording), null, null, cancellationToken).ConfigureAwait(false);
        // A recording that is paused, or ends before anything of it is stored here, is completed in its folder all the same.
        Directory.CreateDirectory(layout.Folder);
        var further = here is null || known.Duration >= here.Duration ? known : here;
        // What was recorded here during a partition may not be known to the others yet, and be complete already.
        if (extents.MaxBy(extent => extent.MediaTime + extent.Duration) is { } last && last.MediaTime + last.Duration > further.Duration)
            further = further with { Duration = last.MediaTime + last.Duration, EndedAt = last.CapturedAt + last.Duration };

        return further with
        {
            MimeType = known.MimeType,
            KeyPictures = known.KeyPictures,
            LastExtent = Math.Max(Math.Max(known.LastExtent, here?.LastExtent ?? 0), layout.LastExtentEver()),
            LastBlob = extents.Select(extent => extent.LastBlob).Append(here?.LastBlob ?? 0).Append(known.LastBlob).Max(),
            Bytes = Math.Max(Math.Max(known.Bytes, here?.Bytes ?? 0), extents.Sum(extent => extent.Bytes)),
        };
    }

    private sealed record Expected(Tenure Tenure, RecorderHistory? HandedOver, bool HasBegun);
}
