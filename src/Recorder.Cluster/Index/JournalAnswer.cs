using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Cluster.Journals;
using Recorder.Contracts;

namespace Recorder.Cluster.Index;

/// <summary>How far a follower is: in a node's journal of events, and in its changes, which the journal does not have.</summary>
internal readonly record struct IndexPosition(JournalPosition Journal, long Change);

/// <summary>What a follower gets after its position.</summary>
/// <param name="Position">Where it is once it has applied this; null when its position is not known here and it must take a snapshot.</param>
/// <param name="Changes">To be applied after the entries.</param>
internal sealed record JournalAnswer(IndexPosition? Position, IReadOnlyList<JournalEntry> Entries, IReadOnlyList<IndexChange> Changes)
{
    public static readonly JournalAnswer Unknown = new(null, [], []);

    /// <summary>Of an answer that fills the log: the entries up to this number are not in the journal any more.</summary>
    public long Missing { get; init; }
}

/// <summary>Ends a snapshot: the position at which it is, and what belongs to no single recording.</summary>
/// <param name="Sequences">The number of each recorder's last event.</param>
internal sealed record SnapshotEnd(IndexPosition Position, IReadOnlyDictionary<RecorderId, long> Sequences, IReadOnlyList<Hold> Holds);

/// <summary>What a node did that raises no event: it must reach the others' indices all the same.</summary>
internal abstract record IndexChange;

/// <summary>Retention removed extents from the node's disk.</summary>
internal sealed record ExtentsPurged(IReadOnlyList<(RecordingKey Recording, int Number)> Extents) : IndexChange;

/// <summary>A user placed or lifted a hold on this node.</summary>
internal sealed record HoldSet(Hold Hold) : IndexChange;

/// <summary>Whether a user holds a recording. Of two that know different states the higher version counts; of equals, the hold.</summary>
/// <param name="Version">How often it was changed; 0 for what a node brings from before it had a cluster.</param>
internal sealed record Hold(RecordingKey Recording, bool IsHeld, long Version, string Node);

/// <summary>The journal of a node, here or over HTTP.</summary>
internal interface IJournalSource
{
    /// <summary>Reads what comes after a position (null: none yet), and waits a while when there is nothing.</summary>
    Task<JournalAnswer> ReadAsync(IndexPosition? position, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Reads what comes after an entry, without the changes, as far as the journal still has it: to fill the log with what was before the position at
    /// which a follower began. Null when the node does not tell.
    /// </summary>
    Task<JournalAnswer?> ReadEventsAsync(long after, int limit, CancellationToken cancellationToken);

    /// <summary>Reads what this node knows of another node's journal after a position; null when it knows no more, or not what follows.</summary>
    Task<JournalAnswer?> ReadCopyAsync(string node, IndexPosition position, int limit, CancellationToken cancellationToken);

    /// <summary>Passes on everything that the node has now, ordered by recorder and recording, page by page.</summary>
    Task<SnapshotEnd> CopyAsync(Func<CatalogueCopy, Task> take, CancellationToken cancellationToken);
}
