using System.Collections.Immutable;

namespace Recorder.Cluster.ControlPlane;

/// <summary>A member as downing sees it.</summary>
/// <param name="Counts">Whether it is a recorder that has joined: clients, and who is joining or leaving for good, have no vote.</param>
internal sealed record DowningMember(string Name, bool IsReachable, bool Counts);

/// <summary>Which members this node downs, and why.</summary>
internal sealed record DowningDecision(bool DownsSelf, ImmutableArray<string> Others, string Reason)
{
    /// <summary>Decides what to do about members that have been unreachable for a while.</summary>
    /// <param name="self">This node.</param>
    /// <param name="members">All members, this node among them.</param>
    public static DowningDecision Decide(string self, IReadOnlyCollection<DowningMember> members)
    {
        ImmutableArray<string> unreachable = [.. members.Where(member => !member.IsReachable && member.Name != self).Select(member => member.Name)];
        var voters = members.Where(member => member.Counts).OrderBy(member => member.Name, StringComparer.Ordinal).ToList();
        var here = voters.Count(member => member.IsReachable);
        if (unreachable.IsEmpty)
            return new DowningDecision(false, [], "everybody is reachable");

        if (here == voters.Count)
            return new DowningDecision(false, unreachable, "no recorder is among them");

        if (voters.Count == 2)
            return new DowningDecision(false, unreachable, "of two nodes each goes on");

        if (here * 2 == voters.Count)
        {
            var isFirstHere = voters[0].IsReachable;
            return new DowningDecision(
                !isFirstHere, isFirstHere ? unreachable : [], $"of two halves the one with {voters[0].Name} goes on");
        }

        return here * 2 > voters.Count
            ? new DowningDecision(false, unreachable, $"{here} of {voters.Count} nodes are here")
            : new DowningDecision(true, [], $"only {here} of {voters.Count} nodes are here");
    }
}
