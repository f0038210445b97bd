using Akka.Actor;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Recording;
using Recorder.Actors.Registry;
using Recorder.Cluster.Events;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Tenures;
using Recorder.Contracts;

namespace Recorder.Cluster.Runtime;

// What it watches: the media that its recorders store, and changes that were made on other nodes.
internal sealed partial class TenuresActor
{
    private void OnTick()
    {
        var now = View.Now;
        bool? hasUnheard = null;
        foreach (var state in _states.Values)
        {
            if (state.Tenures.Held is not { } held)
                continue;

            state.Tenures.IsLeaving = _environment.IsDraining();
            if (state.IsReady && IsIdle(state))
                Apply(state, state.Tenures.ConfirmReady(held, now));
            else if (state.IsReady && HasStored(state))
                Apply(state, state.Tenures.StoreFragment(held, now));

            if (state.IsExclusive)
            {
                state.Tenures.HasUnheard = hasUnheard ??= View.HasUnheard;
                CountLosses(state, now);
            }

            if (state.Predecessor is null)
                Apply(state, state.Tenures.Tick(now, isConnected: state.IsReady));

            if (state is { IsExclusive: true, Tenures.Held: { } tenure })
                ShareConnection(state, tenure, now);

            BeginTenure(state);
            View.SetOwn(state.Recorder, state.Tenures.Describe(now));
        }

        if (_unsaved.Count > 0 || _decided.Count > 0)
            SaveAndCarryOut();

        BeginAlone(now);
    }

    // A claim raises no event: it may be one of several, and only one of them goes on. Of a holder that is alone and stores nothing, because its camera is
    // off, users are told after a while.
    private void BeginTenure(HeldState state)
    {
        if (!state.IsReady || state.Tenures.Held is not { } held || state.Begun == held)
            return;

        if (state.Alone.Tenure != held || View.IsHeldElsewhere(state.Recorder))
            state.Alone = (held, View.Now);

        if (!state.Tenures.IsConfirmed && View.Now - state.Alone.Since < SilentClaim)
            return;

        state.Begun = held;
        var before = _environment.History.Begin(state.Recorder, held);
        var begin = new RecorderControl.BeginTenure(held.ToContract()!, before, held.Term * Journal.NumbersOfATenure);
        _environment.Parent.Tell(new RecordersActor.ToOne(state.Recorder, begin), ActorRefs.NoSender);
    }

    // A recorder without its camera is removed until it may connect again; its tenure goes on.
    private void ShareConnection(HeldState state, Tenure tenure, TimeSpan now)
    {
        var mayConnect = state.Tenures.MayConnect(now);
        if (!mayConnect && state.IsReady)
        {
            (state.IsReady, state.IsSuspended) = (false, true);
            _environment.Recorders.Tell(new RegistryProtocol.HandOver(state.Recorder), ActorRefs.NoSender);
        }
        else if (mayConnect && state.IsSuspended)
        {
            state.IsSuspended = false;
            Accept(state, tenure, history: null);
        }
    }

    // A recorder that is not to record has nothing to store.
    private bool IsIdle(HeldState state) => _environment.Registry.Find(state.Recorder)?.Desired != RecorderState.Recording;

    private bool HasStored(HeldState state)
    {
        var written = _environment.Stored.Of(state.Recorder).At;
        var hasStored = written > state.CountedWrite;
        state.CountedWrite = written;
        return hasStored;
    }

    private void CountLosses(HeldState state, TimeSpan now)
    {
        var losses = _environment.Stored.Of(state.Recorder).Losses;
        if (losses > state.CountedLosses && state.IsReady && !IsIdle(state))
            state.Tenures.LoseConnection(now);

        state.CountedLosses = losses;
    }

    private void BeginAlone(TimeSpan now)
    {
        if (_hasBegun || _environment.Plane.IsRefused || (!View.IsInFormation && now - _environment.StartedAt < AloneAfter))
            return;

        _hasBegun = true;
        if (View.IsInFormation)
            return;

        var own = _states.Values.Where(state => state.Tenures.HighestConfirmed?.Node == View.Node && _environment.Registry.Find(state.Recorder) is not null).ToList();
        TenuresLog.BeginsAlone(_environment.Logger, own.Count);
        own.ForEach(state => Apply(state, state.Tenures.Claim(0, now)));
    }

    private void OnRegistryChanged(RegistryChanged changed)
    {
        foreach (var change in changed.Changes)
        {
            if (change.Conflicts.Count > 0)
                TenuresLog.Conflict(_environment.Logger, change.After.Id, string.Join(" and ", change.Conflicts).ToLowerInvariant());

            if (!_states.TryGetValue(change.After.Id, out var state) || state.Tenures.Held is null)
                continue;

            if (!change.After.Exists)
                Apply(state, state.Tenures.Stop());
            else if (!changed.IsHere && state.IsReady)
                Follow(state.Recorder, change);
        }
    }

    // Another node's change, which a partition kept from this holder when it was made.
    private void Follow(RecorderId recorder, RegistryChange change)
    {
        if (_environment.Registry.Find(recorder) is not { } definition)
            return;

        if (change.Before?.Definition != change.After.Definition)
            _environment.Recorders.Tell(new RegistryProtocol.Follow(definition), ActorRefs.NoSender);

        if (change.Before?.Desired != change.After.Desired)
            Command(definition);
    }

    private void Command(RecorderDefinition definition) => _environment.Recorders.Tell(
        definition.Desired switch
        {
            RecorderState.Recording => new RecorderProtocol.Start(definition.Id),
            RecorderState.Paused => new RecorderProtocol.Pause(definition.Id),
            _ => new RecorderProtocol.Stop(definition.Id),
        },
        ActorRefs.NoSender);

    /// <summary>The recorder's entity asks this node to hold it.</summary>
    internal sealed record Claim(RecorderId Recorder, long HighestTerm);

    internal sealed record Heard(NodeCard From, IReadOnlyList<HeldRecorder> Held);

    /// <summary>A successor that is ready asks for a recorder. Answered with <see cref="HandOverAnswer"/>.</summary>
    internal sealed record HandOver(RecorderId Recorder, Tenure Successor);

    /// <param name="IsHere">Whether the changes were made on this node.</param>
    internal sealed record RegistryChanged(IReadOnlyList<RegistryChange> Changes, bool IsHere);

    private sealed record Prepared(Claim Claim, string Holder);

    private sealed record HistoryReceived(RecorderId Recorder, Tenure Tenure, string? History);

    private sealed record Accepted(RecorderDefinition Definition, Tenure Tenure);

    private sealed record Ended(RecorderId Recorder, Tenure Tenure, RecorderHistory? History);

    private sealed record Commit;

    private sealed record Tick;
}
