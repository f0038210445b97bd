using Dapper;
using Npgsql;
using Recorder.Actors.Catalogue;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Cluster;

/// <summary>
/// The index of recordings that nodes share. What a node writes carries the tokens under which it holds the recorders, and the same
/// transaction checks them: what comes from a node that lost a recorder joins its recording as a late extent, and changes nothing else.
/// </summary>
internal sealed partial class SharedIndex(PostgresDatabase database, string node, string journal)
{
    private HashSet<RecordingKey> _held = [];
    private long _bytes;

    /// <summary>Bytes of media that this node recorded, as far as the index has them.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How far this node's journal is in the index; null when nothing of it is.</summary>
    public async Task<long?> PositionAsync(CancellationToken ending)
    {
        try
        {
            await using var connection = await database.OpenAsync(ending).ConfigureAwait(false);
            return await connection.QuerySingleOrDefaultAsync<long?>(
                "SELECT last FROM positions WHERE node = @node AND journal = @journal", new { node, journal }).ConfigureAwait(false);
        }
        catch (Exception away) when (database.IsUnavailable(away))
        {
            throw Away(away);
        }
    }

    /// <summary>How far the journals of all nodes are in the index.</summary>
    public async Task<IReadOnlyDictionary<string, long>> PositionsAsync(CancellationToken ending)
    {
        try
        {
            await using var connection = await database.OpenAsync(ending).ConfigureAwait(false);
            return (await connection.QueryAsync<(string Node, long Last)>("SELECT node, last FROM positions").ConfigureAwait(false))
                .ToDictionary(row => row.Node, row => row.Last);
        }
        catch (Exception away) when (database.IsUnavailable(away))
        {
            throw Away(away);
        }
    }

    /// <summary>Puts what follows from entries of this node's journal into the index, once.</summary>
    /// <param name="entries">In order, from the one behind the position on.</param>
    /// <param name="held">The token of each recorder that this node holds, and the number of the last event before it held it.</param>
    /// <param name="ending">Ends the waiting.</param>
    /// <returns>How many entries were late.</returns>
    public async Task<int> ApplyAsync(
        IReadOnlyList<JournalEntry> entries, Func<RecorderId, Tenure?> held, CancellationToken ending)
    {
        try
        {
            await using var connection = await database.OpenAsync(ending).ConfigureAwait(false);
            await using var transaction = await connection.BeginTransactionAsync(ending).ConfigureAwait(false);
            var position = await connection.QuerySingleOrDefaultAsync<long?>(
                "SELECT last FROM positions WHERE node = @node AND journal = @journal FOR UPDATE", new { node, journal }).ConfigureAwait(false);
            var fresh = entries.Where(entry => entry.Number > (position ?? 0)).Select(entry => entry.Event).ToList();
            var late = await ApplyAsync(connection, fresh, held).ConfigureAwait(false);
            await connection.ExecuteAsync(
                PutPosition, new { node, journal, last = entries.Count == 0 ? position ?? 0 : entries[^1].Number }).ConfigureAwait(false);
            await transaction.CommitAsync(ending).ConfigureAwait(false);
            Interlocked.Add(ref _bytes, fresh.OfType<DataAvailable>().Sum(data => data.Data.Length));
            return late;
        }
        catch (Exception away) when (database.IsUnavailable(away))
        {
            throw Away(away);
        }
    }

    /// <summary>Takes extents of this node out of the index: retention did, on its disk.</summary>
    public async Task RemoveAsync(IReadOnlyList<(RecordingKey Recording, int Number)> extents, CancellationToken ending)
    {
        try
        {
            await using var connection = await database.OpenAsync(ending).ConfigureAwait(false);
            await using var transaction = await connection.BeginTransactionAsync(ending).ConfigureAwait(false);
            var with = new
            {
                node,
                recorders = extents.Select(it => it.Recording.Recorder.Value).ToArray(),
                recordings = extents.Select(it => it.Recording.Recording.Value).ToArray(),
                numbers = extents.Select(it => (long)it.Number).ToArray(),
            };
            await connection.ExecuteAsync(RemoveExtents, with).ConfigureAwait(false);
            await transaction.CommitAsync(ending).ConfigureAwait(false);
        }
        catch (Exception away) when (database.IsUnavailable(away))
        {
            throw Away(away);
        }
    }

