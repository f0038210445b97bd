using Akka.Actor;
using Recorder.Cluster.Tenures;
using Recorder.Contracts;

namespace Recorder.Cluster.Runtime;

/// <summary>One recorder's tenures on this node, and what the node is doing about it.</summary>
/// <param name="isExclusive">Whether the source allows one connection.</param>
internal sealed class HeldState(RecorderId recorder, TenureState tenures, bool isExclusive)
{
    public RecorderId Recorder => recorder;

    public TenureState Tenures => tenures;

    public bool IsExclusive => isExclusive;

    /// <summary>Whether the recorder gave its only connection to the camera up for a while, for a node that this one cannot hear.</summary>
    public bool IsSuspended { get; set; }

    /// <summary>Whether the recorder exists here and takes commands.</summary>
    public bool IsReady { get; set; }

    /// <summary>Whether it is being prepared here, before the tenure is claimed and its holder is asked to hand it over.</summary>
    public bool IsPreparing { get; set; }

    /// <summary>Whether its recording here is being ended.</summary>
    public bool IsEnding { get; set; }

    /// <summary>The node that hands it over to the tenure being begun; null when nobody can be asked.</summary>
    public string? Predecessor { get; set; }

    /// <summary>How the recorder came to the tenure that is not confirmed yet; null when nobody had it before, or when that is counted.</summary>
    public Arrival? Arrival { get; set; }

    /// <summary>The tenure under which the recorder raises its events.</summary>
    public Tenure? Begun { get; set; }

    /// <summary>The tenure that is to begin next, and since when this node was seen to be alone with it.</summary>
    public (Tenure? Tenure, TimeSpan Since) Alone { get; set; }

    /// <summary>The last write that was counted.</summary>
    public long CountedWrite { get; set; }

    /// <summary>How often its source had been lost when that was last looked at.</summary>
    public long CountedLosses { get; set; }

    /// <summary>What the last tenure handed over when it ended; null when it did not end here, or its files could not be completed.</summary>
    public (Tenure Tenure, string History, TimeSpan At)? HandedOver { get; set; }

    /// <summary>Successors that wait for what this node recorded.</summary>
    public List<IActorRef> Successors { get; } = [];

    /// <summary>What a late successor is told: several nodes were asked to take the recorder, and it goes on where the first of them does.</summary>
    /// <returns>Null when that was too long ago, or somebody is known to have gone on since.</returns>
    public string? FindHandedOver(TimeSpan now, TimeSpan within) =>
        tenures.Held is null && HandedOver is { } last && now - last.At < within && !(tenures.HighestConfirmed > last.Tenure) ? last.History : null;
}
