using Recorder.Actors.Timing;


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
