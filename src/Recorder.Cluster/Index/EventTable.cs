using System.Data.Common;
using Dapper;
using Recorder.Cluster.Events;
using Recorder.Cluster.Tenures;
using Recorder.Contracts;

namespace Recorder.Cluster.Index;

/// <summary>How much of a node's journal is in the log.</summary>
/// <param name="Last">The number of the last entry that is here.</param>
/// <param name="Missing">Entries up to this number are not here any more, or never were.</param>
internal readonly record struct LogExtent(long Last, long Missing);

/// <summary>The statements of the log of all nodes' events.</summary>
internal static class EventTable
{
    private const long MaxTrimmed = 10_000;

    private const string Columns = "id, node, number, recorder, term, holder, start, sequence, at, kind, json";

    private const string PutEvent =
        """
        INSERT INTO events (node, number, recorder, term, holder, start, sequence, at, kind, json)
        VALUES (@node, @number, @recorder, @term, @holder, @start, @sequence, @at, @kind, @json)
        """;

    private const string PutTenure =
        """
        INSERT INTO tenures (
            recorder, term, holder, start, first, last, first_number, last_number, after_term, after_holder, after_start, after_sequence)
        VALUES (
            @recorder, @term, @holder, @start, @sequence, @sequence, @number, @number, @afterTerm, @afterHolder, @afterStart, @afterSequence)
        ON CONFLICT (recorder, term, holder, start) DO UPDATE SET
            last = MAX(last, excluded.last), last_number = MAX(last_number, excluded.last_number)
        """;

    private const string PutToldLate =
        """
        UPDATE tenures SET told_late = MAX(told_late, @to)
        WHERE recorder = @recorder AND term = @term AND holder = @holder AND start = @start
        """;

    private const string ForgetTenures =
        """
        DELETE FROM tenures WHERE recorder = @recorder AND (term, holder, start) <= (
            SELECT term, holder, start FROM tenures WHERE recorder = @recorder ORDER BY term DESC, holder DESC, start DESC LIMIT 1 OFFSET @kept)
        """;

    public static Dictionary<string, LogExtent> ReadExtents(DbConnection reader) =>
        reader.Query<(string Node, long Last, long Missing)>("SELECT node, last, missing FROM logs")
            .ToDictionary(row => row.Node, row => new LogExtent(row.Last, row.Missing), StringComparer.Ordinal);

    public static IEnumerable<(RecorderId Recorder, TenureEvents Events)> ReadTenures(DbConnection reader) =>
        reader.Query<TenureRow>(
            """
            SELECT recorder, term, holder, start, first, last, first_number AS FirstNumber, last_number AS LastNumber, after_term AS AfterTerm,
                after_holder AS AfterHolder, after_start AS AfterStart, after_sequence AS AfterSequence, told_late AS ToldLate FROM tenures
            """).Select(row => (new RecorderId(row.Recorder), row.ToTenure()));

    /// <summary>The nodes whose journals are followed from a position up to which the log is not filled.</summary>
    public static List<string> ReadUnfilled(DbConnection reader) =>
        [.. reader.Query<string>("SELECT l.node FROM logs l JOIN positions p ON p.node = l.node WHERE l.last < p.last")];

    public static long ReadLastId(DbConnection reader) => reader.ExecuteScalar<long?>("SELECT seq FROM sqlite_sequence WHERE name = 'events'") ?? 0;

    /// <summary>Adds events of a node's journal.</summary>
    /// <returns>The same with their ids.</returns>
    public static List<LoggedEvent> Put(DbConnection writer, IReadOnlyList<LoggedEvent> events)
    {
        // Ids of rows that are written one after the other in one transaction are consecutive.
        var id = ReadLastId(writer);
        var rows = events.Select(ColumnsOf).ToList();
        writer.Execute(PutEvent, rows);
        writer.Execute(PutTenure, rows);
        foreach (var raised in events.Where(raised => raised.Late is not null))
            writer.Execute(PutToldLate, ToldLateOf(raised.Recorder, raised.Late!.Value));

        foreach (var first in events.Where(raised => raised.After is not null))
            writer.Execute(ForgetTenures, new { recorder = first.Recorder.Value, kept = LiveOrder.MaxTenures });

        return [.. events.Select(raised => raised with { Id = ++id })];
    }

    public static void Put(DbConnection writer, string node, LogExtent extent) => writer.Execute(
        """
        INSERT INTO logs (node, last, missing) VALUES (@node, @last, @missing)
        ON CONFLICT (node) DO UPDATE SET last = excluded.last, missing = excluded.missing
        """,
        new { node, last = extent.Last, missing = extent.Missing });

    public static void Remove(DbConnection writer, string node)
    {
        writer.Execute("DELETE FROM events WHERE node = @node", new { node });
        writer.Execute("DELETE FROM logs WHERE node = @node", new { node });
    }

    /// <summary>The events of a node's journal after an entry, in order.</summary>
    /// <param name="maxId">Events that came later are left out.</param>
    public static List<LoggedEvent> Read(DbConnection reader, string node, long after, RecorderId? recorder, long maxId, int limit) =>
    [
        .. reader.Query<EventRow>(
            $"SELECT {Columns} FROM events WHERE node = @node AND number > @after AND id <= @maxId" +
            (recorder is null ? "" : " AND recorder = @recorder") + " ORDER BY number LIMIT @limit",
            new { node, after, maxId, recorder = recorder?.Value, limit }).Select(row => row.ToEvent()),
    ];