    /// <summary>The extents of all nodes that overlap an interval of a recording's timeline, in order.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="from">Where the interval begins; null at the beginning.</param>
    /// <param name="to">Where it ends; null with the last.</param>
    /// <param name="ending">Ends the waiting.</param>
    /// <param name="orFirst">Whether the first extent is wanted in any case: where all others are on the timeline follows from it.</param>
    public async Task<IReadOnlyList<ExtentRow>> ListExtentsAsync(
        RecordingKey recording, TimeSpan? from, TimeSpan? to, CancellationToken ending, bool orFirst = false)
    {
        try
        {
            await using var connection = await database.OpenAsync(ending).ConfigureAwait(false);
            return
            [
                .. (await connection.QueryAsync<ExtentRecord>(
                    ListExtents,
                    new
                    {
                        recorder = recording.Recorder.Value,
                        recording = recording.Recording.Value,
                        from = from?.Ticks ?? long.MinValue,
                        to = to?.Ticks ?? long.MaxValue,
                        orFirst,
                    }).ConfigureAwait(false)).Select(row => row.ToRow()),
            ];
        }
        catch (Exception away) when (database.IsUnavailable(away))
        {
            throw Away(away);
        }
    }

    /// <summary>The moment of a recording's timeline at which something was captured, on whichever node; the nearest where nothing was.</summary>
    public async Task<TimeSpan> MediaTimeOfAsync(RecordingKey recording, DateTimeOffset wall, CancellationToken ending)
    {
        try
        {
            await using var connection = await database.OpenAsync(ending).ConfigureAwait(false);
            return TimeSpan.FromTicks(await connection.QuerySingleOrDefaultAsync<long>(
                """
                SELECT media_time + LEAST(@wall - captured_at, duration) FROM extents
                WHERE recorder = @recorder AND recording = @recording AND captured_at <= @wall ORDER BY captured_at DESC LIMIT 1
                """,
                new { recorder = recording.Recorder.Value, recording = recording.Recording.Value, wall = wall.UtcTicks }).ConfigureAwait(false));
        }
        catch (Exception away) when (database.IsUnavailable(away))
        {
            throw Away(away);
        }
    }

    /// <summary>Which nodes have a recording, and which part of its timeline.</summary>
    public async Task<IReadOnlyList<Holder>> HoldersAsync(RecordingKey recording, CancellationToken ending)
    {
        try
        {
            await using var connection = await database.OpenAsync(ending).ConfigureAwait(false);
            return
            [
                .. (await connection.QueryAsync<(string Node, long From, long To)>(
                    """
                    SELECT node, MIN(media_time), MAX(media_time + duration) FROM extents
                    WHERE recorder = @recorder AND recording = @recording GROUP BY node
                    """,
                    new { recorder = recording.Recorder.Value, recording = recording.Recording.Value }).ConfigureAwait(false))
                    .Select(row => new Holder(row.Node, TimeSpan.FromTicks(row.From), TimeSpan.FromTicks(row.To))),
            ];
        }
        catch (Exception away) when (database.IsUnavailable(away))
        {
            throw Away(away);
        }
    }

    /// <summary>The node that has an extent or a blob of a recording, by its number; of several, who did not come late with it. Null for none.</summary>
    public async Task<string?> FindHolderAsync(RecordingKey recording, long? extent, long? blob, CancellationToken ending)
    {
        try
        {
            await using var connection = await database.OpenAsync(ending).ConfigureAwait(false);
            return await connection.QuerySingleOrDefaultAsync<string?>(
                """
                SELECT node FROM extents WHERE recorder = @recorder AND recording = @recording AND deleted = 0
                    AND (number = @extent OR @blob BETWEEN first_blob AND last_blob)
                ORDER BY is_late, epoch DESC LIMIT 1
                """,
                new { recorder = recording.Recorder.Value, recording = recording.Recording.Value, extent, blob }).ConfigureAwait(false);
        }
        catch (Exception away) when (database.IsUnavailable(away))
        {
            throw Away(away);
        }
    }

    /// <summary>Which recordings of this node are held, and which were and are not any more.</summary>
    public async Task<IReadOnlyList<(RecordingKey Recording, bool IsHeld)>> HoldsAsync(CancellationToken ending)
    {
        try
        {
            await using var connection = await database.OpenAsync(ending).ConfigureAwait(false);
            var held = (await connection.QueryAsync<(string Recorder, string Recording)>(
                """
                SELECT recorder, recording FROM recordings r WHERE held = 1 AND EXISTS (
                    SELECT 1 FROM extents e WHERE e.node = @node AND e.recorder = r.recorder AND e.recording = r.recording)
                """,
                new { node }).ConfigureAwait(false)).Select(row => new RecordingKey(new RecorderId(row.Recorder), new RecordingId(row.Recording))).ToHashSet();
            List<(RecordingKey, bool)> changed = [.. held.Except(_held).Select(key => (key, true)), .. _held.Except(held).Select(key => (key, false))];
            _held = held;
            return changed;
        }
        catch (Exception away) when (database.IsUnavailable(away))
        {
            throw Away(away);
        }
    }

