using Recorder.Contracts;

namespace Recorder.Cluster.Registry;

/// <summary>The desired state as a register orders it: of a start and a stop at the same time, the start wins.</summary>
internal enum DesiredState
{
    Unknown = 0,
    Inactive = 1,
    Paused = 2,
    Recording = 3,
}

/// <summary>A definition as bytes, which a node stores and passes on even where it does not know every field.</summary>
internal readonly record struct DefinitionBytes(string Json) : IComparable<DefinitionBytes>
{
    public int CompareTo(DefinitionBytes other) => string.CompareOrdinal(Json, other.Json);
}

/// <summary>
/// A recorder in the registry: its definition, its desired state, and whether it exists, each changed and merged by itself. A recorder that was
/// deleted stays as a tombstone, so that a node that was away deletes it too. Every change confirms that the recorder exists: a change and a
/// deletion at the same time leave it existing.
/// </summary>
internal sealed record RegisteredRecorder(
    RecorderId Id, Register<DefinitionBytes> Definition, Register<DesiredState> Desired, Register<bool> Existence)
{
    private static readonly RegisterVersion Never = new(0, "");

    public bool Exists => Existence.Value;

    public bool ShouldRecord => Exists && Desired.Value is DesiredState.Recording or DesiredState.Paused;

    public static RegisteredRecorder Create(RecorderId id, string definition, DesiredState desired, string node) =>
        new RegisteredRecorder(
            id, new Register<DefinitionBytes>(new DefinitionBytes(definition), Never), new Register<DesiredState>(desired, Never),
            new Register<bool>(false, Never)).Define(definition, node).Desire(desired, node);

    public RegisteredRecorder Define(string definition, string node) =>
        Confirm(node) with { Definition = Definition.Change(new DefinitionBytes(definition), node) };

    public RegisteredRecorder Desire(DesiredState desired, string node) => Confirm(node) with { Desired = Desired.Change(desired, node) };

    public RegisteredRecorder Delete(string node) =>
        this with { Existence = Existence.Change(false, node), Desired = Desired.Change(DesiredState.Inactive, node) };

    /// <summary>Merges what another node has, in any order and any number of times.</summary>
    /// <returns>The merged recorder, and the names of the registers that two nodes had changed at the same time.</returns>
    public (RegisteredRecorder Merged, IReadOnlyList<string> Conflicts) MergeWith(RegisteredRecorder other)
    {
        var (definition, isDefinitionConflict) = Definition.MergeWith(other.Definition);
        var (desired, isDesiredConflict) = Desired.MergeWith(other.Desired);
        var (existence, isExistenceConflict) = Existence.MergeWith(other.Existence);
        List<string> conflicts = [];
        if (isDefinitionConflict)
            conflicts.Add(nameof(Definition));

        if (isDesiredConflict)
            conflicts.Add(nameof(Desired));

        if (isExistenceConflict)
            conflicts.Add(nameof(Existence));

        return (new RegisteredRecorder(Id, definition, desired, existence), conflicts);
    }

    private RegisteredRecorder Confirm(string node) => this with { Existence = Existence.Change(true, node) };
}
