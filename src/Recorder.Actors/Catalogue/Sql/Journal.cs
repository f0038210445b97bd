using System.Data.Common;
using Dapper;
using Recorder.Actors.Timing;
using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Actors.Catalogue.Sql;

/// <summary>The journal of the node's events. Each event gets a number, and no number is ever used twice.</summary>
internal sealed class Journal(
    CatalogueConnections connections, RecordingUpdates updates, RecorderSequences sequences, CatalogueOptions options, NodeClock clock)
    : ICatalogueWriter
{
    /// <summary>A node that takes a recorder over from a dead one starts at the next multiple of this event number.</summary>
    internal const long NumbersOfATenure = 1_000_000;

    // Only numbers below a durable limit are used. A power cut may take the last entries but never the limit, and after it the
    // journal continues above the limit: so no number ever names two events.
    private const long NumbersPerReserve = 100_000;

    // How many entries are written between two trims, and how many entries one trim deletes at most.
    private const long TrimInterval = 1_000;
    private const long MaxTrimmed = 10_000;

    private const string Reserved = "journal_reserved";
    private const string TruncatedThrough = "journal_truncated";

    private readonly SemaphoreSlim _appending = new(1, 1);
    private readonly JournalSignal _signal = new();
    private Position _position = new(0, 0, 0);
    private bool _isOpen;

    public long Last => _signal.Last;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await connections.WriteAsync(durable: true, Open, cancellationToken).ConfigureAwait(false);
        _isOpen = true;
    }

    /// <summary>Notes that the journal ended in order, so that its numbers continue without a jump.</summary>
    public async Task CloseAsync()
    {
        await _appending.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isOpen)
                await connections.WriteAsync(durable: true, Close, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CatalogueUnavailableException or IOException)
        {
            // The journal then counts as not closed: at the next start its numbers continue above the limit.
        }

        _appending.Dispose();
    }

    public Task<IReadOnlyList<JournalEntry>> ReadAsync(long after, RecorderId? recorder, int limit, CancellationToken cancellationToken)
    {
        var sql = "SELECT id, json FROM journal WHERE id > @after" + (recorder is null ? "" : " AND recorder = @recorder") +
            " ORDER BY id LIMIT @limit";
        // In one snapshot, so that entries cannot be trimmed unnoticed between the two reads.
        return connections.ReadSnapshotAsync<IReadOnlyList<JournalEntry>>(
            reader =>
            {
                var truncated = CatalogueState.Read(reader, TruncatedThrough);
                return after < truncated
                    ? throw new JournalTruncatedException(truncated + 1)
                    : [
                        .. reader.Query<(long Id, string Json)>(sql, new { after, recorder = recorder?.Value, limit }).Select(
                            entry => new JournalEntry(entry.Id, ProtocolJson.Read<RecorderProtocol.IEvent>(entry.Json))),
                    ];
            },
            cancellationToken);
    }

    public Task WaitAsync(long after, CancellationToken cancellationToken) => _signal.WaitAsync(after, cancellationToken);

    /// <summary>The number of the recorder's last event, even if it was trimmed from the journal; 0 if it has raised none.</summary>
    public Task<long> LastSequenceAsync(RecorderId recorder, CancellationToken cancellationToken) =>
        connections.ReadAsync(reader => RecorderSequences.Read(reader, recorder), cancellationToken);

    /// <summary>The tenure under which the recorder's last event in the journal was raised; null for none.</summary>
    public Task<EventTenure?> LastTenureAsync(RecorderId recorder, CancellationToken cancellationToken) => connections.ReadAsync(
        reader => reader.QuerySingleOrDefault<string>(
            "SELECT json FROM journal WHERE recorder = @recorder ORDER BY id DESC LIMIT 1", new { recorder = recorder.Value }) is { } json
            ? ProtocolJson.Read<RecorderProtocol.IEvent>(json).Tenure
            : null,
        cancellationToken);

    public Task<bool> HasErrorSinceAsync(RecorderId recorder, DateTimeOffset since, CancellationToken cancellationToken) =>
        connections.ReadAsync(
            reader => reader.ExecuteScalar<long>(
                "SELECT COUNT(*) FROM journal WHERE recorder = @recorder AND kind = @kind AND at >= @since",
                new { recorder = recorder.Value, kind = nameof(RecorderProtocol.ErrorRaised), since = since.UtcTicks }) > 0,
            cancellationToken);

    public async Task<long> AppendAsync(
        IReadOnlyList<RecorderProtocol.IEvent> events, CatalogueChanges? unjournaled, CancellationToken cancellationToken)
    {
        // One at a time: two that continue from the same number would exceed the limit.
        await _appending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_position.Last + events.Count + 1 > _position.Reserved)
            {
                await connections.WriteAsync(durable: true, Reserve, cancellationToken, position => _position = position).ConfigureAwait(false);
                await KeepNumberFloorAsync(cancellationToken).ConfigureAwait(false);
            }

            var known = new Dictionary<RecorderId, long>();
            var position = await connections.WriteAsync(
                durable: false, writer => Append(writer, events, unjournaled, known), cancellationToken, position =>
                {
                    _position = position;
                    if (unjournaled is not null)
                        sequences.Clear();

                    sequences.Remember(known);
                }).ConfigureAwait(false);
            _signal.Set(position.Last);
            return position.Last;
        }
        finally
        {
            _appending.Release();
        }
    }

    public Task SyncAsync(CancellationToken cancellationToken) => connections.SyncAsync(cancellationToken);

    internal static long LastIn(DbConnection reader) =>
        Math.Max(reader.ExecuteScalar<long?>("SELECT MAX(id) FROM journal") ?? 0, CatalogueState.Read(reader, TruncatedThrough));

    private Position Append(
        DbConnection writer, IReadOnlyList<RecorderProtocol.IEvent> events, CatalogueChanges? unjournaled, Dictionary<RecorderId, long> known)
    {
        var position = _position;
        if (unjournaled is not null)
        {
            // A number without an event: readers that have read everything before it are told that events are missing.
            position = position with { Last = position.Last + 1 };
            CatalogueState.Write(writer, TruncatedThrough, position.Last);
            updates.Apply(writer, unjournaled);
        }

        var added = new List<RecorderProtocol.IEvent>();
        foreach (var raised in events)
        {
            if (!known.TryGetValue(raised.Recorder, out var last))
                last = unjournaled is null ? sequences.Last(writer, raised.Recorder) : RecorderSequences.Read(writer, raised.Recorder);

            known[raised.Recorder] = Math.Max(last, raised.Sequence);
            if (raised.Sequence > last)
                added.Add(raised);
        }

        writer.Execute(
            "INSERT INTO journal (id, recorder, sequence, at, kind, json) VALUES (@id, @recorder, @sequence, @at, @kind, @json)",
            added.Select((raised, index) => new
            {
                id = position.Last + 1 + index,
                recorder = raised.Recorder.Value,
                sequence = raised.Sequence,
                at = raised.At.UtcTicks,
                kind = raised.GetType().Name,
                json = ProtocolJson.Write(raised),
            }).ToList());
        position = position with { Last = position.Last + added.Count, Untrimmed = position.Untrimmed + added.Count };
        updates.Apply(writer, CatalogueChanges.Of(added));
        return position.Untrimmed >= TrimInterval ? Trim(writer, position) : position;
    }

    private Position Trim(DbConnection writer, Position position)
    {
        var oldest = writer.ExecuteScalar<long?>("SELECT MIN(id) FROM journal") ?? 0;
        var byCount = writer.ExecuteScalar<long?>(
            "SELECT id FROM journal ORDER BY id DESC LIMIT 1 OFFSET @entries", new { entries = options.JournalEntries }) ?? 0;
        // For a journal's age after a jump of the clock some entries may have a wrong time: then only their count decides.
        var now = clock.ReadClocks();
        var isSteady = now.CanTellAge && !(now.Time - now.DisturbedAt < options.JournalAge);
        var byAge = !isSteady ? 0 : (writer.ExecuteScalar<long?>(
            "SELECT id FROM journal WHERE at BETWEEN @cut AND @now ORDER BY id LIMIT 1",
            new { cut = (now.Time - options.JournalAge).UtcTicks, now = (now.Time + clock.Options.Tolerance).UtcTicks }) ?? oldest) - 1;
        var through = Math.Min(Math.Max(byCount, byAge), oldest + MaxTrimmed - 1);
        if (through >= oldest)
        {
            writer.Execute("DELETE FROM journal WHERE id <= @through", new { through });
            CatalogueState.Write(writer, TruncatedThrough, through);
        }

        return position with { Untrimmed = 0 };
    }

    // After the commit and before a number is used: otherwise a crash between looks as if the database was replaced by an older.
    private async Task KeepNumberFloorAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(() => connections.Database.KeepNumberFloor(_position.Reserved), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            _position = _position with { Reserved = _position.Last };
            throw connections.Unavailable(exception);
        }
    }

    private Position Reserve(DbConnection writer)
    {
        var reserved = _position.Last + NumbersPerReserve;
        CatalogueState.Write(writer, Reserved, reserved);
        return _position with { Reserved = reserved };
    }

    // After an orderly end the limit is the last number used; otherwise every number up to the limit may have been used.
    private void Open(DbConnection writer)
    {
        var known = Math.Max(CatalogueState.Read(writer, Reserved), writer.ExecuteScalar<long?>("SELECT MAX(id) FROM journal") ?? 0);
        var last = Math.Max(known, connections.Database.ReadNumberFloor());
        if (last > known)
        {
            // The database was lost or replaced by an older one. No recorder has raised more events than there were numbers.
            CatalogueState.Write(writer, TruncatedThrough, last);
            CatalogueState.Write(writer, RecorderSequences.Lost, last);
        }

        _position = new Position(last, last, 0);
        _signal.Set(last);
    }

    private void Close(DbConnection writer)
    {
        CatalogueState.Write(writer, Reserved, _position.Last);
        connections.Database.KeepNumberFloor(_position.Last);
    }

    private sealed record Position(long Last, long Reserved, long Untrimmed);
}
