using System.Data.Common;
using Dapper;
using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Actors.Catalogue;

// The journal: a number for every event, never used twice.
internal sealed partial class SqlCatalogue
{
    // Numbers are used only below a limit that is on the platter. A power cut may take the last entries, never the limit: what comes
    // after it goes on above, so that no number ever names two events.
    private const long Reserve = 100_000;

    // How often, in entries, the journal is cut back, and by how much at most in one transaction.
    private const long TrimInterval = 1_000;
    private const long TrimAtOnce = 10_000;
    private const int MostRemembered = 10_000;

    // A node of a cluster that takes a recorder whose last node died begins behind one of these.
    internal const long NumbersOfATenure = 1_000_000;

    private const string Reserved = "journal_reserved";
    private const string SequencesLost = "sequences_lost";
    private const string TruncatedThrough = "journal_truncated";

    public Task<IReadOnlyList<JournalEntry>> ReadEventsAsync(long after, RecorderId? recorder, int limit, CancellationToken cancellationToken)
    {
        var sql = "SELECT id, json FROM journal WHERE id > @after" + (recorder is null ? "" : " AND recorder = @recorder") +
            " ORDER BY id LIMIT @limit";
        return ReadAsync<IReadOnlyList<JournalEntry>>(
            reader =>
            {
                // One snapshot: what is cut away between the two would be missed without a word.
                using var snapshot = _database.BeginSnapshot(reader);
                var truncated = State(reader, TruncatedThrough);
                return after < truncated
                    ? throw new JournalTruncatedException(truncated + 1)
                    : [
                        .. reader.Query<JournalRecord>(sql, new { after, recorder = recorder?.Value, limit }).Select(
                            entry => new JournalEntry(entry.Id, ProtocolJson.Read<RecorderProtocol.IEvent>(entry.Json))),
                    ];
            },
            cancellationToken);
    }

    public Task<long> LastEventAsync(CancellationToken cancellationToken) => Task.FromResult(_signal.Last);

    public Task WaitForEventsAsync(long after, CancellationToken cancellationToken) => _signal.WaitAsync(after, cancellationToken);

    /// <summary>The number of the last event of a recorder, whether the journal still has it or not; 0 without any.</summary>
    public Task<long> LastSequenceAsync(RecorderId recorder, CancellationToken cancellationToken) =>
        ReadAsync(reader => LastSequence(reader, recorder), cancellationToken);

    /// <summary>Whether the journal has an error of a recorder since a moment.</summary>
    public Task<bool> HasErrorSinceAsync(RecorderId recorder, DateTimeOffset since, CancellationToken cancellationToken) =>
        ReadAsync(
            reader => reader.ExecuteScalar<long>(
                "SELECT COUNT(*) FROM journal WHERE recorder = @recorder AND kind = @kind AND at >= @since",
                new { recorder = recorder.Value, kind = nameof(RecorderProtocol.ErrorRaised), since = since.UtcTicks }) > 0,
            cancellationToken);

    /// <summary>The number of each recorder's last event up to an entry of the journal, as far as that can be told.</summary>
    public Task<IReadOnlyDictionary<RecorderId, long>> SequencesAtAsync(long through, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyDictionary<RecorderId, long>>(
            reader =>
            {
                using var snapshot = _database.BeginSnapshot(reader);
                var found = reader.Query<(string Recorder, long Last)>("SELECT recorder, last FROM sequences")
                    .ToDictionary(row => new RecorderId(row.Recorder), row => row.Last);
                foreach (var (recorder, first) in reader.Query<(string Recorder, long First)>(
                    "SELECT recorder, MIN(sequence) FROM journal WHERE id > @through GROUP BY recorder", new { through }))
                {
                    // What stands before the first number of a tenure, nobody has raised.
                    found[new RecorderId(recorder)] = first % NumbersOfATenure == 1 ? 0 : first - 1;
                }

                return found;
            },
            cancellationToken);

    public async Task<long> AppendAsync(
        IReadOnlyList<RecorderProtocol.IEvent> events, CatalogueChanges? unjournaled, CancellationToken cancellationToken)
    {
        // One at a time: another that counts on from the same number would go beyond the limit.
        await TurnAsync(_appending, cancellationToken).ConfigureAwait(false);
        try
        {
            // A rare commit that waits for the platter, before numbers run out.
            if (_journal.Last + events.Count + 1 > _journal.Reserved)
            {
                await WriteAsync(durable: true, ReserveNumbers, cancellationToken, reserved => _journal = reserved).ConfigureAwait(false);
                await KeepNumberFloorAsync(cancellationToken).ConfigureAwait(false);
            }

            var known = new Dictionary<RecorderId, long>();
            var journal = await WriteAsync(durable: false, writer => Append(writer, events, unjournaled, known), cancellationToken, journal =>
            {
                _journal = journal;
                Remember(known, isAll: unjournaled is null);
            }).ConfigureAwait(false);
            _signal.Set(journal.Last);
            return journal.Last;
        }
        finally
        {
            _appending.Release();
        }
    }

    public async Task SyncAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(_database.Sync, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is IOException || _database.IsUnavailable(failed))
        {
            throw Unavailable(failed);
        }
    }

    // The number of the last event of each recorder that has raised one lately: only the writer, in its turn, asks and changes it.
    private readonly Dictionary<RecorderId, long> _lastSequences = [];

    private void Remember(Dictionary<RecorderId, long> known, bool isAll)
    {
        if (!isAll || _lastSequences.Count > MostRemembered)
        {
            _lastSequences.Clear();
        }

        foreach (var (recorder, last) in known)
        {
            _lastSequences[recorder] = last;
        }
    }

