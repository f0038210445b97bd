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
/// higher tenure, whatever happens to the cluster: recording twice is harmless, not recording is not. A holder that stores nothing goes on trying until
/// another living holder goes before it. Times are the machine's steady clock.
/// </summary>
/// <param name="node">This node.</param>
/// <param name="start">This run of its process.</param>
/// <param name="isExclusive">Whether the source allows one connection: then see <see cref="MayConnect"/>.</param>
internal sealed class TenureState(string node, StartId start, bool isExclusive)
{
    /// <summary>A claim, or a holder, that stores nothing for this long ends as soon as another living holder goes before it.</summary>
    public static readonly TimeSpan ClaimTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A holder that stores no fragment for this long is blind.</summary>
    public static readonly TimeSpan BlindAfter = TimeSpan.FromSeconds(3);

    /// <summary>A holder that has the only connection to a camera for this long, and stores nothing, lets the camera go for a while.</summary>
    public static readonly TimeSpan LetGoAfter = TimeSpan.FromSeconds(5);

    /// <summary>Connections that end within this time of each other are taken away, by a node that this one cannot hear, and do not just break.</summary>
    private static readonly TimeSpan Contended = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(20);

    private readonly Dictionary<Tenure, TenureReport> _known = [];
    private readonly Dictionary<string, (HolderReport Report, TimeSpan At)> _others = [];
    private TimeSpan _storedAt;
    private TimeSpan _connectedAt;
    private TimeSpan _triedSince;
    private TimeSpan _connectAt;
    private TimeSpan _backOff = FirstBackOff;
    private TimeSpan? _lostAt;
    private TimeSpan _yieldsUntil;
    private TimeSpan _yield = FirstBackOff;
    private bool _isIdle;

    /// <summary>The tenure under which this node records; null while it does not.</summary>
    public Tenure? Held { get; private set; }

    public long HighestTerm { get; private set; }

    /// <summary>The highest tenure that this node knows to have been confirmed.</summary>
    public Tenure? HighestConfirmed { get; private set; }

    /// <summary>
    /// Whether this node is to lose the recorder, because it drains or lacks a label that the recorder requires. If it stores nothing it then ends for any
    /// other living holder.
    /// </summary>
    public bool IsLeaving { get; set; }

    /// <summary>Whether there is a node that this one does not hear, and that may need the only connection to a camera.</summary>
    public bool HasUnheard { get; set; }

    public bool IsConfirmed => Held is { } held && _known[held].Status == TenureStatus.Confirmed;

    public TenureReport? Find(Tenure tenure) => _known.GetValueOrDefault(tenure);

    /// <summary>What this node says of itself to the others, at least once a second; null while it holds nothing.</summary>
    public HolderReport? Describe(TimeSpan now) =>
        Held is { } held ? new HolderReport(held, IsConfirmed, IsStoring(now), _isIdle) : null;

    /// <summary>
    /// Whether the holder may have a connection to its camera now; otherwise it closes the one it has. Always true unless the source allows one connection:
    /// then the holder lets a higher claim try, and lets the camera go now and then while it stores nothing, because a node that it cannot hear may need it.
    /// </summary>
    public bool MayConnect(TimeSpan now) =>
        Held is { } held && (!isExclusive || (now >= _connectAt && !(HasUnheard && now < _yieldsUntil) && !FindLiving(now).Any(other => other.Tenure > held && !other.IsConfirmed)));

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
        (Held, _storedAt) = (claimed, now);
        if (ended is null)
        {
            (_isIdle, _triedSince, _connectAt, _backOff) = (false, now, now, FirstBackOff);
            (_lostAt, _yieldsUntil, _yield) = (null, now, FirstBackOff);
        }

