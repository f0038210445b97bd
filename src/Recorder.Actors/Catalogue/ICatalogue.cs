using Recorder.Contracts;
using Recorder.Media;

namespace Recorder.Actors.Catalogue;

/// <summary>The recorders, recordings and journal of a node. The folders of the recordings say the same, only more slowly. Safe
/// to use from any thread. Calls throw <see cref="CatalogueUnavailableException"/> while the database is away; recording goes
/// on.</summary>
internal interface ICatalogue : IAsyncDisposable
{
    Task<IReadOnlyList<RecorderDefinition>> ListRecordersAsync(CancellationToken cancellationToken);
    Task<RecorderDefinition?> FindRecorderAsync(RecorderId recorder, CancellationToken cancellationToken);
    Task PutRecorderAsync(RecorderDefinition definition, CancellationToken cancellationToken);
    Task RemoveRecorderAsync(RecorderId recorder, CancellationToken cancellationToken);
    Task<IReadOnlyList<RecordingRow>> ListRecordingsAsync(RecordingQuery query, CancellationToken cancellationToken);
    Task<RecordingRow?> FindRecordingAsync(RecordingKey recording, CancellationToken cancellationToken);

    /// <summary>Lists the extents that overlap an interval of the recording's timeline, in order.</summary>
    Task<IReadOnlyList<Extent>> ListExtentsAsync(RecordingKey recording, TimeSpan? from, TimeSpan? to, CancellationToken cancellationToken);

    /// <summary>Lists the gap ledger of an interval of the recording's timeline, in order.</summary>
    Task<IReadOnlyList<RecorderProtocol.GapRecorded>> ListGapsAsync(
        RecordingKey recording, TimeSpan? from, TimeSpan? to, CancellationToken cancellationToken);

    Task<IReadOnlyList<RecorderProtocol.Marked>> ListMarksAsync(RecordingKey recording, CancellationToken cancellationToken);

    /// <summary>Reads the gaps, marks and holds of a recorder between two wall-clock times.</summary>
    Task<WallNotes> ReadNotesAsync(WallQuery query, CancellationToken cancellationToken);

    /// <summary>Reads the extents of a recorder between two wall-clock times, in that order.</summary>
    /// <param name="read">Gets them one after another, valid for the call, and may stop before the last.</param>
    Task<T> ReadExtentsAsync<T>(WallQuery query, Func<IEnumerable<WallExtent>, T> read, CancellationToken cancellationToken);

    Task SetHoldAsync(RecordingKey recording, bool held, CancellationToken cancellationToken);

    /// <summary>Reads from after an entry (0: from the beginning). Throws <see cref="JournalTruncatedException"/>.</summary>
    Task<IReadOnlyList<JournalEntry>> ReadEventsAsync(long after, RecorderId? recorder, int limit, CancellationToken cancellationToken);

    Task<long> LastEventAsync(CancellationToken cancellationToken);
    Task WaitForEventsAsync(long after, CancellationToken cancellationToken);
}

/// <summary>Ids of recordings are unique only within their recorder.</summary>
internal readonly record struct RecordingKey(RecorderId Recorder, RecordingId Recording)
{
    // No id contains it, and it is unreserved in a URI (RFC 3986, 2.3).
    private const char Separator = '~';

    /// <summary>Parses the form of <see cref="ToString"/>: <c>{recorder}~{recording}</c>.</summary>
    public static bool TryParse(string? text, out RecordingKey key)
    {
        key = default;
        var at = text?.IndexOf(Separator, StringComparison.Ordinal) ?? -1;
        if (at < 0 || !RecorderId.TryParse(text![..at], out var recorder) || !RecordingId.TryParse(text[(at + 1)..], out var recording))
            return false;

        key = new RecordingKey(recorder, recording);
        return true;
    }

    public override string ToString() => $"{Recorder}{Separator}{Recording}";
}

internal sealed record RecordingQuery
{
    public RecorderId? Recorder { get; init; }

    /// <summary>Lists only recordings with media between these wall-clock times.</summary>
    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    /// <summary>The last recording of the previous page.</summary>
    public RecordingKey? After { get; init; }

    public int Limit { get; init; } = 100;
}

internal sealed record RecordingRow
{
    public required RecordingKey Key { get; init; }
    public required string Folder { get; init; }
    public required string MimeType { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Null while it is being recorded, like the stop reason.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public StopReason? StopReason { get; init; }
    public TimeSpan Duration { get; init; }
    public long Bytes { get; init; }
    public long Blobs { get; init; }
    public long DurableThrough { get; init; }
    public bool IsHeld { get; init; }
}

/// <summary>Its number rises over all recorders of the node and is never used twice; skipped numbers mean nothing.</summary>
internal readonly record struct JournalEntry(long Number, RecorderProtocol.IEvent Event);

/// <summary>The catalogue's database cannot be reached or does not answer; the same call may succeed later.</summary>
internal sealed class CatalogueUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The journal no longer has events that a reader has not read yet.</summary>
internal sealed class JournalTruncatedException(long oldest) : Exception($"Events before number {oldest} are no longer kept.")
{
    public long Oldest { get; } = oldest;
}
