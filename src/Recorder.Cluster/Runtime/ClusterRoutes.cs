using Recorder.Actors.Catalogue;
using Recorder.Cluster.Nodes;
using Recorder.Contracts;

namespace Recorder.Cluster.Runtime;

/// <summary>Where a recorder is.</summary>
/// <param name="Holder">The node that answers for it; null while nobody does.</param>
internal sealed record RecorderRoute(RecorderDefinition Definition, ClusterMember? Holder);

/// <summary>Finds the node that answers for a recorder, out of what this node knows.</summary>
internal sealed class ClusterRoutes(ClusterView view, RecorderRegistry registry, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <summary>How long a request waits for a recorder that nobody holds at the moment.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(8);

    public IEnumerable<RecorderRoute> All => registry.Definitions.OrderBy(definition => definition.Id.Value, StringComparer.Ordinal).Select(RouteOf);

    public RecorderRoute? Find(RecorderId recorder) => registry.Find(recorder) is { } definition ? RouteOf(definition) : null;

    /// <summary>Finds the holder, and waits for one while the recorder moves.</summary>
    /// <param name="isMoved">Whether the node that was asked last says that it does not hold it.</param>
    /// <param name="patience">Null is <see cref="Patience"/>.</param>
    /// <returns>Null when there is no such recorder.</returns>
    /// <exception cref="CatalogueUnavailableException">Nobody holds it for longer than a request waits.</exception>
    public async Task<RecorderRoute?> WaitAsync(RecorderId recorder, CancellationToken cancellationToken, bool isMoved = false, TimeSpan? patience = null)
    {
        var began = time.GetTimestamp();
        if (isMoved)
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);

        while (true)
        {
            if (Find(recorder) is not { } route)
                return null;

            if (route.Holder is { IsAlive: true })
                return route;

            if (time.GetElapsedTime(began) > (patience ?? Patience))
                throw new CatalogueUnavailableException($"No node has recorder {recorder} at the moment: one takes it over. Try again in a moment.");

            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private RecorderRoute RouteOf(RecorderDefinition definition) =>
        new(definition, view.FindHolder(definition.Id) is { } name ? view.Find(name) : null);
}
