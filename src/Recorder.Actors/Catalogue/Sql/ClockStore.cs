using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using Recorder.Actors.Timing;

namespace Recorder.Actors.Catalogue.Sql;

/// <summary>What the node knows of its clock, stored beside the times it applies to.</summary>
internal sealed class ClockStore(CatalogueConnections connections, NodeClock nodeClock)
{
    // No stored time is later than the node's time.
    private const string ShiftExtents =
        "UPDATE extents SET recorded = MIN(COALESCE(recorded, captured_at) + @by, @now) WHERE @since IS NULL OR recorded >= @since";
    private const string ShiftAnswers = "UPDATE idempotency SET at = at + @by WHERE @since IS NULL OR at >= @since";

    // Extents stored before the clock was checked, with a time in the future or before this program existed.
    private const string Doubtful =
        "UPDATE extents SET recorded = @now WHERE COALESCE(recorded, captured_at) > @latest OR (recorded IS NULL AND captured_at < @earliest)";

    /// <summary>Begins from the stored state of the clock, or without one from the newest time in the catalogue or at which the
    /// data folder was <paramref name="touched"/>.</summary>
    public async Task BeginAsync(DateTimeOffset? touched, CancellationToken cancellationToken)
    {
        var (json, newest) = await connections.ReadAsync<(string?, DateTimeOffset?)>(
            reader => reader.ExecuteScalar<string?>("SELECT json FROM clock WHERE id = 1") is { } kept ? (kept, null) : (null, Newest(reader)),
            cancellationToken).ConfigureAwait(false);
        var saved = json is null ? null : JsonSerializer.Deserialize(json, ClockJson.Default.ClockState);
        var now = nodeClock.Begin(saved, newest is null || (touched > newest && touched <= nodeClock.ReadClocks().Wall) ? touched : newest);
        if (now.IsTrusted)
        {
            await connections.WriteAsync(
                durable: false,
                writer => writer.Execute(Doubtful, new
                {
                    now = now.Time.UtcTicks,
                    latest = (now.Time + nodeClock.Options.Tolerance).UtcTicks,
                    earliest = nodeClock.Options.Earliest.UtcTicks,
                }),
                cancellationToken).ConfigureAwait(false);
        }

        await KeepAsync(nodeClock, cancellationToken).ConfigureAwait(false);
    }

    public Task KeepAsync(NodeClock clock, CancellationToken cancellationToken)
    {
        var isChange = clock.ReadClocks().Shifts.Count > 0;
        return connections.WriteAsync(
            durable: isChange,
            writer =>
            {
                // Inside the transaction: times stored before it are shifted here, and times stored after it are shifted already.
                var now = clock.ReadClocks();
                foreach (var shift in now.Shifts)
                {
                    var parameters = new { by = shift.By.Ticks, since = shift.Since?.UtcTicks, now = now.Time.UtcTicks };
                    writer.Execute(ShiftExtents, parameters);
                    writer.Execute(ShiftAnswers, parameters);
                }

                writer.Execute(
                    "INSERT INTO clock (id, json) VALUES (1, @json) ON CONFLICT (id) DO UPDATE SET json = excluded.json",
                    new { json = JsonSerializer.Serialize(now with { Shifts = [] }, ClockJson.Default.ClockState) });
                return now.Shifts.Count;
            },
            cancellationToken,
            clock.CompleteShifts);
    }

    private static DateTimeOffset? Newest(DbConnection reader)
    {
        var journal = reader.ExecuteScalar<long?>("SELECT at FROM journal ORDER BY id DESC LIMIT 1");
        var media = reader.ExecuteScalar<long?>("SELECT MAX(captured_at + duration) FROM extents");
        return journal is null && media is null ? null : CatalogueRows.Time(Math.Max(journal ?? 0, media ?? 0));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClockState))]
internal sealed partial class ClockJson : JsonSerializerContext;
