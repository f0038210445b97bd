using System.Data.Common;
using Dapper;
using Recorder.Contracts;

namespace Recorder.Actors.Catalogue.Sql;

/// <summary>The number of each recorder's last event. Those of recorders that raised one lately are kept in memory, which is used
/// only inside the writer's transactions and after their commits.</summary>
internal sealed class RecorderSequences
{
    /// <summary>The state entry below which no recorder's number is known, because the database was lost.</summary>
    public const string Lost = "sequences_lost";

    private const int MaxKnown = 10_000;

    private const string PutSequence =
        """
        INSERT INTO sequences (recorder, last) VALUES (@recorder, @last)
        ON CONFLICT (recorder) DO UPDATE SET last = CASE WHEN excluded.last > sequences.last THEN excluded.last ELSE sequences.last END
        """;

    private readonly Dictionary<RecorderId, long> _known = [];

    public static long Read(DbConnection connection, RecorderId recorder) =>
        Math.Max(
            connection.ExecuteScalar<long?>("SELECT last FROM sequences WHERE recorder = @recorder", new { recorder = recorder.Value }) ?? 0,
            CatalogueState.Read(connection, Lost));

    public static Dictionary<RecorderId, long> All(DbConnection connection) =>
        connection.Query<(string Recorder, long Last)>("SELECT recorder, last FROM sequences")
            .ToDictionary(row => new RecorderId(row.Recorder), row => row.Last);

    public static void Put(DbConnection writer, IReadOnlyDictionary<RecorderId, long> sequences) =>
        writer.Execute(PutSequence, sequences.Select(entry => new { recorder = entry.Key.Value, last = entry.Value }).ToList());

    public long Last(DbConnection writer, RecorderId recorder) =>
        _known.TryGetValue(recorder, out var last) ? last : Read(writer, recorder);

    public void Remember(Dictionary<RecorderId, long> sequences)
    {
        if (_known.Count > MaxKnown)
            _known.Clear();

        foreach (var (recorder, last) in sequences)
            _known[recorder] = last;
    }

    /// <summary>After the table was changed by other means than the journal.</summary>
    public void Clear() => _known.Clear();
}

internal static class CatalogueState
{
    public static long Read(DbConnection connection, string name) =>
        connection.ExecuteScalar<long?>("SELECT value FROM state WHERE name = @name", new { name }) ?? 0;

    public static void Write(DbConnection writer, string name, long value) =>
        writer.Execute(
            "INSERT INTO state (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value", new { name, value });
}
