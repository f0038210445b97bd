using Recorder.Actors.Timing;

namespace Recorder.Actors.Catalogue;

internal sealed record CatalogueOptions
{
    /// <summary>Folders below it are stored relative to it, so that a data folder can be moved; null for none.</summary>
    public string? Root { get; init; }

    public int JournalEntries { get; init; } = 100_000;
    public TimeSpan JournalAge { get; init; } = TimeSpan.FromDays(7);
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Null makes a clock over <see cref="Time"/>.</summary>
    public NodeClock? Clock { get; init; }
}