    private async Task<int> ApplyAsync(NpgsqlConnection connection, List<IEvent> events, Func<RecorderId, Tenure?> held)
    {
        var ids = events.Select(raised => raised.Recorder.Value).Distinct().ToArray();
        // Whoever claims one of these waits until this is in the index, and sees it.
        var tokens = (await connection.QueryAsync<(string Id, long Token)>(
            LockTokens, new { ids }).ConfigureAwait(false))
            .ToDictionary(row => row.Id, row => row.Token);
        var lasts = (await connection.QueryAsync<(string Recorder, long Last)>(
            "SELECT recorder, last FROM sequences WHERE recorder = ANY(@ids)", new { ids }).ConfigureAwait(false))
            .ToDictionary(row => row.Recorder, row => row.Last);
        var (current, late) = (new CatalogueChanges(), new CatalogueChanges());
        var count = 0;
        foreach (var raised in events)
        {
            var id = raised.Recorder.Value;
            var isHeld = tokens.TryGetValue(id, out var token)
                ? held(raised.Recorder) is { } tenure && tenure.Token == token && raised.Sequence > tenure.Since
                // It was removed, and this is the end of what it recorded.
                : true;
            if (isHeld && raised.Sequence > lasts.GetValueOrDefault(id))
            {
                current.Add(raised);
            }
            else
            {
                late.Add(raised);
                count++;
            }
        }

        await PutAsync(connection, current, isLate: false).ConfigureAwait(false);
        await PutAsync(connection, late, isLate: true).ConfigureAwait(false);
        return count;
    }

    private async Task PutAsync(NpgsqlConnection connection, CatalogueChanges changes, bool isLate)
    {
        // In one order everywhere, so that no two transactions wait for each other.
        var recordings = changes.Recordings.OrderBy(it => it.Key.Recorder.Value, StringComparer.Ordinal).ThenBy(it => it.Key.Recording.Value, StringComparer.Ordinal).ToList();
        if (recordings.Count == 0 && changes.Sequences.Count == 0)
        {
            return;
        }

        await connection.ExecuteAsync(isLate ? PutLateRecordings : PutRecordings, Columns(recordings)).ConfigureAwait(false);
        await PutExtentsAsync(connection, changes, isLate).ConfigureAwait(false);
        if (changes.Gaps.Count > 0)
        {
            await connection.ExecuteAsync(PutGaps, Columns(changes.Gaps)).ConfigureAwait(false);
        }

        if (changes.Marks.Count > 0)
        {
            await connection.ExecuteAsync(PutMarks, Columns(changes.Marks)).ConfigureAwait(false);
        }

        if (!isLate)
        {
            var stopped = recordings.Where(it => it.Value.Stopped is not null).ToList();
            if (stopped.Count > 0)
            {
                await connection.ExecuteAsync(StopRecordings, Columns(stopped)).ConfigureAwait(false);
            }

            await connection.ExecuteAsync(PutSequences, Columns(changes.Sequences)).ConfigureAwait(false);
        }
    }

    private Task<int> PutExtentsAsync(NpgsqlConnection connection, CatalogueChanges changes, bool isLate)
    {
        var extents = changes.Extents.OrderBy(it => it.Key.Recording.Recorder.Value, StringComparer.Ordinal)
            .Select(it => (it.Key.Recording, it.Value)).ToList();
        return connection.ExecuteAsync(PutExtents, Columns(extents, _ => isLate));
    }

    private object Columns(IReadOnlyList<(RecordingKey Recording, ExtentRow Extent)> extents, Func<(RecordingKey Recording, ExtentRow Extent), bool> isLate) => new
    {
        node,
        late = extents.Select(isLate).ToArray(),
        recorders = extents.Select(it => it.Recording.Recorder.Value).ToArray(),
        recordings = extents.Select(it => it.Recording.Recording.Value).ToArray(),
        numbers = extents.Select(it => (long)it.Extent.Number).ToArray(),
        epochs = extents.Select(it => (long)it.Extent.Epoch).ToArray(),
        names = extents.Select(it => Path.GetFileName(it.Extent.Path)).ToArray(),
        bytes = extents.Select(it => it.Extent.Bytes).ToArray(),
        mediaTimes = extents.Select(it => it.Extent.MediaTime.Ticks).ToArray(),
        durations = extents.Select(it => it.Extent.Duration.Ticks).ToArray(),
        captured = extents.Select(it => it.Extent.CapturedAt.UtcTicks).ToArray(),
        firstBlobs = extents.Select(it => it.Extent.FirstBlob).ToArray(),
        lastBlobs = extents.Select(it => it.Extent.LastBlob).ToArray(),
    };

