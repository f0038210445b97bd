using Recorder.Contracts;

namespace Recorder.Actors.Registry;

/// <summary>
/// What the fleet accepts: the recorders of a node as they are defined. It takes every recorder's commands too
/// (<see cref="RecorderProtocol.ICommand"/>): those that change what a recorder is meant to be are kept before they are answered.
/// Refusals are <see cref="RecorderProtocol.Refused"/>.
/// </summary>
internal static class RegistryProtocol
{
    /// <summary>Adds a recorder, kept from now on. Answered with <see cref="Defined"/>.</summary>
    /// <param name="Definition">Its <see cref="RecorderDefinition.Desired"/> may already be recording.</param>
    public sealed record Define(RecorderDefinition Definition);

    /// <summary>
    /// Replaces a definition but for what it is meant to be. Labels, retention and the time slice of the next start change at any time; the
    /// rest only while it is inactive. Answered with <see cref="Defined"/>.
    /// </summary>
    public sealed record Change(RecorderDefinition Definition);

    /// <summary>Removes a recorder, stopping it first; its recordings stay. Answered with <see cref="Deleted"/>.</summary>
    public sealed record Delete(RecorderId Recorder);

    /// <summary>Asks for all definitions; answered with <see cref="Definitions"/>.</summary>
    public sealed record List;

    /// <summary>A recorder that this node has claimed: it is made, or goes on if it was warmed. Answered with <see cref="Adopted"/>.</summary>
    public sealed record Adopt(RecorderDefinition Definition);

    /// <summary>
    /// A recorder that another node is about to give to this one: it is made, and holds its source's past. Answered with <see cref="Adopted"/>
    /// as soon as it has a key frame to go on from, or is not to be waited for any longer.
    /// </summary>
    public sealed record Warm(RecorderDefinition Definition);

    /// <summary>
    /// Gives a recorder up: what it records stays open for another node to go on with, and nothing of it is left here but its recordings.
    /// Answered with <see cref="Released"/>.
    /// </summary>
    public sealed record Release(RecorderId Recorder);

    /// <summary>The recorder is here.</summary>
    public sealed record Adopted(RecorderId Recorder);

    /// <summary>The recorder is not here any more, and every event of it is in the journal.</summary>
    /// <param name="Recorder">It.</param>
    /// <param name="History">What another node goes on from; null when it was not here.</param>
    public sealed record Released(RecorderId Recorder, RecorderHistory? History);

    /// <summary>The definition is kept.</summary>
    public sealed record Defined(RecorderDefinition Definition);

    /// <summary>The recorder is gone and its files are closed.</summary>
    public sealed record Deleted(RecorderId Recorder);

    /// <summary>All recorders, by name.</summary>
    public sealed record Definitions(IReadOnlyList<RecorderDefinition> Recorders);

    /// <summary>No recorder is started again from here on: the node ends. Answered with <see cref="Definitions"/>.</summary>
    public sealed record End;
}
