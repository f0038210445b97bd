using Recorder.Contracts;

namespace Recorder.Actors.Registry;

/// <summary>Messages of the registry, which also takes <see cref="RecorderProtocol.ICommand"/> and may refuse each.</summary>
internal static class RegistryProtocol
{
    /// <summary>Adds a recorder, persisted from now on. Answered with <see cref="Defined"/>.</summary>
    public sealed record Define(RecorderDefinition Definition);

    /// <summary>
    /// Replaces a definition except for its desired state. Labels, retention and the timeslice of the next start change at any time; the rest
    /// only while the recorder is inactive. Answered with <see cref="Defined"/>.
    /// </summary>
    public sealed record Change(RecorderDefinition Definition);

    /// <summary>
    /// Takes a definition that was changed on another node, except for its desired state. What cannot change while the recorder records
    /// waits until the recording ends. Not answered.
    /// </summary>
    public sealed record Follow(RecorderDefinition Definition);

    /// <summary>Removes a recorder, stopping it first; its recordings stay. Answered with <see cref="Deleted"/>.</summary>
    public sealed record Delete(RecorderId Recorder);

    public sealed record Find(RecorderId Recorder);

    public sealed record List;

    /// <summary>Makes this node own the recorder: it is created, or continues if it was offered before. Answered with <see cref="Ready"/>.</summary>
    public sealed record Accept(RecorderDefinition Definition);

    /// <summary>
    /// Prepares for a recorder that another node is about to hand over: it is created here and keeps a pre-roll of its source. Answered with
    /// <see cref="Ready"/> as soon as it has a key frame to continue from, or after a time limit.
    /// </summary>
    public sealed record Offer(RecorderDefinition Definition);

    /// <summary>Hands a recorder over; its recordings stay on this node. Answered with <see cref="HandedOver"/>.</summary>
    public sealed record HandOver(RecorderId Recorder);

    /// <summary>Restarts no recorder from here on, because the node ends. Answered with <see cref="Definitions"/>.</summary>
    public sealed record End;

    public sealed record Ready(RecorderId Recorder);

    /// <summary>The recorder is no longer on this node, and every event of it is in the journal.</summary>
    /// <param name="History">Where another node continues; null when the recorder was not on this node.</param>
    public sealed record HandedOver(RecorderId Recorder, RecorderHistory? History);

    public sealed record Defined(RecorderDefinition Definition);

    /// <summary>The recorder is removed and its files are closed.</summary>
    public sealed record Deleted(RecorderId Recorder);

    /// <param name="Definition">The definition; null when there is no such recorder here.</param>
    /// <param name="IsChangePending">Whether the recorder still records as it was defined before.</param>
    public sealed record Found(RecorderDefinition? Definition, bool IsChangePending = false);

    /// <summary>All definitions, ordered by id.</summary>
    public sealed record Definitions(IReadOnlyList<RecorderDefinition> Recorders);

    /// <summary>
    /// The registry of this node has a recorder, as it is defined now, or has it no more. Published on the actor system's event stream.
    /// </summary>
    /// <param name="Definition">Null when it has it no more.</param>
    public sealed record Noted(RecorderId Recorder, RecorderDefinition? Definition);

    public sealed record NotDefined(RecorderId Recorder);

    /// <summary>The recorder has moved to another node of the cluster, and nothing was done: ask the router again.</summary>
    public sealed record Moved(RecorderId Recorder);
}