    private static object Columns(List<KeyValuePair<RecordingKey, CatalogueChanges.RecordingChange>> recordings) => new
    {
        recorders = recordings.Select(it => it.Key.Recorder.Value).ToArray(),
        recordings = recordings.Select(it => it.Key.Recording.Value).ToArray(),
        folders = recordings.Select(it => $"{it.Key.Recorder.Value}/{it.Key.Recording.Value}").ToArray(),
        types = recordings.Select(it => it.Value.MimeType ?? "").ToArray(),
        started = recordings.Select(it => (it.Value.StartedAt ?? it.Value.CapturedAt ?? it.Value.SeenAt).UtcTicks).ToArray(),
        ends = recordings.Select(it => it.Value.End.Ticks).ToArray(),
        bytes = recordings.Select(it => it.Value.Bytes).ToArray(),
        blobs = recordings.Select(it => it.Value.Blobs).ToArray(),
        durable = recordings.Select(it => it.Value.DurableThrough).ToArray(),
        running = recordings.Select(it => it.Value.IsRunning || (it.Value.Bytes > 0 && it.Value.Stopped is null)).ToArray(),
        reasons = recordings.Select(it => (long)(it.Value.Stopped?.Reason ?? 0)).ToArray(),
        stoppedAt = recordings.Select(it => it.Value.Stopped?.At.UtcTicks ?? 0).ToArray(),
        seen = recordings.Select(it => it.Value.SeenAt.UtcTicks).ToArray(),
        stopDurations = recordings.Select(it => it.Value.Stopped?.Duration.Ticks ?? 0).ToArray(),
    };

    private static object Columns(IReadOnlyDictionary<RecorderId, long> sequences) =>
        new { recorders = sequences.Keys.Select(id => id.Value).ToArray(), lasts = sequences.Values.ToArray() };

    private static object Columns(IReadOnlyList<GapRecorded> gaps) => new
    {
        recorders = gaps.Select(gap => gap.Recorder.Value).ToArray(),
        recordings = gaps.Select(gap => gap.Recording.Value).ToArray(),
        mediaTimes = gaps.Select(gap => gap.MediaTime.Ticks).ToArray(),
        from = gaps.Select(gap => gap.From.UtcTicks).ToArray(),
        causes = gaps.Select(gap => (long)gap.Cause).ToArray(),
        durations = gaps.Select(gap => gap.Duration.Ticks).ToArray(),
        to = gaps.Select(gap => gap.To.UtcTicks).ToArray(),
        packets = gaps.Select(gap => gap.Packets).ToArray(),
        details = gaps.Select(gap => gap.Detail).ToArray(),
        sequences = gaps.Select(gap => gap.Sequence).ToArray(),
        at = gaps.Select(gap => gap.At.UtcTicks).ToArray(),
    };

    private static object Columns(IReadOnlyList<Marked> marks) => new
    {
        recorders = marks.Select(mark => mark.Recorder.Value).ToArray(),
        recordings = marks.Select(mark => mark.Recording.Value).ToArray(),
        mediaTimes = marks.Select(mark => mark.MediaTime.Ticks).ToArray(),
        labels = marks.Select(mark => mark.Label).ToArray(),
        sequences = marks.Select(mark => mark.Sequence).ToArray(),
        at = marks.Select(mark => mark.At.UtcTicks).ToArray(),
    };

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

        public ExtentRow ToRow() => new()
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

    private CatalogueUnavailableException Away(Exception cause) =>
        new($"The cluster's database {database.Name} does not answer: {cause.Message}", cause);

    /// <summary>Under what a node holds a recorder.</summary>
    /// <param name="Token">The fencing token.</param>
    /// <param name="Since">The number of the last event before.</param>
    internal readonly record struct Tenure(long Token, long Since);
}

/// <summary>A node that has a part of a recording.</summary>
/// <param name="Node">Its name.</param>
/// <param name="From">Where on the timeline its first extent begins.</param>
/// <param name="To">Where its last ends.</param>
internal sealed record Holder(string Node, TimeSpan From, TimeSpan To);
