namespace Recorder.Cluster.Tenures;

/// <summary>
/// Decides for one recorder which nodes of a formation are asked to record it. Runs in the recorder's shard entity, of which a formation has at most one;
/// prefers the node on which the entity was started, and asks all others when that one stores nothing. Whoever stores fragments, or is ready where there is
/// nothing to store, keeps the recorder. While the holder is blind the others are asked again and again, after a back-off that doubles: their claims lapse
/// if they store nothing either, and the holder goes on trying. Every recorder that exists has an entity, whether it is to record or not.
/// </summary>
/// <param name="here">The node of the entity.</param>
/// <param name="isExclusive">Whether the source allows one connection: then one node at a time is asked.</param>
internal sealed class TenureDecider(string here, bool isExclusive)
{
    /// <summary>A holder that reported nothing for this long is taken for dead.</summary>
    public static readonly TimeSpan HolderTimeout = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(20);

    // What the asked node needs to hear the request and to tell of its claim, beside the time in which a claim may be confirmed.
    private static readonly TimeSpan AskTimeout = TenureState.ClaimTimeout + TimeSpan.FromSeconds(1);

    // Until the holder knows that nobody else tries, has connected, and has stored a fragment.
    private static readonly TimeSpan RestBetweenRounds = TimeSpan.FromSeconds(8);

    private readonly Dictionary<string, (TimeSpan Until, TimeSpan Delay)> _backOffs = [];
    private readonly Dictionary<string, (HolderReport Report, TimeSpan At)> _holders = [];
    private readonly Dictionary<string, Request> _asked = [];
    private readonly HashSet<string> _triedInRound = [];
    private TimeSpan _nextRoundAt;
    private bool _isMoveWanted = true;
    private Tenure? _highestConfirmed;

    public long HighestTerm { get; private set; }

    /// <summary>Takes what the node of the entity knows of the recorder's tenures.</summary>
    public void Learn(long highestTerm, Tenure? highestConfirmed)
    {
        HighestTerm = Math.Max(HighestTerm, highestTerm);
        if (!(_highestConfirmed > highestConfirmed))
            _highestConfirmed = highestConfirmed ?? _highestConfirmed;
    }

    public void Hear(HolderReport report, TimeSpan now)
    {
        Learn(report.Tenure.Term, report.IsConfirmed ? report.Tenure : null);
        var node = report.Tenure.Node;
        if (!_holders.TryGetValue(node, out var before) || before.Report.Tenure <= report.Tenure)
            _holders[node] = (report, now);

        if (_asked.TryGetValue(node, out var request))
            request.IsAnswered = true;

        if (!report.IsStoring)
            return;

        _backOffs.Remove(node);
        _asked.Remove(node);
        _triedInRound.Clear();
        // Others were asked because nobody stored it, or to move it from its holder: somebody else has taken it since.
        foreach (var other in _asked.Where(asked => asked.Value.HighestTerm < report.Tenure.Term).Select(asked => asked.Key).ToList())
            _asked.Remove(other);
    }

    /// <summary>Decides whom to ask to claim the recorder now.</summary>
    /// <param name="candidates">The nodes of the formation that may record it: living, not draining, with the labels it requires.</param>
    /// <param name="isElsewhere">Whether a node lives in another formation, with which this one has not merged yet.</param>
    /// <param name="now">The steady clock.</param>
    /// <returns>The nodes; none when nobody is to be asked at the moment.</returns>
    public IReadOnlyList<string> Decide(IReadOnlyCollection<string> candidates, Func<string, bool> isElsewhere, TimeSpan now)
    {
        foreach (var (node, request) in _asked)
        {
            if (now >= request.Until || !candidates.Contains(node))
            {
                _asked.Remove(node);
                BackOff(node, request.IsAnswered, now);
            }
        }

        foreach (var node in ChooseNew(candidates, isElsewhere, now))
            _asked[node] = new Request(now + AskTimeout, HighestTerm);

        return [.. _asked.Where(asked => asked.Value.IsDue(now)).Select(asked => asked.Key)];
    }

    private List<string> ChooseNew(IReadOnlyCollection<string> candidates, Func<string, bool> isElsewhere, TimeSpan now)
    {
        if (FindHealthy(now) is not { } holder)
            return ChooseFor(candidates, now);

        return _asked.Count == 0 && Improve(holder, candidates, isElsewhere, now) is { } better ? [better] : [];
    }

