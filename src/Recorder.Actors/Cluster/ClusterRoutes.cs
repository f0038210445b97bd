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
/// Finds the node that owns a recorder. What the database said last is good enough to ask that node, as one that does not own it says so; then
/// the database is asked again.
/// </summary>
internal sealed class ClusterRoutes(ClusterNode node, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    private readonly ConcurrentDictionary<RecorderId, Ownership> _known = new();

    /// <summary>How long a request waits for a recorder without an owner.</summary>
    public TimeSpan Patience => node.Options.FailoverPatience;

    /// <summary>The owner; null when there is no such recorder.</summary>
    /// <param name="recorder">The recorder.</param>
    /// <param name="ending">Ends the waiting.</param>
    /// <param name="isFresh">Whether what is known was wrong just now.</param>
    /// <exception cref="CatalogueUnavailableException">It has none for longer than a request waits, or nobody can say.</exception>
    public async Task<Route?> WaitAsync(RecorderId recorder, CancellationToken ending, bool isFresh = false)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            if (await FindAsync(recorder, ending, isFresh).ConfigureAwait(false) is not { } found)
            {
                return null;
            }

            if (RouteOf(found) is { Owner: not null } route && route.IsHere == node.Tenures.Holds(recorder))
            {
                return route;
            }

            if (time.GetElapsedTime(began) > Patience)
            {
                throw new CatalogueUnavailableException($"No node has recorder {recorder} just now: one takes it over. Try again in a moment.");
            }

            if (isFresh)
            {
                await Task.Delay(Interval, time, ending).ConfigureAwait(false);
            }

            isFresh = true;
        }
    }

    /// <summary>All recorders.</summary>
    public async Task<IReadOnlyList<Ownership>> ListAsync(CancellationToken ending)
    {
        var all = await node.Store.ListAsync(ending).ConfigureAwait(false);
        var ids = all.Select(ownership => ownership.Definition.Id).ToHashSet();
        foreach (var ownership in all)
        {
            _known[ownership.Definition.Id] = ownership;
        }

        foreach (var gone in _known.Keys.Where(id => !ids.Contains(id)))
        {
            _known.TryRemove(gone, out _);
        }

        return all;
    }

    /// <summary>Who has a recorder; null when there is no such recorder.</summary>
    public async Task<Ownership?> FindAsync(RecorderId recorder, CancellationToken ending, bool isFresh = false)
    {
        var hasKnown = _known.TryGetValue(recorder, out var known);
        if (hasKnown && !isFresh)
        {
            return known;
        }

        try
        {
            var found = await node.Store.FindAsync(recorder, ending).ConfigureAwait(false);
            if (found is not null)
            {
                _known[recorder] = found;
            }
            else
            {
                _known.TryRemove(recorder, out _);
            }

            return found;
        }
        catch (CatalogueUnavailableException) when (hasKnown)
        {
            return known;
        }
    }

    private Route RouteOf(Ownership found)
    {
        var owner = node.View?.Members.FirstOrDefault(member => member.Identity.Id == found.Owner);
        return new Route(found.IsAlive || !node.IsInTouch ? owner : null, found.Owner == node.Id, found.Definition);
    }
}
