namespace Recorder.Actors.Cluster;

/// <summary>How many recorders are whose: pure decisions over what a renewal of the lease brought back.</summary>
internal static class Balance
{
    // Handed over at a time: each costs two nodes its source for a moment.
    private const int AtOnce = 8;

    // What nobody took although some had room needs a label that they do not have.
    private const int Patience = 4;

    /// <summary>How many of all recorders a node is to have at most.</summary>
    public static int ShareOf(Member node, Renewal view)
    {
        var all = view.Members.Sum(member => member.Weight);
        return all <= 0 || node.Weight <= 0 ? 0 : (int)Math.Ceiling(view.Recorders * node.Weight / all - 1e-9);
    }

    /// <summary>How many that nobody owns a node takes now.</summary>
    /// <param name="me">The node.</param>
    /// <param name="view">What it knows.</param>
    /// <param name="renewals">For how many renewals there was something that nobody took.</param>
    public static int ToClaim(Member me, Renewal view, int renewals)
    {
        if (me.Weight <= 0 || view.Claimable == 0)
        {
            return 0;
        }

        var room = Math.Max(0, ShareOf(me, view) - me.Owned);
        return renewals > Patience ? Math.Max(room, 1 + (view.Claimable / 4)) : Math.Min(room, view.Claimable);
    }

    /// <summary>How many a node gives away now, and to whom; null when it keeps what it has.</summary>
    /// <param name="me">The node.</param>
    /// <param name="view">What it knows.</param>
    /// <param name="underWay">How many it is giving away already.</param>
    public static (string To, int Count)? ToOffer(Member me, Renewal view, int underWay)
    {
        var excess = me.State == MemberState.Draining ? me.Owned : me.Owned - ShareOf(me, view);
        var others = view.Members.Where(member => member.Identity.Id != me.Identity.Id && member.Weight > 0).ToList();
        if (excess <= underWay || underWay >= AtOnce || others.Count == 0 || me.State == MemberState.Left)
        {
            return null;
        }

        var next = others.OrderBy(member => member.Owned / member.Weight).ThenBy(member => member.Load.BytesPerSecond).First();
        var room = ShareOf(next, view) - next.Owned;
        var count = Math.Min(Math.Min(excess - underWay, AtOnce - underWay), me.State == MemberState.Draining ? int.MaxValue : room);
        return count <= 0 ? null : (next.Identity.Id, count);
    }
}