    private Journal Append(
        DbConnection writer, IReadOnlyList<RecorderProtocol.IEvent> events, CatalogueChanges? unjournaled, Dictionary<RecorderId, long> known)
    {
        var journal = _journal;
        if (unjournaled is not null)
        {
            // A number without an event: whoever has read up to the one before hears that something is missing.
            journal = journal with { Last = journal.Last + 1 };
            SetState(writer, TruncatedThrough, journal.Last);
            Apply(writer, unjournaled);
        }

        var added = new List<RecorderProtocol.IEvent>();
        foreach (var raised in events)
        {
            if (!known.TryGetValue(raised.Recorder, out var last) && (unjournaled is not null || !_lastSequences.TryGetValue(raised.Recorder, out last)))
            {
                last = LastSequence(writer, raised.Recorder);
            }

            known[raised.Recorder] = Math.Max(last, raised.Sequence);
            if (raised.Sequence > last)
            {
                added.Add(raised);
            }
        }

        // Many rows of one statement: it is read once.
        writer.Execute(
            "INSERT INTO journal (id, recorder, sequence, at, kind, json) VALUES (@id, @recorder, @sequence, @at, @kind, @json)",
            added.Select((raised, index) => new
            {
                id = journal.Last + 1 + index,
                recorder = raised.Recorder.Value,
                sequence = raised.Sequence,
                at = raised.At.UtcTicks,
                kind = raised.GetType().Name,
                json = ProtocolJson.Write(raised),
            }).ToList());
        journal = journal with { Last = journal.Last + added.Count, Untrimmed = journal.Untrimmed + added.Count };
        Apply(writer, CatalogueChanges.Of(added));
        return journal.Untrimmed >= TrimInterval ? Trim(writer, journal) : journal;
    }

    private Journal Trim(DbConnection writer, Journal journal)
    {
        var oldest = writer.ExecuteScalar<long?>("SELECT MIN(id) FROM journal") ?? 0;
        var byCount = writer.ExecuteScalar<long?>(
            "SELECT id FROM journal ORDER BY id DESC LIMIT 1 OFFSET @entries", new { entries = _options.JournalEntries }) ?? 0;
        // Within a journal's age of a jump some entries may say a time that was not: they go by number only.
        var now = _clock.Look();
        var isSteady = now.CanTellAge && !(now.Time - now.DisturbedAt < _options.JournalAge);
        var byAge = !isSteady ? 0 : (writer.ExecuteScalar<long?>(
            "SELECT id FROM journal WHERE at BETWEEN @cut AND @now ORDER BY id LIMIT 1",
            new { cut = (now.Time - _options.JournalAge).UtcTicks, now = (now.Time + _clock.Options.Tolerance).UtcTicks }) ?? oldest) - 1;
        var through = Math.Min(Math.Max(byCount, byAge), oldest + TrimAtOnce - 1);
        if (through < oldest)
        {
            return journal with { Untrimmed = 0 };
        }

        writer.Execute("DELETE FROM journal WHERE id <= @through", new { through });
        SetState(writer, TruncatedThrough, through);
        return journal with { Untrimmed = 0 };
    }

    // Behind the commit and before a number is used: a crash between the two must not look as if the database were an older one.
    private async Task KeepNumberFloorAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(() => _database.KeepNumberFloor(_journal.Reserved), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException failed)
        {
            _journal = _journal with { Reserved = _journal.Last };
            throw Unavailable(failed);
        }
    }

    private Journal ReserveNumbers(DbConnection writer)
    {
        var reserved = _journal.Last + Reserve;
        SetState(writer, Reserved, reserved);
        return _journal with { Reserved = reserved };
    }

    // After an orderly end the limit is the last number; else all up to the limit may have been used.
    private object? OpenJournal(DbConnection writer)
    {
        var known = Math.Max(State(writer, Reserved), writer.ExecuteScalar<long?>("SELECT MAX(id) FROM journal") ?? 0);
        var last = Math.Max(known, _database.ReadNumberFloor());
        if (last > known)
        {
            // The database was lost, or an older one was put in its place. No recorder has raised more events than there were numbers.
            SetState(writer, TruncatedThrough, last);
            SetState(writer, SequencesLost, last);
        }

        _journal = new Journal(last, last, 0);
        _signal.Set(last);
        return null;
    }

    private object? CloseJournal(DbConnection writer)
    {
        SetState(writer, Reserved, _journal.Last);
        _database.KeepNumberFloor(_journal.Last);
        return null;
    }

    private static long LastSequence(DbConnection connection, RecorderId recorder) =>
        Math.Max(
            connection.ExecuteScalar<long?>("SELECT last FROM sequences WHERE recorder = @recorder", new { recorder = recorder.Value }) ?? 0,
            State(connection, SequencesLost));

    private static long State(DbConnection connection, string name) =>
        connection.ExecuteScalar<long?>("SELECT value FROM state WHERE name = @name", new { name }) ?? 0;

    private static void SetState(DbConnection writer, string name, long value) =>
        writer.Execute(
            "INSERT INTO state (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value", new { name, value });

    /// <param name="Last">The number of the last entry.</param>
    /// <param name="Reserved">The highest that may be used.</param>
    /// <param name="Untrimmed">Entries since it was last cut back.</param>
    private sealed record Journal(long Last, long Reserved, long Untrimmed);

    private sealed record JournalRecord
    {
        public long Id { get; init; }

        public string Json { get; init; } = "";
    }
}
