using Dapper;
using Recorder.Actors.Catalogue;
using Recorder.Contracts;
using Recorder.Media;

namespace Recorder.Actors.Cluster;

// Who has what.
internal sealed partial class SharedIndex
{
    private HashSet<RecordingKey> _held = [];

    /// <summary>How far the journals of all nodes are in the index.</summary>
    public Task<IReadOnlyDictionary<string, long>> PositionsAsync(CancellationToken ending) => database.AskAsync<IReadOnlyDictionary<string, long>>(
        async connection => (await connection.QueryAsync<(string Node, long Last)>("SELECT node, last FROM positions").ConfigureAwait(false))
            .ToDictionary(row => row.Node, row => row.Last),
        ending);

    /// <summary>The extents of all nodes that overlap an interval of a recording's timeline, in order.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="from">Where the interval begins; null at the beginning.</param>
    /// <param name="to">Where it ends; null with the last.</param>
    /// <param name="ending">Ends the waiting.</param>
    /// <param name="elsewhere">Only those of other nodes, and of these the first in any case: where all others are on the timeline follows from it.</param>
    public Task<IReadOnlyList<Extent>> ListExtentsAsync(
        RecordingKey recording, TimeSpan? from, TimeSpan? to, CancellationToken ending, bool elsewhere = false) => database.AskAsync<IReadOnlyList<Extent>>(
        async connection =>
        [
            .. (await connection.QueryAsync<ExtentRecord>(
                ListExtents,
                new
                {
                    recorder = recording.Recorder.Value,
                    recording = recording.Recording.Value,
                    from = from?.Ticks ?? long.MinValue,
                    to = to?.Ticks ?? long.MaxValue,
                    node,
                    elsewhere,
                }).ConfigureAwait(false)).Select(row => row.ToRow()),
        ],
        ending);

    /// <summary>The moment of a recording's timeline at which something was captured, on whichever node; the nearest where nothing was.</summary>
    public async Task<TimeSpan> MediaTimeOfAsync(RecordingKey recording, DateTimeOffset wall, CancellationToken ending) => TimeSpan.FromTicks(
        await database.AskAsync(
            connection => connection.QuerySingleOrDefaultAsync<long>(
                """
                SELECT media_time + LEAST(@wall - captured_at, duration) FROM extents
                WHERE recorder = @recorder AND recording = @recording AND captured_at <= @wall ORDER BY captured_at DESC LIMIT 1
                """,
                new { recorder = recording.Recorder.Value, recording = recording.Recording.Value, wall = wall.UtcTicks }),
            ending).ConfigureAwait(false));

    /// <summary>Which nodes have a recording, and which part of its timeline.</summary>
    public Task<IReadOnlyList<Holder>> HoldersAsync(RecordingKey recording, CancellationToken ending) => database.AskAsync<IReadOnlyList<Holder>>(
        async connection =>
        [
            .. (await connection.QueryAsync<(string Node, long From, long To)>(
                """
                SELECT node, MIN(media_time), MAX(media_time + duration) FROM extents
                WHERE recorder = @recorder AND recording = @recording GROUP BY node
                """,
                new { recorder = recording.Recorder.Value, recording = recording.Recording.Value }).ConfigureAwait(false))
                .Select(row => new Holder(row.Node, TimeSpan.FromTicks(row.From), TimeSpan.FromTicks(row.To))),
        ],
        ending);

    /// <summary>The node that has an extent or a blob of a recording, by its number; of several, who did not come late with it. Null for none.</summary>
    public Task<string?> FindHolderAsync(RecordingKey recording, long? extent, long? blob, CancellationToken ending) => database.AskAsync(
        connection => connection.QuerySingleOrDefaultAsync<string?>(
            """
            SELECT node FROM extents WHERE recorder = @recorder AND recording = @recording AND deleted = 0
                AND (number = @extent OR @blob BETWEEN first_blob AND last_blob)
            ORDER BY is_late, epoch DESC LIMIT 1
            """,
            new { recorder = recording.Recorder.Value, recording = recording.Recording.Value, extent, blob }),
        ending);

    /// <summary>Which recordings of this node are held, and which were and are not any more.</summary>
    public async Task<IReadOnlyList<(RecordingKey Recording, bool IsHeld)>> HoldsAsync(CancellationToken ending)
    {
        var rows = await database.AskAsync(
            connection => connection.QueryAsync<(string Recorder, string Recording)>(
                """
                SELECT recorder, recording FROM recordings r WHERE held = 1 AND EXISTS (
                    SELECT 1 FROM extents e WHERE e.node = @node AND e.recorder = r.recorder AND e.recording = r.recording)
                """,
                new { node }),
            ending).ConfigureAwait(false);
        var held = rows.Select(row => new RecordingKey(new RecorderId(row.Recorder), new RecordingId(row.Recording))).ToHashSet();
        List<(RecordingKey, bool)> changed = [.. held.Except(_held).Select(key => (key, true)), .. _held.Except(held).Select(key => (key, false))];
        _held = held;
        return changed;
    }

    private sealed class ExtentRecord
    {
        public long Number { get; init; }

        public long Epoch { get; init; }

        public string Node { get; init; } = "";

        public bool IsLate { get; init; }

        public string Name { get; init; } = "";

        public long Bytes { get; init; }

        public long MediaTime { get; init; }

        public long Duration { get; init; }

        public long CapturedAt { get; init; }

        public long FirstBlob { get; init; }

        public long LastBlob { get; init; }

        public Extent ToRow() => new()
        {
            Number = (int)Number,
            Path = Name,
            Bytes = Bytes,
            MediaTime = TimeSpan.FromTicks(MediaTime),
            Duration = TimeSpan.FromTicks(Duration),
            CapturedAt = new DateTimeOffset(CapturedAt, TimeSpan.Zero),
            FirstBlob = FirstBlob,
            LastBlob = LastBlob,
            Epoch = (int)Epoch,
            Node = Node,
            IsLate = IsLate,
        };
    }
}
