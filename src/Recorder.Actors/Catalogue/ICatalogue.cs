using Recorder.Contracts;
using Recorder.Media;

namespace Recorder.Actors.Catalogue;

/// <summary>
/// The index over the folders of recordings and the journal of events. Every answer could be had from the folders too, only slower.
/// Safe to use from any thread. A catalogue that is away throws <see cref="CatalogueUnavailableException"/>; recording goes on.
/// </summary>
internal interface ICatalogue : IAsyncDisposable
{
    Task<IReadOnlyList<RecorderDefinition>> ListRecordersAsync(CancellationToken cancellationToken);

    Task<RecorderDefinition?> FindRecorderAsync(RecorderId recorder, CancellationToken cancellationToken);

    /// <summary>Adds or replaces a definition.</summary>
    Task PutRecorderAsync(RecorderDefinition definition, CancellationToken cancellationToken);

    /// <summary>Removes a definition; its recordings stay.</summary>
    Task RemoveRecorderAsync(RecorderId recorder, CancellationToken cancellationToken);

    /// <summary>Recordings, newest first.</summary>
    Task<IReadOnlyList<RecordingRow>> ListRecordingsAsync(RecordingQuery query, CancellationToken cancellationToken);

    Task<RecordingRow?> FindRecordingAsync(RecordingKey recording, CancellationToken cancellationToken);

    /// <summary>The extents that overlap an interval of the recording's timeline, in order.</summary>
    Task<IReadOnlyList<Extent>> ListExtentsAsync(RecordingKey recording, TimeSpan? from, TimeSpan? to, CancellationToken cancellationToken);

    /// <summary>The loss ledger of an interval of the recording's timeline, in order.</summary>
    Task<IReadOnlyList<RecorderProtocol.GapRecorded>> ListGapsAsync(
        RecordingKey recording, TimeSpan? from, TimeSpan? to, CancellationToken cancellationToken);

    Task<IReadOnlyList<RecorderProtocol.Marked>> ListMarksAsync(RecordingKey recording, CancellationToken cancellationToken);

    /// <summary>Protects a recording from retention, or no longer.</summary>
    Task SetHoldAsync(RecordingKey recording, bool held, CancellationToken cancellationToken);

    /// <summary>Events after an entry of the journal, in order.</summary>
    /// <param name="after">The entry's number; 0 is before all.</param>
    /// <param name="recorder">Only of this recorder; null means of all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="JournalTruncatedException">Entries after <paramref name="after"/> were removed already.</exception>
    Task<IReadOnlyList<JournalEntry>> ReadEventsAsync(long after, RecorderId? recorder, int limit, CancellationToken cancellationToken);

    /// <summary>The number of the journal's last entry; 0 when there is none.</summary>
    Task<long> LastEventAsync(CancellationToken cancellationToken);

    /// <summary>Ends when the journal has an entry after this one; at once when it has.</summary>
    Task WaitForEventsAsync(long after, CancellationToken cancellationToken);
}

/// <summary>One recording among all of a node: ids of recordings are unique within their recorder.</summary>
/// <param name="Recorder">The recorder.</param>
/// <param name="Recording">The recording.</param>
internal readonly record struct RecordingKey(RecorderId Recorder, RecordingId Recording)
{
    // In no id, and unreserved in a URI (RFC 3986, 2.3).
    private const char Separator = '~';

    /// <summary>Reads what <see cref="ToString"/> writes: <c>{recorder}~{recording}</c>.</summary>
    public static bool TryParse(string? text, out RecordingKey key)
    {
        key = default;
        var at = text?.IndexOf(Separator, StringComparison.Ordinal) ?? -1;
        if (at < 0 || !RecorderId.TryParse(text![..at], out var recorder) || !RecordingId.TryParse(text[(at + 1)..], out var recording))
        {
            return false;
        }

        key = new RecordingKey(recorder, recording);
        return true;
    }

    public override string ToString() => $"{Recorder}{Separator}{Recording}";
}

/// <summary>Which recordings to list.</summary>
internal sealed record RecordingQuery
{
    /// <summary>Only of this recorder.</summary>
    public RecorderId? Recorder { get; init; }

    /// <summary>Only those with media after this wall-clock time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only those with media before this wall-clock time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only those behind this one in the list: the last of the page before.</summary>
    public RecordingKey? After { get; init; }

    /// <summary>At most so many.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>What the catalogue knows of a recording.</summary>
internal sealed record RecordingRow
{
    public required RecordingKey Key { get; init; }

    /// <summary>The folder that holds it.</summary>
    public required string Folder { get; init; }

    public required string MimeType { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Null while it is under way.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Null while it is under way.</summary>
    public StopReason? StopReason { get; init; }

    public TimeSpan Duration { get; init; }

    public long Bytes { get; init; }

    public long Blobs { get; init; }

    /// <summary>The number of the last blob known to survive a power cut.</summary>
    public long DurableThrough { get; init; }

    /// <summary>Whether retention leaves it alone.</summary>
    public bool IsHeld { get; init; }
}

/// <summary>An event as the journal keeps it.</summary>
/// <param name="Number">Rising over all recorders of the node, and never used twice; holes mean nothing.</param>
/// <param name="Event">The event.</param>
internal readonly record struct JournalEntry(long Number, RecorderProtocol.IEvent Event);

/// <summary>The catalogue cannot be reached or does not answer; what was asked may be asked again later.</summary>
internal sealed class CatalogueUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Events that a reader has not seen are no longer kept.</summary>
/// <param name="oldest">The oldest entry that is.</param>
internal sealed class JournalTruncatedException(long oldest) : Exception($"Events before number {oldest} are no longer kept.")
{
    public long Oldest { get; } = oldest;
}
