using System.Collections.Concurrent;
using Recorder.Actors.Catalogue;
using Recorder.Contracts;

namespace Recorder.Actors.Cluster;

/// <summary>Where a recorder is.</summary>
/// <param name="Owner">The node; null for none.</param>
/// <param name="IsHere">Whether it is this one.</param>
/// <param name="Definition">As the database has it.</param>
internal sealed record Route(Member? Owner, bool IsHere, RecorderDefinition Definition);

/// <summary>
/// Finds the node that owns a recorder. The database says it; while that is away, what it said last is good enough to ask, as a node that does
/// not own a recorder says so.
/// </summary>
internal sealed class ClusterRoutes(ClusterNode node, TimeProvider time)
{
    // A node asked for a recorder that it gave away a moment ago says so, and is not asked again.
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<RecorderId, (Ownership Ownership, long At)> _known = new();

    /// <summary>How long a request waits for a recorder without an owner.</summary>
    public TimeSpan Patience => node.Options.FailoverPatience;

    /// <summary>The owner; null when there is no such recorder.</summary>
    /// <exception cref="CatalogueUnavailableException">It has none for longer than a request waits, or nobody can say.</exception>
    public async Task<Route?> WaitAsync(RecorderId recorder, CancellationToken ending)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            if (await FindAsync(recorder, ending).ConfigureAwait(false) is not { } found)
            {
                return null;
            }

            if (RouteOf(found) is { Owner: not null } route && (route.IsHere == node.Tenures.Holds(recorder)))
            {
                return route;
            }

            if (time.GetElapsedTime(began) > Patience)
            {
                throw new CatalogueUnavailableException($"No node has recorder {recorder} just now: one takes it over. Try again in a moment.");
            }

            _known.TryRemove(recorder, out _);
            await Task.Delay(Interval, time, ending).ConfigureAwait(false);
        }
    }

    /// <summary>What was known of a recorder is not so any more.</summary>
    public void Forget(RecorderId recorder) => _known.TryRemove(recorder, out _);

    /// <summary>All recorders; what was known last while the database is away.</summary>
    public async Task<IReadOnlyList<Ownership>> ListAsync(CancellationToken ending)
    {
        var all = await node.Store.ListAsync(ending).ConfigureAwait(false);
        foreach (var ownership in all)
        {
            _known[ownership.Definition.Id] = (ownership, time.GetTimestamp());
        }

        return all;
    }

    /// <summary>Who has a recorder, by what is known; null when there is no such recorder.</summary>
    public async Task<Ownership?> FindAsync(RecorderId recorder, CancellationToken ending)
    {
        var hasKnown = _known.TryGetValue(recorder, out var known);
        if (hasKnown && time.GetElapsedTime(known.At) < Kept)
        {
            return known.Ownership;
        }

        try
        {
            var found = await node.Store.FindAsync(recorder, ending).ConfigureAwait(false);
            if (found is not null)
            {
                _known[recorder] = (found, time.GetTimestamp());
            }

            return found;
        }
        catch (CatalogueUnavailableException) when (hasKnown)
        {
            return known.Ownership;
        }
    }

    private Route RouteOf(Ownership found)
    {
        var owner = node.View?.Members.FirstOrDefault(member => member.Identity.Id == found.Owner);
        return new Route(found.IsAlive || !node.IsInTouch ? owner : null, found.Owner == node.Id, found.Definition);
    }
}
