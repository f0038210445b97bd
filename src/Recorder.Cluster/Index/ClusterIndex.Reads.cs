using System.Data.Common;
using Dapper;
using Recorder.Actors.Catalogue;
using Recorder.Contracts;
using Recorder.Media;
using static Recorder.Cluster.Index.IndexWriter;

namespace Recorder.Cluster.Index;

// Which node has what.
internal sealed partial class ClusterIndex
{
    private const string Extents =
        """
        SELECT number, epoch, node, is_late AS IsLate, name, bytes, media_time AS MediaTime, duration, captured_at AS CapturedAt,
            first_blob AS FirstBlob, last_blob AS LastBlob
        FROM extents WHERE recorder = @recorder AND recording = @recording AND deleted = 0
            AND ((media_time + duration > @from AND media_time < @to) OR (@elsewhere AND number = 1)) AND NOT (@elsewhere AND node = @node)
        ORDER BY media_time, number
        """;

    private Dictionary<RecordingKey, bool> _holds = [];

    /// <summary>The extents of all nodes that overlap an interval of a recording's timeline, in order. Their paths are file names.</summary>
    /// <param name="from">Null from the beginning.</param>
    /// <param name="to">Null to the end.</param>
    /// <param name="elsewhere">Only those of other nodes, and of these the first in any case: where all others are on the timeline follows from it.</param>
    public Task<IReadOnlyList<Extent>> ListExtentsAsync(
        RecordingKey recording, TimeSpan? from, TimeSpan? to, CancellationToken cancellationToken, bool elsewhere = false) =>
        _connections.ReadAsync(reader => ReadExtents(reader, recording, from, to, elsewhere), cancellationToken);

    /// <summary>The moment of a recording's timeline at which something was captured, on whichever node; the nearest where nothing was.</summary>
    public Task<TimeSpan> MediaTimeOfAsync(RecordingKey recording, DateTimeOffset wall, CancellationToken cancellationToken) => _connections.ReadAsync(
        reader => TimeSpan.FromTicks(reader.QuerySingleOrDefault<long>(
            """
            SELECT media_time + MIN(@wall - captured_at, duration) FROM extents
            WHERE recorder = @recorder AND recording = @recording AND captured_at <= @wall ORDER BY captured_at DESC LIMIT 1
            """,
            new { recorder = recording.Recorder.Value, recording = recording.Recording.Value, wall = wall.UtcTicks })),
        cancellationToken);

    /// <summary>Which nodes have a recording, and which part of its timeline.</summary>
    public Task<IReadOnlyList<Holder>> HoldersAsync(RecordingKey recording, CancellationToken cancellationToken) =>
        _connections.ReadAsync<IReadOnlyList<Holder>>(
            reader =>
            [
                .. reader.Query<(string Node, long From, long To)>(
                    """
                    SELECT node, MIN(media_time), MAX(media_time + duration) FROM extents
                    WHERE recorder = @recorder AND recording = @recording GROUP BY node ORDER BY node
                    """,
                    Key(recording)).Select(row => new Holder(row.Node, TimeSpan.FromTicks(row.From), TimeSpan.FromTicks(row.To))),
            ],
            cancellationToken);

    /// <summary>The node that has an extent or a blob of a recording, by its number; of several, one that is not late with it. Null for none.</summary>
    public Task<string?> FindHolderAsync(RecordingKey recording, long? extent, long? blob, CancellationToken cancellationToken) =>
        _connections.ReadAsync(
            reader => reader.QuerySingleOrDefault<string?>(
                """
                SELECT node FROM extents WHERE recorder = @recorder AND recording = @recording AND deleted = 0
                    AND (number = @extent OR @blob BETWEEN first_blob AND last_blob)
                ORDER BY is_late, epoch DESC, node DESC LIMIT 1
                """,
                new { recorder = recording.Recorder.Value, recording = recording.Recording.Value, extent, blob }),
            cancellationToken);

    /// <summary>What changed since the last call: which recordings of this node are held, and which are not any more. The first call tells all, since
    /// holds may have been lifted while this node was down. One caller at a time.</summary>
    public async Task<IReadOnlyList<(RecordingKey Recording, bool IsHeld)>> HoldsAsync(CancellationToken cancellationToken)
    {
        var holds = await _connections.ReadAsync(
            reader => reader.Query<(string Recorder, string Recording, long Held)>(
                """
                SELECT recorder, recording, held FROM holds h WHERE EXISTS (
                    SELECT 1 FROM extents e WHERE e.node = @node AND e.recorder = h.recorder AND e.recording = h.recording)
                """,
                new { node = _node }).ToDictionary(
                    row => new RecordingKey(new RecorderId(row.Recorder), new RecordingId(row.Recording)), row => row.Held != 0),
            cancellationToken).ConfigureAwait(false);
        List<(RecordingKey, bool)> changed =
            [.. holds.Where(hold => !_holds.TryGetValue(hold.Key, out var known) || known != hold.Value).Select(hold => (hold.Key, hold.Value))];
        _holds = holds;
        return changed;
    }

    /// <summary>All holds and lifted holds, for a snapshot.</summary>
    public Task<IReadOnlyList<Hold>> ListHoldsAsync(CancellationToken cancellationToken) => _connections.ReadAsync<IReadOnlyList<Hold>>(
        reader =>
        [
            .. reader.Query<(string Recorder, string Recording, long Held, long Version, string Node)>(
                "SELECT recorder, recording, held, version, node FROM holds").Select(row => new Hold(
                    new RecordingKey(new RecorderId(row.Recorder), new RecordingId(row.Recording)), row.Held != 0, row.Version, row.Node)),
        ],
        cancellationToken);

    private IReadOnlyList<Extent> ReadExtents(DbConnection reader, RecordingKey recording, TimeSpan? from, TimeSpan? to, bool elsewhere) =>
    [
        .. reader.Query<ExtentRecord>(Extents, new
        {
            recorder = recording.Recorder.Value,
            recording = recording.Recording.Value,
            from = from?.Ticks ?? long.MinValue,
            to = to?.Ticks ?? long.MaxValue,
            node = _node,
            elsewhere = elsewhere ? 1 : 0,
        }).Select(row => row.ToExtent()),
    ];

    private sealed record ExtentRecord
    {
        public long Number { get; init; }
        public long Epoch { get; init; }
        public string Node { get; init; } = "";
        public long IsLate { get; init; }
        public string Name { get; init; } = "";
        public long Bytes { get; init; }
        public long MediaTime { get; init; }
        public long Duration { get; init; }
        public long CapturedAt { get; init; }
        public long FirstBlob { get; init; }
        public long LastBlob { get; init; }

        public Extent ToExtent() => new()
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
            IsLate = IsLate != 0,
        };
    }
}

/// <summary>A node that has a part of a recording's timeline.</summary>
internal sealed record Holder(string Node, TimeSpan From, TimeSpan To);
