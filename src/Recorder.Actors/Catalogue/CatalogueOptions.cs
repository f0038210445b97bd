using Recorder.Actors.Timing;

namespace Recorder.Actors.Catalogue;

/// <summary>Options of a catalogue.</summary>
internal sealed record CatalogueOptions
{
    /// <summary>
    /// Folders below this one are stored relative to it, so that a data folder can be moved; null stores all folders as they are.
    /// </summary>
    public string? Root { get; init; }

    /// <summary>How many entries the journal keeps at most; the oldest are deleted first. 100,000.</summary>
    public int JournalEntries { get; init; } = 100_000;

    public TimeSpan JournalAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The wall clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The node's clock; null makes one over <see cref="Time"/>.</summary>
    public NodeClock? Clock { get; init; }
}
