using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Registry;
using Recorder.Contracts;

namespace Recorder.Actors.Cluster;

/// <summary>What came of one step of a node's part in its cluster.</summary>
/// <param name="View">What the database said.</param>
/// <param name="Claims">Recorders that are this node's now.</param>
/// <param name="Lost">Recorders that are not any more.</param>
/// <param name="Offered">Recorders that are about to be given away.</param>
internal sealed record ClusterStep(
    Renewal View, IReadOnlyList<Claim> Claims, IReadOnlyList<RecorderId> Lost, IReadOnlyList<RecorderId> Offered);

/// <summary>
/// A node's side of the protocol: what it holds, what it knows of the others, and the work of a step, which is done off the actor's turn.
/// </summary>
internal sealed class ClusterNode(
    ClusterOptions options, IClusterStore store, Tenures tenures, ClusterPast past, Func<NodeLoad> load, ILogger logger, TimeProvider time)
    : ISharedDefinitions, IDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly Dictionary<RecorderId, RecorderDefinition> _unkept = [];
    private long _epoch;
    private long _revision = -1;
    private long _life = options.NextLife();
    private volatile Renewal? _view;
    private volatile bool _isAway;

    public ClusterOptions Options => options;

    public TimeProvider Time => time;

    public string Id => options.Node.Id;

    public long Epoch => Volatile.Read(ref _epoch);

    public IClusterStore Store => store;

    public Tenures Tenures => tenures;

    public ClusterPast Past => past;

    /// <summary>What the database said last; null before it said anything.</summary>
    public Renewal? View => _view;

    /// <summary>Recorders that it took, ever.</summary>
    public long Claims { get; private set; }

    /// <summary>Whether the database answered last time.</summary>
    public bool IsInTouch => !_isAway && _view is not null;

    /// <summary>Ends what waits.</summary>
    public CancellationToken Ending => _ending.Token;

    public ClusterRoutes? Routes { get; set; }

    public IActorRef Fleet { get; set; } = ActorRefs.Nobody;

    /// <summary>Completes what this node has of a recorder that it gives up, and says what another goes on from.</summary>
    public Func<RecorderDefinition, Task<RecorderHistory>> Complete { get; set; } = _ => Task.FromResult(new RecorderHistory(0, 0));

    /// <summary>Waits until all that was raised here is in the shared index.</summary>
    public Func<Task> FlushAsync { get; set; } = () => Task.CompletedTask;

    public async Task JoinAsync(CancellationToken ending)
    {
        var asked = time.GetTimestamp();
        Volatile.Write(ref _epoch, await store.JoinAsync(options.Node, _life, ending).ConfigureAwait(false));
        tenures.Renewed(asked);
        ClusterLog.Joined(logger, Id, Epoch);
    }

    /// <summary>Renews, and does what follows from what it hears.</summary>
    public async Task<ClusterStep> StepAsync(int unclaimed, IReadOnlySet<RecorderId> offered, bool isEnding)
    {
        var asked = time.GetTimestamp();
        var view = await store.RenewAsync(Id, Epoch, load(), Ending).ConfigureAwait(false);
        if (view is null)
        {
            // Removed, or somebody started this node a second time: what it held is another's. It begins anew.
            tenures.Distrust();
            _life = options.NextLife();
            await JoinAsync(Ending).ConfigureAwait(false);
            view = await store.RenewAsync(Id, Epoch, load(), Ending).ConfigureAwait(false)
                ?? throw new CatalogueUnavailableException("This node was removed from the cluster just now.");
        }

        if (view.Revision != _revision && Routes is { } routes)
        {
            await routes.ListAsync(Ending).ConfigureAwait(false);
            _revision = view.Revision;
        }

        var lost = await FindLostAsync(view).ConfigureAwait(false);
        tenures.Renewed(asked);
        await KeepAsync().ConfigureAwait(false);
        var me = view.Members.First(member => member.Identity.Id == Id);
        if (isEnding)
        {
            return new ClusterStep(view with { Warming = [] }, [], lost, []);
        }

        // What is no longer this node's is let go before it may come back.
        var limit = lost.Count > 0 ? 0 : Balance.ToClaim(me, view, unclaimed);
        var claims = lost.Count == 0 && (view.Given > 0 || limit > 0) ? await store.ClaimAsync(Id, Epoch, limit, Ending).ConfigureAwait(false) : [];
        if (!tenures.AreTrusted)
        {
            // The answer took so long that it may not be true any more: the next step finds out.
            claims = [];
        }

        Claims += claims.Count;
        return new ClusterStep(view, claims, lost, await OfferAsync(me, view, offered).ConfigureAwait(false));
    }

    /// <summary>The node owns a recorder no longer: says so, when all of it is in the index.</summary>
    /// <param name="released">What it was.</param>
    /// <param name="token">Under which it was let go: it may be this node's again by now, under another.</param>
    public async Task GiveAwayAsync(RegistryProtocol.HandedOver released, long token)
    {
        if (released.History is { } history && tenures.HeldOf(released.Recorder) is { } held && held.Token == token)
        {
            await FlushAsync().ConfigureAwait(false);
            await store.ReleaseAsync(held, history, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Takes what the database said; true when it had been away.</summary>
    public bool TrySetView(Renewal view, out IReadOnlyList<ClusterActor.MemberChanged> changes)
    {
        changes = Changes(_view, view);
        var was = _isAway;
        (_view, _isAway) = (view, false);
        return was;
    }

    /// <summary>The database did not answer; true when it did before.</summary>
    public bool TryLoseTouch()
    {
        var was = _isAway;
        _isAway = true;
        return !was;
    }

    public Task CheckOwnershipAsync(RecorderId recorder) =>
        !tenures.Holds(recorder)
            ? throw new CatalogueUnavailableException($"Recorder {recorder} is another node's now; ask again.")
        : !tenures.AreTrusted
            ? throw new CatalogueUnavailableException(
                $"This node has lost touch with the cluster: recorder {recorder} records on as it does, and takes commands again when it is back.")
        : Task.CompletedTask;

    public async Task PersistAsync(RecorderDefinition definition)
    {
        lock (_unkept)
        {
            _unkept[definition.Id] = definition;
        }

        try
        {
            await KeepAsync().ConfigureAwait(false);
        }
        catch (CatalogueUnavailableException)
        {
            // With the next step that gets through, if the recorder is still this node's.
        }
    }

    public async Task RemoveAsync(RecorderId recorder)
    {
        await CheckOwnershipAsync(recorder).ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
        await store.RemoveAsync(tenures.HeldOf(recorder)!.Value, CancellationToken.None).ConfigureAwait(false);
        tenures.Drop(recorder);
    }

    public Task<RecorderHistory> CompleteHandOverAsync(RecorderDefinition definition) => Complete(definition);

    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
    }

    // Definitions that changed while the database was away.
    private async Task KeepAsync()
    {
        List<RecorderDefinition> unkept;
        lock (_unkept)
        {
            unkept = [.. _unkept.Values];
        }

        foreach (var definition in unkept)
        {
            if (tenures.HeldOf(definition.Id) is { } held)
            {
                await store.ChangeAsync(definition, held.Token, Ending).ConfigureAwait(false);
            }

            lock (_unkept)
            {
                if (_unkept.TryGetValue(definition.Id, out var last) && ReferenceEquals(last, definition))
                {
                    _unkept.Remove(definition.Id);
                }
            }
        }
    }

    // Cheap as long as both say the same.
    private async Task<IReadOnlyList<RecorderId>> FindLostAsync(Renewal view)
    {
        var mine = tenures.All;
        if (Held.DigestOf(mine.Select(it => new Held(it.Key, it.Value.Token))) == view.HeldDigest)
        {
            return [];
        }

        var held = (await store.HeldByAsync(Id, Epoch, Ending).ConfigureAwait(false)).ToHashSet();
        var unknown = held.Where(it => tenures.Find(it.Recorder)?.Token != it.Token).ToList();
        if (unknown.Count > 0)
        {
            await store.DisownAsync(Id, Epoch, unknown, Ending).ConfigureAwait(false);
        }

        return [.. mine.Where(it => !held.Contains(new Held(it.Key, it.Value.Token))).Select(it => it.Key)];
    }

    private async Task<IReadOnlyList<RecorderId>> OfferAsync(Member me, Renewal view, IReadOnlySet<RecorderId> offered)
    {
        if (Balance.ToOffer(me, view, offered.Count) is not { } offer)
        {
            return [];
        }

        var chosen = tenures.All.Where(it => !offered.Contains(it.Key)).OrderByDescending(it => it.Value.Token)
            .Take(offer.Count).Select(it => new Held(it.Key, it.Value.Token)).ToList();
        return chosen.Count == 0 ? [] : await store.OfferAsync(chosen, offer.To, Ending).ConfigureAwait(false);
    }

    private static List<ClusterActor.MemberChanged> Changes(Renewal? before, Renewal now)
    {
        var changes = new List<ClusterActor.MemberChanged>();
        foreach (var member in now.Members)
        {
            var old = before?.Members.FirstOrDefault(known => known.Identity.Id == member.Identity.Id);
            var change = old is null || old.Epoch != member.Epoch ? member.IsAlive ? ClusterActor.MemberChange.Joined : default
                : old.IsAlive && !member.IsAlive ? member.State == MemberState.Left ? ClusterActor.MemberChange.Left : ClusterActor.MemberChange.Died
                : !old.IsAlive && member.IsAlive ? ClusterActor.MemberChange.Returned
                : old.State == member.State ? default
                : member.State == MemberState.Draining ? ClusterActor.MemberChange.Draining : ClusterActor.MemberChange.Resumed;
            if (change != default)
            {
                changes.Add(new ClusterActor.MemberChanged(member, change));
            }
        }

        changes.AddRange(before?.Members.Where(old => !now.Members.Any(member => member.Identity.Id == old.Identity.Id))
            .Select(old => new ClusterActor.MemberChanged(old with { State = MemberState.Left, IsAlive = false }, ClusterActor.MemberChange.Left)) ?? []);
        return changes;
    }
}
