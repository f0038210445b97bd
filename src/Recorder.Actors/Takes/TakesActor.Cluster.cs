using Recorder.Contracts;
using static Recorder.Contracts.TakeProtocol;

namespace Recorder.Actors.Takes;

// Every node of a cluster has a copy of every take. One runs it; when that one is gone, another claims it.
internal sealed partial class TakesActor
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    // The first of the living nodes claims at once, the others only if it does not.
    private static readonly TimeSpan WaitPerRank = TimeSpan.FromSeconds(3);

    private readonly Dictionary<TakeId, List<Heard>> _waitsForEnd = [];
    private readonly Dictionary<TakeId, long> _orphanedSince = [];
    private readonly HashSet<TakeId> _claiming = [];

    private void ReceiveFromOtherNodes()
    {
        Receive<Hear>(OnHear);
        Receive<Settled>(OnSettled);
        Receive<Told>(OnTold);
        Receive<ReadCopy>(read => Sender.Tell(new HearAnswer(_takes.GetValueOrDefault(read.Take.Value))));
        Receive<Reserve>(OnReserve);
        Receive<Watch>(_ => OnWatch());
        Receive<Claimed>(OnClaimed);
        Receive<NotClaimed>(OnNotClaimed);
    }

    private bool Holds(Take take) => _environment.Cluster is not { } cluster || take.Tenure is null || take.Tenure.Node == cluster.Node;

    private bool IsOrphan(Take take) => !Holds(take) && _environment.Cluster!.IsSettled && !_environment.Cluster!.Living.Contains(take.Tenure!.Node);

    // The node that runs it answers for it. Of one whose node is gone anybody shows what is known, and who wants more of it claims it.
    private void ForwardElsewhere(Take take, object message, IActorRef asker)
    {
        if (message is Get)
            asker.Tell(take);
        else if (IsOrphan(take))
            Claim(take, new Waiting(message, asker));
        else
            asker.Tell(TakeRefusal.Elsewhere(take));
    }

    private void OnHear(Hear hear)
    {
        var heard = new Heard(hear.Take, Sender);
        var known = _takes.GetValueOrDefault(hear.Take.Id.Value);
        // Under this node's own tenure nobody has anything newer: what comes back is being stored here.
        if (known is not null && Holds(known) && hear.Take.Tenure == known.Tenure && _actors.ContainsKey(hear.Take.Id))
        {
            Sender.Tell(new HearAnswer(null));
            return;
        }

        var isNewer = known is null || TakeVersion.Of(hear.Take) > TakeVersion.Of(known);
        if (!isNewer && (!Holds(known!) || !TakeMerge.Merge(known!, hear.Take).HasMore))
        {
            Sender.Tell(new HearAnswer(TakeVersion.Of(known!) > TakeVersion.Of(hear.Take) ? known : null));
            return;
        }

        // What the take's actor has decided is stored, and known here, when it has ended.
        if (_actors.TryGetValue(hear.Take.Id, out var actor))
        {
            if (!_waitsForEnd.TryGetValue(hear.Take.Id, out var waiting))
                _waitsForEnd[hear.Take.Id] = waiting = [];

            waiting.Add(heard);
            actor.Tell(new TakeOrders.Retire());
        }
        else
        {
            Settle(heard);
        }
    }

    // Of two copies the newer goes on, with whatever only the other one has.
    private void Settle(Heard heard)
    {
        var known = _takes.GetValueOrDefault(heard.Take.Id.Value);
        var isNewer = known is null || TakeVersion.Of(heard.Take) > TakeVersion.Of(known);
        var (newer, older) = isNewer ? (heard.Take, known) : (known!, heard.Take);
        var (merged, hasMore) = older is null ? (newer, false) : TakeMerge.Merge(newer, older);
        if (hasMore && Holds(newer))
        {
            merged = _environment.Stamp(merged);
            Note(merged);
            Store(merged, heard.Asker, _environment.StoreAsync(merged));
        }
        else if (hasMore && !heard.IsTold)
        {
            // Who runs it merges it. Until that node has everything, nothing here is given up.
            _ = _environment.Cluster!.TellAsync(newer.Tenure!.Node, older!).PipeTo(Self, Self, isTold => new Told(heard, isTold));
        }
        else if (isNewer)
        {
            Store(newer, heard.Asker, _environment.Blocking(() => _environment.Files.Write(newer)));
        }
        else
        {
            heard.Asker.Tell(new HearAnswer(null));
            Reopened(heard.Take.Id);
        }
    }

    private void OnTold(Told told)
    {
        if (told.IsTold)
        {
            Settle(told.Heard with { IsTold = true });
            return;
        }

        told.Heard.Asker.Tell(TakeRefusal.Elsewhere(told.Heard.Take));
        Reopened(told.Heard.Take.Id);
    }

    private void Store(Take take, IActorRef asker, Task storing) =>
        _ = storing.PipeTo(Self, Self, () => new Settled(take, asker, null), failure => new Settled(take, asker, failure.Message));

    private void OnSettled(Settled settled)
    {
        if (settled.Failure is { } reason)
            TakesLog.NotStored(_environment.Logger, settled.Take.Id, reason);

        else if (!_takes.TryGetValue(settled.Take.Id.Value, out var known) || TakeVersion.Of(settled.Take) > TakeVersion.Of(known))
            Note(settled.Take);

        settled.Asker.Tell(settled.Failure is null ? new HearAnswer(null) : TakeRefusal.NotStored(settled.Failure));
        if (_takes.TryGetValue(settled.Take.Id.Value, out var take) && take.IsOpen)
            Reopened(take.Id);
    }

    private void OnReserve(Reserve reserve)
    {
        var (files, before) = (_environment.Files, 0);
        _ = _environment.Blocking(() => before = files.Reserve(reserve.Scene, reserve.Number)).PipeTo(
            Sender, Self, () => new Reserved(before), failure => TakeRefusal.NotStored(failure.Message));
    }

    private async Task<int> GrantAsync(string scene, int number)
    {
        var before = 0;
        await _environment.Blocking(() => before = _environment.Files.Reserve(scene, number)).ConfigureAwait(false);
        return before;
    }

    private void OnWatch()
    {
        var living = _environment.Cluster!.Living;
        var rank = living.ToList().IndexOf(_environment.Cluster.Node);
        foreach (var take in _takes.Values.Where(take => take.IsOpen).ToList())
        {
            if (!IsOrphan(take))
                _orphanedSince.Remove(take.Id);
            else if (!_orphanedSince.TryGetValue(take.Id, out var since))
                _orphanedSince[take.Id] = _environment.Time.GetTimestamp();
            else if (rank >= 0 && _environment.Time.GetElapsedTime(since) >= WaitPerRank * rank)
                Claim(take, null);
        }
    }

    private void Claim(Take take, Waiting? waiting)
    {
        if (!_claiming.Add(take.Id))
        {
            waiting?.Asker.Tell(TakeRefusal.Elsewhere(take));
            return;
        }

        TakesLog.Claims(_environment.Logger, take.Id, take.Tenure!.Node);
        var claimed = take with { Tenure = new TakeTenure(take.Tenure.Term + 1, _environment.Cluster!.Node), Revision = take.Revision + 1 };
        _ = _environment.StoreAsync(claimed).PipeTo(Self, Self, () => new Claimed(claimed, waiting), failure => new NotClaimed(take.Id, waiting, failure.Message));
    }

    private void OnClaimed(Claimed claimed)
    {
        _claiming.Remove(claimed.Take.Id);
        _orphanedSince.Remove(claimed.Take.Id);
        // Another node may have been faster.
        if (TakeVersion.Of(claimed.Take) > TakeVersion.Of(_takes.GetValueOrDefault(claimed.Take.Id.Value) ?? claimed.Take with { Revision = 0 }))
            Note(claimed.Take);

        if (_takes.TryGetValue(claimed.Take.Id.Value, out var take) && take.IsOpen)
            Reopened(take.Id);

        if (claimed.Waiting is { } waiting)
            Forward(claimed.Take.Id, waiting.Message, waiting.Asker);
    }

    private void OnNotClaimed(NotClaimed failed)
    {
        _claiming.Remove(failed.Take);
        TakesLog.NotStored(_environment.Logger, failed.Take, failed.Reason);
        failed.Waiting?.Asker.Tell(TakeRefusal.NotStored(failed.Reason));
    }

    /// <summary>Another node's copy of a take. Answered with <see cref="HearAnswer"/> when it is durable here.</summary>
    internal sealed record Hear(Take Take);

    /// <summary>A copy has been heard.</summary>
    /// <param name="Newer">This node's own, when it is newer.</param>
    internal sealed record HearAnswer(Take? Newer);

    /// <summary>Asks for this node's copy. Answered with <see cref="HearAnswer"/>.</summary>
    internal sealed record ReadCopy(TakeId Take);

    /// <summary>Another node wants a number of a scene for itself. Answered with <see cref="Reserved"/>.</summary>
    internal sealed record Reserve(string Scene, int Number);

    /// <param name="Before">The highest number that was reserved before: the one that was asked for is refused if it is not above that.</param>
    internal sealed record Reserved(int Before);

    /// <param name="IsTold">Whether the node that runs the take has what only the older copy had.</param>
    private sealed record Heard(Take Take, IActorRef Asker, bool IsTold = false);

    private sealed record Told(Heard Heard, bool IsTold);

    private sealed record Settled(Take Take, IActorRef Asker, string? Failure);

    private sealed record Waiting(object Message, IActorRef Asker);

    private sealed record Claimed(Take Take, Waiting? Waiting);

    private sealed record NotClaimed(TakeId Take, Waiting? Waiting, string Reason);

    private sealed record Watch;
}