    // The recorder is recorded: move it only because the entity was moved, or away from a node that may not keep it. A holder below a tenure that
    // a node had before it ended or died claims anew, and goes on without a gap. Two formations that hear of each other do not outbid each other: they merge,
    // and the higher tenure goes on.
    private string? Improve(HolderReport holder, IReadOnlyCollection<string> candidates, Func<string, bool> isElsewhere, TimeSpan now)
    {
        var node = holder.Tenure.Node;
        var (canMove, mayStay) = (node != here && candidates.Contains(here) && !IsBackingOff(here, now), candidates.Contains(node));
        var isMoved = canMove && (_isMoveWanted || !mayStay);
        // A move is tried once; a holder that may stay stays if it fails.
        _isMoveWanted &= canMove && !isMoved;
        var isBelow = _highestConfirmed is { } highest && highest > holder.Tenure && !isElsewhere(highest.Node);
        return isMoved ? here : isBelow && mayStay ? node : null;
    }

    private HolderReport? FindHealthy(TimeSpan now) =>
        _holders.Values.Where(holder => holder.Report.IsStoring && now - holder.At < HolderTimeout).Select(holder => holder.Report)
            .MaxBy(report => report.Tenure);

    // A holder that is blind goes on trying by itself. Recording twice is harmless: when the first choice stored nothing, everybody else tries at once.
    private List<string> ChooseFor(IReadOnlyCollection<string> candidates, TimeSpan now)
    {
        var choices = candidates.Where(node => !_asked.ContainsKey(node) && !IsHolding(node, now))
            .OrderBy(node => node != here)
            .ThenBy(node => _backOffs.TryGetValue(node, out var backOff) ? backOff.Delay : TimeSpan.Zero)
            .ThenBy(node => node, StringComparer.Ordinal)
            .ToList();
        var rested = choices.Where(node => !IsBackingOff(node, now)).ToList();
        // A back-off spares an absent camera; a recorder without any holder does not wait for it.
        if (rested.Count == 0 && _asked.Count == 0 && !_holders.Keys.Any(node => IsHolding(node, now)))
            return [.. choices.OrderBy(node => _backOffs[node].Until).Take(1)];

        return isExclusive ? ChooseOne(rested, now) : _backOffs.Count > 0 ? rested : _asked.Count == 0 ? rested[..Math.Min(1, rested.Count)] : [];
    }

    // The holder of a camera with one connection lets it go while another node tries, so that it needs time of its own once a round.
    private List<string> ChooseOne(List<string> rested, TimeSpan now)
    {
        if (_asked.Count > 0 || rested.Count == 0 || now < _nextRoundAt)
            return [];

        if (rested.Find(node => !_triedInRound.Contains(node)) is { } next)
        {
            _triedInRound.Add(next);
            return [next];
        }

        _triedInRound.Clear();
        _nextRoundAt = now + RestBetweenRounds;
        return [];
    }

    private bool IsHolding(string node, TimeSpan now) => _holders.TryGetValue(node, out var holder) && now - holder.At < HolderTimeout;

    private bool IsBackingOff(string node, TimeSpan now) => _backOffs.TryGetValue(node, out var backOff) && now < backOff.Until;

    // A node that did not even answer has not tried, and the links to it may be back any moment.
    private void BackOff(string node, bool hasTried, TimeSpan now)
    {
        var delay = hasTried && _backOffs.TryGetValue(node, out var before) ? Shorter(before.Delay * 2, LongestBackOff) : FirstBackOff;
        _backOffs[node] = (now + delay, delay);
    }

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;

    /// <summary>A node that was asked and has not stored anything yet. It is asked again while it does not answer: a message can be lost.</summary>
    private sealed class Request(TimeSpan until, long highestTerm)
    {
        private static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(1);

        private TimeSpan _dueAt = TimeSpan.MinValue;

        public TimeSpan Until => until;

        /// <summary>The highest term that was known when it was asked.</summary>
        public long HighestTerm => highestTerm;

        public bool IsAnswered { get; set; }

        public bool IsDue(TimeSpan now)
        {
            if (IsAnswered || now < _dueAt)
                return false;

            _dueAt = now + RepeatAfter;
            return true;
        }
    }
}
