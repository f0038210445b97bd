using Akka.Cluster;
using Microsoft.Extensions.Logging;
using Recorder.Cluster.Formations;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Trust;

namespace Recorder.Cluster.ControlPlane;

/// <summary>
/// Asks the other nodes once a second of which formation they are part, and carries out what <see cref="FormationState"/> decides. One for each life of the
/// actor system.
/// </summary>
internal sealed class FormationLoop(
    INodeSide side, ControlPlaneOptions options, SharedFormation formation, Refusals refusals, ILogger logger, TimeProvider clock)
{
    // A target that did not let this node in is asked again, or another one is.
    private static readonly TimeSpan RepeatJoinAfter = TimeSpan.FromSeconds(3);

    private readonly long _startedAt = clock.GetTimestamp();
    private (string Node, TimeSpan At)? _joining;
    private TimeSpan? _joiningSince;
    private StartId? _refusedFor;

    private TimeSpan Elapsed => clock.GetElapsedTime(_startedAt);

    /// <summary>Asks once and acts on the answers.</summary>
    /// <returns>Why the actor system is to be ended and started again; null to go on.</returns>
    public async Task<string?> StepAsync(Akka.Cluster.Cluster cluster, CancellationToken cancellation)
    {
        var answers = await AskAsync(cancellation);
        formation.IsRefused = IsRefused(answers);
        if (formation.IsRefused)
            return null;

        answers = [.. answers.Where(answer => answer.Card.Node != side.Card.Node)];
        foreach (var answer in answers)
            formation.See(answer.Card.Node, answer.Formation);

        var (decision, node) = formation.Decide();
        var target = answers.FirstOrDefault(answer => answer.Card.Node == node)?.Card;
        if (decision == FormationDecision.Restart)
        {
            ControlPlaneLog.GivesUp(logger, formation.Own, node!);
            return $"it joins the formation of {node}";
        }

        if (decision == FormationDecision.Join && target is not null)
            Join(cluster, target);
        else if (decision == FormationDecision.FormAlone && !IsIn(cluster) && !WaitsForFirst(answers))
            FormAlone(cluster);

        // Let in and never a member: the cluster that it joined has troubles of its own.
        return formation.Own is null && Elapsed - _joiningSince > options.JoinTimeout ? "it was not let in" : null;
    }

    private async Task<IReadOnlyList<Greeting>> AskAsync(CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = clock.CreateTimer(_ => timeout.Cancel(), null, options.GreetInterval, Timeout.InfiniteTimeSpan);
        try
        {
            var answers = await options.Greet(timeout.Token);
            var own = side.Card;
            return [.. answers.Where(answer => answer.Card.Cluster == own.Cluster && answer.Card.Start != own.Start && (answer.Card.Node == own.Node || IsTrusted(answer.Card)))];
        }
        // Nothing that goes wrong with asking ends a control plane.
        catch (Exception exception)
        {
            if (!cancellation.IsCancellationRequested)
                ControlPlaneLog.NotAsked(logger, exception.Message);

            return [];
        }
    }

    // A machine that was cloned has the name of another that lives. The one that came later stays outside, and records on.
    private bool IsRefused(IReadOnlyList<Greeting> answers)
    {
        var own = side.Card;
        var same = answers.FirstOrDefault(answer => answer.Card.Node == own.Node);
        if (same is null || formation.Own is not null || (same.Formation is null && own.Start.CompareTo(same.Card.Start) < 0))
            return false;

        if (_refusedFor != same.Card.Start)
            ControlPlaneLog.SameName(logger, same.Card.Url, own.Node);

        _refusedFor = same.Card.Start;
        return true;
    }

    // The formation of a node that gets no connection must not be joined: this node would give up its own for it again and again, or never form one.
    private bool IsTrusted(NodeCard card)
    {
        // That its own certificate expired has been said by the folder.
        var (own, now) = (options.Trust?.Current, clock.GetUtcNow());
        if (refusals.IsRecent($"{card.Host}:{card.Port}") || own?.Until < now)
            return false;

        if (NodeTrust.Check(own, card.Certificate, now) is not { } refusal)
            return true;

        refusals.Refuses($"node {card.Node} at {card.Host}:{card.Port}", refusal);
        return false;
    }

    private void Join(Akka.Cluster.Cluster cluster, NodeCard target)
    {
        if (IsIn(cluster) || (_joining is { } joining && joining.Node == target.Node && Elapsed - joining.At < RepeatJoinAfter))
            return;

        _joining = (target.Node, Elapsed);
        _joiningSince ??= Elapsed;
        ControlPlaneLog.Joins(logger, target.Node, target.Host, target.Port);
        cluster.Join(new Address(cluster.SelfAddress.Protocol, cluster.SelfAddress.System, target.Host, target.Port));
    }

    private void FormAlone(Akka.Cluster.Cluster cluster)
    {
        ControlPlaneLog.FormsAlone(logger, options.Join.Count > 0 ? string.Join(", ", options.Join) : "nobody");
        _joiningSince ??= Elapsed;
        formation.Draw();
        cluster.Join(cluster.SelfAddress);
    }

    // Of nodes that start together the first by name forms the cluster, and the others join it: two clusters of one would take ten seconds to merge.
    private bool WaitsForFirst(IReadOnlyList<Greeting> answers) =>
        Elapsed < FormationState.AskBeforeAlone * 2
        && answers.Any(answer => answer.Formation is null && string.CompareOrdinal(answer.Card.Node, side.Card.Node) < 0);

    private static bool IsIn(Akka.Cluster.Cluster cluster) => cluster.State.Members.Any(member => member.UniqueAddress == cluster.SelfUniqueAddress);
}