        return new TenureDecision(Learn(new TenureReport(claimed, TenureStatus.Claimed)), Begin: claimed, End: ended);
    }

    /// <summary>A fragment recorded under a tenure is stored: the first one confirms it.</summary>
    public TenureDecision StoreFragment(Tenure tenure, TimeSpan now) => Confirm(tenure, isIdle: false, now);

    /// <summary>
    /// The node has a recorder ready that is not to record at the moment (inactive or paused). There is nothing to store, so being ready confirms the tenure.
    /// Called at least once a second for as long as it is so.
    /// </summary>
    public TenureDecision ConfirmReady(Tenure tenure, TimeSpan now) => Confirm(tenure, isIdle: true, now);

    /// <summary>
    /// Takes a report of a tenure: this node's own, or one from a journal, which says nothing of whether the other node lives and so ends nothing here.
    /// </summary>
    public TenureReport Learn(TenureReport report)
    {
        var known = _known.TryGetValue(report.Tenure, out var before) ? before.MergeWith(report) : report;
        // While a camera is absent nodes claim and end many tenures that raise no event; nobody asks for one of them again.
        if (known is { Status: TenureStatus.Ended, LastEvent: 0 })
            _known.Remove(known.Tenure);
        else
            _known[known.Tenure] = known;

        if (known.Status == TenureStatus.Ended && _others.GetValueOrDefault(known.Tenure.Node).Report?.Tenure == known.Tenure)
            _others.Remove(known.Tenure.Node);

        HighestTerm = Math.Max(HighestTerm, known.Tenure.Term);
        // Of a tenure that ended before it was heard of, its events tell that it was confirmed.
        if ((report.Status == TenureStatus.Confirmed || known.LastEvent > 0) && !(HighestConfirmed > known.Tenure))
            HighestConfirmed = known.Tenure;

        return known;
    }

    /// <summary>Takes what a living holder says of itself: a higher tenure that stores media supersedes the one held here.</summary>
    public TenureDecision Hear(HolderReport holder, TimeSpan now)
    {
        Learn(new TenureReport(holder.Tenure, holder.IsConfirmed ? TenureStatus.Confirmed : TenureStatus.Claimed));
        // Messages overtake each other; a folder of an older day brings lower terms back.
        var other = holder.Tenure.Node;
        if (!_others.TryGetValue(other, out var before) || before.Report.Tenure <= holder.Tenure || !IsLiving(before.At, now))
            _others[other] = (holder, now);

        return Held < holder.Tenure && holder.IsStoring && !(IsMerelyReady(holder) && IsStoring(now)) ? Stop() : default;
    }

    /// <summary>Ends a holder that stores nothing while another goes before it, and decides when a camera with one connection is let go.</summary>
    /// <param name="now">The steady clock.</param>
    /// <param name="isConnected">Whether the camera serves this node at the moment; it matters when the source allows one connection.</param>
    public TenureDecision Tick(TimeSpan now, bool isConnected = true)
    {
        if (Describe(now) is not { } self)
            return default;

        if (now - _storedAt >= ClaimTimeout && FindLiving(now).Any(other => IsLeaving || other.GoesBefore(self)))
            return Stop();

        if (isExclusive && isConnected)
            LetGoIfBlind(now);

        return default;
    }

    /// <summary>
    /// The camera ended the connection. A camera that serves the latest comer does so each time that a node connects which this one cannot hear, so that neither
    /// stores much: a holder that loses the connection again lets the camera go for a while, and each of the two has it for longer and longer.
    /// </summary>
    public void LoseConnection(TimeSpan now)
    {
        if (!isExclusive || !HasUnheard)
            return;

        if (_lostAt is not { } lost || now - (lost > _yieldsUntil ? lost : _yieldsUntil) > Contended)
            _yield = FirstBackOff;
        else
            (_yieldsUntil, _yield) = (now + _yield, Longer(_yield));

        _lostAt = now;
    }

    /// <summary>Ends the tenure because it is superseded, or its recorder is deleted.</summary>
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

    private TenureDecision Confirm(Tenure tenure, bool isIdle, TimeSpan now)
    {
        if (Held != tenure)
            return default;

        (_storedAt, _isIdle, _connectAt, _backOff) = (now, isIdle, now, FirstBackOff);
        return IsConfirmed ? default : new TenureDecision(Learn(new TenureReport(tenure, TenureStatus.Confirmed)));
    }

    // Its disk hangs, or the camera sends nothing. The holder on the other side of a partition cannot say that it needs the camera. Connections that are taken
    // away in between do not start the time anew, because cameras that serve the latest comer let two nodes take it from each other for ever.
    private void LetGoIfBlind(TimeSpan now)
    {
        if (now - _connectedAt > BlindAfter)
            _triedSince = now;

        _connectedAt = now;
        if (now < _connectAt || now - _triedSince < LetGoAfter || now - _storedAt < LetGoAfter)
            return;

        (_connectAt, _triedSince) = (now + _backOff, now + _backOff);
        _backOff = Longer(_backOff);
    }

    // A node that has not heard yet that the recorder is to record is ready under a higher tenure, and records nothing.
    private bool IsMerelyReady(HolderReport holder) => holder.IsIdle && !_isIdle;

    private bool IsStoring(TimeSpan now) => IsConfirmed && now - _storedAt < BlindAfter;

    private IEnumerable<HolderReport> FindLiving(TimeSpan now) =>
        _others.Values.Where(other => IsLiving(other.At, now)).Select(other => other.Report);

    private static TimeSpan Longer(TimeSpan backOff) => backOff * 2 < LongestBackOff ? backOff * 2 : LongestBackOff;

    private static bool IsLiving(TimeSpan heardAt, TimeSpan now) => now - heardAt < TenureDecider.HolderTimeout;
}
