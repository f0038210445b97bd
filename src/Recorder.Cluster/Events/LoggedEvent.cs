using Recorder.Cluster.Tenures;
using Recorder.Contracts;

namespace Recorder.Cluster.Events;

/// <summary>An event as a node's log of all nodes' events has it.</summary>
/// <param name="Node">The node in whose journal it is.</param>
/// <param name="Journal">Its number there.</param>
/// <param name="After">Of a tenure's first event: the last event before it.</param>
/// <param name="Json">The event, in UTF-8.</param>
internal sealed record LoggedEvent(
    string Node, long Journal, RecorderId Recorder, EventNumber Number, EventNumber? After, string Kind, DateTimeOffset At, byte[] Json)
{
    /// <summary>In which order this node learned of its events: no event of another node's log has the same.</summary>
    public long Id { get; init; }

    /// <summary>Of a LateMedia event: what it sums up.</summary>
    public EventRange? Late { get; init; }

    /// <summary>The same as an object, while it is in memory.</summary>
    public RecorderProtocol.IEvent? Event { get; init; }
}

/// <summary>The numbers of events as the contract writes them.</summary>
internal static class EventNumbers
{
    /// <summary>The tenure of all events that were raised before events had tenures.</summary>
    public static readonly Tenure NoTenure = new(0, "", default);

    public static Tenure TenureOf(EventTenure? tenure) => tenure is null ? NoTenure : new Tenure(
        tenure.Term, tenure.Node, StartId.TryParse(tenure.Start) ?? default);

    public static EventTenure? ToContract(this Tenure tenure) =>
        tenure == NoTenure ? null : new EventTenure(tenure.Term, tenure.Node, tenure.Start.ToString());

    public static EventNumber NumberOf(RecorderProtocol.IEvent raised) => new(TenureOf(raised.Tenure), raised.Sequence);

    public static EventNumber? AfterOf(RecorderProtocol.IEvent raised) =>
        (raised as RaisedEvent)?.Before is { } before ? new EventNumber(TenureOf(before.Tenure), before.Sequence) : null;
}
