using Recorder.Contracts;

namespace Recorder.Actors.Registry;

/// <summary>
/// What the registry accepts: the recorders of a node as they are defined. It takes every recorder's commands too
/// (<see cref="RecorderProtocol.ICommand"/>): a new desired state is persisted before the command is answered. Refusals are
/// <see cref="RecorderProtocol.Refused"/>, <see cref="NotDefined"/> and <see cref="Moved"/>.
/// </summary>
internal static class RegistryProtocol
{
    /// <summary>Adds a recorder, persisted from now on. Answered with <see cref="Defined"/>.</summary>
    /// <param name="Definition">Its <see cref="RecorderDefinition.Desired"/> may already be recording.</param>
    public sealed record Define(RecorderDefinition Definition);

    /// <summary>
    /// Replaces a definition except for its desired state. Labels, retention and the timeslice of the next start change at any time; the rest
    /// only while the recorder is inactive. Answered with <see cref="Defined"/>.
    /// </summary>
    public sealed record Change(RecorderDefinition Definition);

    /// <summary>Removes a recorder, stopping it first; its recordings stay. Answered with <see cref="Deleted"/>.</summary>
    public sealed record Delete(RecorderId Recorder);

    /// <summary>Asks for one definition; answered with <see cref="Found"/>.</summary>
    public sealed record Find(RecorderId Recorder);

    /// <summary>Asks for all definitions; answered with <see cref="Definitions"/>.</summary>
    public sealed record List;

    /// <summary>This node owns the recorder from now on: it is created, or continues if it was offered before. Answered with <see cref="Ready"/>.</summary>
    public sealed record Accept(RecorderDefinition Definition);

    /// <summary>
    /// Another node is about to hand a recorder over: it is created here and keeps a pre-roll of its source. Answered with <see cref="Ready"/>
    /// as soon as it has a key frame to continue from, or has waited long enough for one.
    /// </summary>
    public sealed record Offer(RecorderDefinition Definition);

    /// <summary>
    /// Hands a recorder over: its recording stays open for another node to continue, and only its recordings stay here. Answered with
    /// <see cref="HandedOver"/>.
    /// </summary>
    public sealed record HandOver(RecorderId Recorder);

    /// <summary>No recorder is started again: the node ends. Answered with <see cref="Definitions"/>.</summary>
    public sealed record End;

    /// <summary>The recorder is on this node.</summary>
    public sealed record Ready(RecorderId Recorder);

    /// <summary>The recorder is no longer on this node, and every event of it is in the journal.</summary>
    /// <param name="Recorder">The recorder.</param>
    /// <param name="History">Where another node continues; null when the recorder was not here.</param>
    public sealed record HandedOver(RecorderId Recorder, RecorderHistory? History);

    /// <summary>The definition is persisted.</summary>
    public sealed record Defined(RecorderDefinition Definition);

    /// <summary>The recorder is removed and its files are closed.</summary>
    public sealed record Deleted(RecorderId Recorder);

    /// <summary>The definition; null when there is no such recorder here.</summary>
    public sealed record Found(RecorderDefinition? Definition);

    /// <summary>All recorders, by name.</summary>
    public sealed record Definitions(IReadOnlyList<RecorderDefinition> Recorders);

    /// <summary>There is no such recorder.</summary>
    public sealed record NotDefined(RecorderId Recorder);

    /// <summary>The recorder is on another node of the cluster by now, and nothing was done: ask the router again.</summary>
    public sealed record Moved(RecorderId Recorder);
}