    /// <summary>A recorder's events of one tenure, in order.</summary>
    public static List<LoggedEvent> Read(DbConnection reader, RecorderId recorder, EventRange range, int limit) =>
    [
        .. reader.Query<EventRow>(
            $"""
            SELECT {Columns} FROM events WHERE recorder = @recorder AND term = @term AND holder = @holder AND start = @start
                AND sequence BETWEEN @from AND @to ORDER BY sequence LIMIT @limit
            """,
            new
            {
                recorder = recorder.Value,
                term = range.Tenure.Term,
                holder = range.Tenure.Node,
                start = range.Tenure.Start.ToString(),
                from = range.From,
                to = range.To,
                limit,
            }).Select(row => row.ToEvent()),
    ];

    /// <summary>The number, in the journal of its node, of the last event of a tenure up to one; null when none is here.</summary>
    public static long? FindJournal(DbConnection reader, RecorderId recorder, EventNumber number) => reader.ExecuteScalar<long?>(
        """
        SELECT number FROM events WHERE recorder = @recorder AND term = @term AND holder = @holder AND start = @start AND sequence <= @sequence
        ORDER BY sequence DESC LIMIT 1
        """,
        new
        {
            recorder = recorder.Value,
            term = number.Tenure.Term,
            holder = number.Tenure.Node,
            start = number.Tenure.Start.ToString(),
            sequence = number.Number,
        });

    /// <summary>Forgets the tenures of recorders of which no event is here any more.</summary>
    public static void ForgetRecorders(DbConnection writer) =>
        writer.Execute("DELETE FROM tenures WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.recorder = tenures.recorder)");

    /// <summary>Removes the oldest events beyond a count and an age; of the age, the newest event tells.</summary>
    /// <returns>Of each node's journal, the last entry that was removed.</returns>
    public static Dictionary<string, long> Trim(DbConnection writer, long maxEvents, TimeSpan maxAge)
    {
        var (oldest, newest) = writer.QuerySingle<(long? Oldest, long? Newest)>("SELECT MIN(id), MAX(id) FROM events");
        if (oldest is not { } first || newest is not { } last)
            return [];

        var limit = first + MaxTrimmed - 1;
        var cut = writer.ExecuteScalar<long>("SELECT at FROM events WHERE id = @last", new { last }) - maxAge.Ticks;
        var aged = (writer.ExecuteScalar<long?>("SELECT id FROM events WHERE at >= @cut ORDER BY id LIMIT 1", new { cut }) ?? first) - 1;
        var through = Math.Min(Math.Max(last - maxEvents, aged), limit);
        if (through < first)
            return [];

        var removed = writer.Query<(string Node, long Number)>(
            "SELECT node, MAX(number) FROM events WHERE id <= @through GROUP BY node", new { through })
            .ToDictionary(row => row.Node, row => row.Number, StringComparer.Ordinal);
        writer.Execute("DELETE FROM events WHERE id <= @through", new { through });
        foreach (var (node, number) in removed)
            writer.Execute("UPDATE logs SET missing = MAX(missing, @number) WHERE node = @node", new { node, number });

        return removed;
    }

    private static object ColumnsOf(LoggedEvent raised) => new
    {
        node = raised.Node,
        number = raised.Journal,
        recorder = raised.Recorder.Value,
        term = raised.Number.Tenure.Term,
        holder = raised.Number.Tenure.Node,
        start = raised.Number.Tenure.Start.ToString(),
        sequence = raised.Number.Number,
        at = raised.At.UtcTicks,
        kind = raised.Kind,
        json = raised.Json,
        afterTerm = raised.After?.Tenure.Term,
        afterHolder = raised.After?.Tenure.Node,
        afterStart = raised.After?.Tenure.Start.ToString(),
        afterSequence = raised.After?.Number,
    };

    private static object ToldLateOf(RecorderId recorder, EventRange late) => new
    {
        recorder = recorder.Value,
        term = late.Tenure.Term,
        holder = late.Tenure.Node,
        start = late.Tenure.Start.ToString(),
        to = late.To,
    };

    private static Tenure TenureOf(long term, string holder, string start) =>
        new(term, holder, StartId.Parse(start));

    private sealed record EventRow
    {
        public long Id { get; init; }
        public string Node { get; init; } = "";
        public long Number { get; init; }
        public string Recorder { get; init; } = "";
        public long Term { get; init; }
        public string Holder { get; init; } = "";
        public string Start { get; init; } = "";
        public long Sequence { get; init; }
        public long At { get; init; }
        public string Kind { get; init; } = "";
        public byte[] Json { get; init; } = [];

        public LoggedEvent ToEvent() => new(
            Node, Number, new RecorderId(Recorder), new EventNumber(TenureOf(Term, Holder, Start), Sequence), After: null, Kind,
            new DateTimeOffset(At, TimeSpan.Zero), Json)
        { Id = Id };
    }

    private sealed record TenureRow
    {
        public string Recorder { get; init; } = "";
        public long Term { get; init; }
        public string Holder { get; init; } = "";
        public string Start { get; init; } = "";
        public long First { get; init; }
        public long Last { get; init; }
        public long FirstNumber { get; init; }
        public long LastNumber { get; init; }
        public long? AfterTerm { get; init; }
        public string? AfterHolder { get; init; }
        public string? AfterStart { get; init; }
        public long? AfterSequence { get; init; }
        public long ToldLate { get; init; }

        public TenureEvents ToTenure() => new(
            TenureOf(Term, Holder, Start), First, Last, FirstNumber, LastNumber,
            AfterTerm is { } term ? new EventNumber(TenureOf(term, AfterHolder!, AfterStart!), AfterSequence ?? 0) : null, ToldLate);
    }
}
