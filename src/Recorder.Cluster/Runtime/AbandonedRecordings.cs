using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using Recorder.Cluster.Index;
using Recorder.Contracts;

namespace Recorder.Cluster.Runtime;

/// <summary>
/// Ends, in this node's index, recordings that nobody records and nobody will end: their recorder is to be inactive, or does not exist any more, and no
/// living node records it. A holder that was passed or died during a partition leaves them. If its journal arrives later, they are ended again.
/// </summary>
internal sealed class AbandonedRecordings(ClusterIndex index, RecorderRegistry registry, ClusterView view, ILogger logger, TimeProvider time)
{
    // A recording that was stopped just now is ended by its stop event, which comes well within this time.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private HashSet<OpenRecording> _before = [];

    /// <summary>Looks for them until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
            try
            {
                await EndThemAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (CatalogueUnavailableException)
            {
                // The next look finds them.
            }
            catch (Exception failed) when (failed is not OperationCanceledException)
            {
                // One failure must not end it: recordings would silently stay open.
                TenuresLog.NotEnded(logger, failed);
            }
        }
    }

    /// <summary>Looks for them once.</summary>
    public async Task EndThemAsync(CancellationToken cancellationToken)
    {
        // What another formation records is not heard before the two are one.
        if (view.Members.Any(member => member is { IsAlive: true, IsTogether: false } && member.Name != view.Node))
        {
            _before = [];
            return;
        }

        var open = (await index.OpenRecordings.ListAsync(cancellationToken).ConfigureAwait(false)).Where(recording => IsAbandoned(recording.Key.Recorder)).ToHashSet();
        // Of what was open at the look before nothing was heard since.
        List<OpenRecording> ended = [.. open.Intersect(_before)];
        if (ended.Count > 0)
            await index.OpenRecordings.EndAsync(ended, cancellationToken).ConfigureAwait(false);

        _before = open;
    }

    private bool IsAbandoned(RecorderId recorder) =>
        registry.Find(recorder) is null or { Desired: RecorderState.Inactive } && !view.IsRecorded(recorder);
}
