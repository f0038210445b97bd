using Recorder.Cluster.Nodes;
using Recorder.Cluster.Registry;
using Recorder.Cluster.Tenures;
using Recorder.Contracts;

namespace Recorder.Cluster.Wire;

/// <summary>
/// What the control planes of two nodes tell each other, always from gateway to gateway. Fields are only ever added, with a default; what an older node does
/// not know it ignores.
/// </summary>
internal interface IWireMessage;

/// <summary>What a member says of itself, once a second and to everybody who joins.</summary>
/// <param name="Formation">The id of the formation of which it is part; null while it does not know it.</param>
/// <param name="Registry">What its registry adds up to; null from a node that does not say it.</param>
internal sealed record Hello(NodeCard Card, StartId? Formation, long? Registry = null) : IWireMessage;

/// <summary>What a member holds, or a part of it.</summary>
internal sealed record HeldRecorders(IReadOnlyList<HeldRecorder> Held) : IWireMessage;

/// <summary>Registers to merge.</summary>
internal sealed record Registers(IReadOnlyList<RegisteredRecorder> Recorders) : IWireMessage;

/// <summary>A hash of each part of a member's registry. The receiver sends, and asks for, the parts that differ.</summary>
internal sealed record RegistryDigest(IReadOnlyList<long> Parts) : IWireMessage;

/// <summary>Asks for the registers of some parts of the registry.</summary>
internal sealed record RegistersWanted(IReadOnlyList<int> Parts) : IWireMessage;

/// <summary>A recorder's entity asks a node to hold it.</summary>
/// <param name="HighestTerm">The highest term that the entity knows.</param>
internal sealed record AskToHold(RecorderId Recorder, long HighestTerm) : IWireMessage;

/// <summary>A successor that is ready asks the holder to end its recording.</summary>
internal sealed record HandOver(RecorderId Recorder, Tenure Successor) : IWireMessage;

/// <summary>The answer to <see cref="HandOver"/>.</summary>
/// <param name="History">Where the successor continues; null when the node did not hold the recorder.</param>
internal sealed record HandedOver(string? History) : IWireMessage;
