using System.Collections.Concurrent;
using Recorder.Actors.Secrets;
using Recorder.Cluster.Registry;
using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Cluster.Runtime;

/// <summary>What a merge changed of one recorder.</summary>
/// <param name="Conflicts">The registers that two nodes had changed at the same time.</param>
internal sealed record RegistryChange(RegisteredRecorder After, RegisteredRecorder? Before, IReadOnlyList<string> Conflicts);

/// <summary>
/// The recorders of the cluster as this node knows them, in memory and durably in its <see cref="NodeStore"/>. Reading never waits; changes are made one
/// after the other. Safe to use from any thread.
/// </summary>
/// <param name="cipher">Encrypts credentials: the same on all nodes.</param>
internal sealed class RecorderRegistry(string node, NodeStore store, ISecretCipher cipher)
{
    private readonly ConcurrentDictionary<RecorderId, Entry> _entries = new(
        store.ReadRegistry().Select(recorder => KeyValuePair.Create(recorder.Id, new Entry(recorder, cipher))));

    private readonly Lock _gate = new();
    private long _revision;

    /// <summary>Rises with each change. What was made of the registry is out of date when this has risen since before the registry was read.</summary>
    public long Revision => Interlocked.Read(ref _revision);

    /// <summary>Told of every change, and whether it was made on this node.</summary>
    public Action<IReadOnlyList<RegistryChange>, bool>? Changed { get; set; }

    /// <summary>Told of the changes made on this node, to pass them on.</summary>
    public Action<IReadOnlyList<RegisteredRecorder>>? ChangedHere { get; set; }

    /// <summary>The existing recorders, in no order.</summary>
    public IEnumerable<RecorderDefinition> Definitions => _entries.Values.Where(entry => entry.Registered.Exists).Select(entry => entry.Definition);

    /// <summary>Everything that other nodes have to know, deleted recorders included.</summary>
    public IReadOnlyList<RegisteredRecorder> ReadAll() => [.. _entries.Values.Select(entry => entry.Registered)];

    public RecorderDefinition? Find(RecorderId recorder) =>
        _entries.TryGetValue(recorder, out var entry) && entry.Registered.Exists ? entry.Definition : null;

    /// <summary>Adds a recorder.</summary>
    /// <returns>False when there is one of this id.</returns>
    public bool TryAdd(RecorderDefinition definition)
    {
        var isAdded = false;
        Update(definition.Id, known =>
        {
            if (known is { Exists: true })
                return known;

            isAdded = true;
            var (json, desired) = (Write(definition), StateOf(definition.Desired));
            return known is null ? RegisteredRecorder.Create(definition.Id, json, desired, node) : known.Define(json, node).Desire(desired, node);
        });
        return isAdded;
    }

    /// <summary>Registers what changed of a definition; nothing changes when it was deleted.</summary>
    public void Put(RecorderDefinition definition) => Update(definition.Id, known =>
    {
        if (known is not { Exists: true })
            return known;

        var before = _entries[definition.Id].Definition;
        // Compared as text: of two definitions with the same labels the records are not equal.
        if (ProtocolJson.Write(before with { Desired = definition.Desired }) != ProtocolJson.Write(definition))
            known = known.Define(Write(definition), node);

        return before.Desired == definition.Desired ? known : known.Desire(StateOf(definition.Desired), node);
    });

    public void Delete(RecorderId recorder) => Update(recorder, known => known is { Exists: true } ? known.Delete(node) : known);

    /// <summary>Merges what another node has.</summary>
    public void Merge(IReadOnlyList<RegisteredRecorder> others)
    {
        List<RegistryChange> changes = [];
        lock (_gate)
        {
            foreach (var other in others)
            {
                var before = _entries.GetValueOrDefault(other.Id)?.Registered;
                var (merged, conflicts) = before?.MergeWith(other) ?? (other, []);
                if (merged != before)
                    changes.Add(new RegistryChange(merged, before, conflicts));
            }

            Take(changes);
        }

        if (changes.Count > 0)
            Changed?.Invoke(changes, false);
    }

    private void Update(RecorderId recorder, Func<RegisteredRecorder?, RegisteredRecorder?> change)
    {
        RegistryChange made;
        lock (_gate)
        {
            var before = _entries.GetValueOrDefault(recorder)?.Registered;
            if (change(before) is not { } after || after == before)
                return;

            made = new RegistryChange(after, before, []);
            Take([made]);
        }

        Changed?.Invoke([made], true);
        ChangedHere?.Invoke([made.After]);
    }

    private void Take(List<RegistryChange> changes)
    {
        if (changes.Count == 0)
            return;

        store.Write([.. changes.Select(change => change.After)]);
        foreach (var change in changes)
            _entries[change.After.Id] = new Entry(change.After, cipher);

        Interlocked.Increment(ref _revision);
    }

    private string Write(RecorderDefinition definition) => EncryptedDefinition.Write(definition with { Desired = RecorderState.Inactive }, cipher);

    private static DesiredState StateOf(RecorderState desired) => desired switch
    {
        RecorderState.Recording => DesiredState.Recording,
        RecorderState.Paused => DesiredState.Paused,
        _ => DesiredState.Inactive,
    };

    private sealed class Entry(RegisteredRecorder registered, ISecretCipher cipher)
    {
        private RecorderDefinition? _definition;

        public RegisteredRecorder Registered => registered;

        // Decrypted once, when somebody asks.
        public RecorderDefinition Definition => _definition ??= EncryptedDefinition.Read(registered.Definition.Value.Json, cipher) with
        {
            Desired = registered.Desired.Value switch
            {
                DesiredState.Recording => RecorderState.Recording,
                DesiredState.Paused => RecorderState.Paused,
                _ => RecorderState.Inactive,
            },
        };
    }
}
