namespace Recorder.Cluster.Tenures;

/// <summary>What a node does about a recorder after something happened. The default does nothing.</summary>
/// <param name="Report">What to store durably, and then to tell every node, before anything else below is done.</param>
/// <param name="Begin">The tenure under which to record from here on; a recording in progress on this node continues under it.</param>
/// <param name="End">
/// The tenure that ends: raise its last events, and then store what <see cref="TenureState.ReportEnd"/> returns. Without <paramref name="Begin"/> the
/// recording ends too, at the key frame that its successor recorded.
/// </param>
internal readonly record struct TenureDecision(TenureReport? Report = null, Tenure? Begin = null, Tenure? End = null);

/// <summary>
/// One recorder's tenures as a node knows them, its own among them. A node that records goes on until a living holder says that it stores media under a
/// higher tenure, whatever happens to the cluster: recording twice is harmless, not recording is not. Times are the machine's steady clock.
/// </summary>
/// <param name="node">This node.</param>
/// <param name="start">This run of its process.</param>
/// <param name="isExclusive">Whether the source allows one connection: then the holder ends before its successor begins.</param>
internal sealed class TenureState(string node, StartId start, bool isExclusive)
{
    /// <summary>A claim that stores no fragment for this long lapses and is tried on another node.</summary>
    public static readonly TimeSpan ClaimTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A holder that stores no fragment for this long is blind.</summary>
    public static readonly TimeSpan BlindAfter = TimeSpan.FromSeconds(3);

    private readonly Dictionary<Tenure, TenureReport> _known = [];
    private TimeSpan _claimedAt;
    private TimeSpan _storedAt;

    /// <summary>The tenure under which this node records; null while it does not.</summary>
    public Tenure? Held { get; private set; }

    public long HighestTerm { get; private set; }

    /// <summary>The highest tenure that this node knows to have been confirmed.</summary>
    public Tenure? HighestConfirmed { get; private set; }

    public bool IsConfirmed => Held is { } held && _known[held].Status == TenureStatus.Confirmed;

    public TenureReport? Find(Tenure tenure) => _known.GetValueOrDefault(tenure);

    /// <summary>What this node says of itself to the others, at least once a second; null while it holds nothing.</summary>
    public HolderReport? Describe(TimeSpan now) =>
        Held is { } held ? new HolderReport(held, IsConfirmed, IsConfirmed && now - _storedAt < BlindAfter) : null;

    /// <summary>Claims the recorder for this node because the cluster wants it here.</summary>
    /// <param name="highestTerm">The highest term that the asking node knows.</param>
    /// <param name="now">The steady clock.</param>
    public TenureDecision Claim(long highestTerm, TimeSpan now)
    {
        HighestTerm = Math.Max(HighestTerm, highestTerm);
        // What this node holds, or has just claimed, is what the cluster wants.
        if (Held is { } held && held.Term == HighestTerm && !(HighestConfirmed > held))
            return default;

        var (claimed, ended) = (new Tenure(HighestTerm + 1, node, start), Held);
        (Held, _claimedAt, _storedAt) = (claimed, now, now);
        return new TenureDecision(Learn(new TenureReport(claimed, TenureStatus.Claimed)), Begin: claimed, End: ended);
    }

    /// <summary>A fragment recorded under a tenure is stored: the first one confirms it.</summary>
    public TenureDecision StoreFragment(Tenure tenure, TimeSpan now)
    {
        if (Held != tenure)
            return default;

        _storedAt = now;
        return IsConfirmed ? default : new TenureDecision(Learn(new TenureReport(tenure, TenureStatus.Confirmed)));
    }

    /// <summary>
    /// Takes a report of a tenure: this node's own, or one from a journal, which says nothing of whether the other node lives and so ends nothing here.
    /// </summary>
    public TenureReport Learn(TenureReport report)
    {
        var known = _known[report.Tenure] = _known.TryGetValue(report.Tenure, out var before) ? before.MergeWith(report) : report;
        HighestTerm = Math.Max(HighestTerm, known.Tenure.Term);
        if (report.Status == TenureStatus.Confirmed && !(HighestConfirmed > known.Tenure))
            HighestConfirmed = known.Tenure;

        return known;
    }

    /// <summary>Takes what a living holder says of itself: a higher tenure that stores media supersedes the one held here.</summary>
    public TenureDecision Hear(HolderReport holder)
    {
        Learn(new TenureReport(holder.Tenure, holder.IsConfirmed ? TenureStatus.Confirmed : TenureStatus.Claimed));
        return Held < holder.Tenure && (holder.IsStoring || (isExclusive && !holder.IsConfirmed)) ? Stop() : default;
    }

    /// <summary>Ends a claim that was not confirmed in time.</summary>
    public TenureDecision Tick(TimeSpan now) =>
        Held is not null && !IsConfirmed && now - _claimedAt >= ClaimTimeout ? Stop() : default;

    /// <summary>Ends the tenure because it is superseded, or its recorder is stopped or removed.</summary>
    public TenureDecision Stop()
    {
        var ended = Held;
        Held = null;
        return new TenureDecision(End: ended);
    }

    /// <summary>The report of a tenure that has ended here.</summary>
    /// <param name="tenure">The tenure.</param>
    /// <param name="lastEvent">The number of the last event that was raised under it, 0 for none.</param>
    public TenureReport ReportEnd(Tenure tenure, long lastEvent) => Learn(new TenureReport(tenure, TenureStatus.Ended, lastEvent));
}
