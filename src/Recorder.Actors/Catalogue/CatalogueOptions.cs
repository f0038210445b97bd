using Recorder.Actors.Fleet;
using Recorder.Actors.Retention;
using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Actors.Catalogue;

/// <summary>How a catalogue is kept.</summary>
internal sealed record CatalogueOptions
{
    /// <summary>Folders below it are stored relative to it, so that a data folder can be moved; null stores all as they are.</summary>
    public string? Root { get; init; }

    /// <summary>Most entries of the journal: the oldest go. 100,000.</summary>
    public int JournalEntries { get; init; } = 100_000;

    /// <summary>Entries of the journal older than this go. 7 days.</summary>
    public TimeSpan JournalAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Wall clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The node's time; null is a new one over <see cref="Time"/>.</summary>
    public NodeClock? Clock { get; init; }
}

/// <summary>Seals nothing.</summary>
internal sealed class NoSeal : ISecretSeal
{
    public static readonly NoSeal Instance = new();

    public string Seal(string text) => text;

    public string Open(string text) => text;
}

/// <summary>A definition as it is stored: JSON, the source sealed.</summary>
internal static class SealedDefinition
{
    public static string Write(RecorderDefinition definition, ISecretSeal seal) =>
        ProtocolJson.Write(definition with { Source = seal.Seal(definition.Source) });

    public static RecorderDefinition Read(string json, ISecretSeal seal)
    {
        var definition = ProtocolJson.Read<RecorderDefinition>(json);
        return definition with { Source = seal.Open(definition.Source) };
    }
}
