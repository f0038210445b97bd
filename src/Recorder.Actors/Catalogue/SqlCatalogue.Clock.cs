using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using Recorder.Actors.Timing;

namespace Recorder.Actors.Catalogue;

// What the node knows of its clock, beside what it was known for.
internal sealed partial class SqlCatalogue
{
    // Nothing is ever later than the node's time.
    private const string ShiftExtents =
        "UPDATE extents SET recorded = MIN(COALESCE(recorded, captured_at) + @by, @now) WHERE @since IS NULL OR recorded >= @since";
    private const string ShiftAnswers = "UPDATE idempotency SET at = at + @by WHERE @since IS NULL OR at >= @since";

    // What was stored before anybody looked: captured in the future, or before this program was made.
    private const string Doubtful =
        "UPDATE extents SET recorded = @now WHERE COALESCE(recorded, captured_at) > @latest OR (recorded IS NULL AND captured_at < @earliest)";

    /// <summary>Begins the node's time: from what was kept, else from what is stored.</summary>
    /// <param name="touched">When a data folder with recordings was written last, as far as the caller can tell.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task BeginClockAsync(DateTimeOffset? touched, CancellationToken cancellationToken)
    {
        var (json, newest) = await ReadAsync<(string?, DateTimeOffset?)>(
            reader => reader.ExecuteScalar<string?>("SELECT json FROM clock WHERE id = 1") is { } kept ? (kept, null) : (null, Newest(reader)),
            cancellationToken).ConfigureAwait(false);
        var saved = json is null ? null : JsonSerializer.Deserialize(json, ClockJson.Default.ClockState);
        var now = _clock.Begin(saved, newest is null || (touched > newest && touched <= _clock.Look().Wall) ? touched : newest);
        if (now.IsTrusted)
        {
            await WriteAsync(
                durable: false,
                writer => writer.Execute(Doubtful, new
                {
                    now = now.Time.UtcTicks,
                    latest = (now.Time + _clock.Options.Tolerance).UtcTicks,
                    earliest = _clock.Options.Earliest.UtcTicks,
                }),
                cancellationToken).ConfigureAwait(false);
        }

        await KeepClockAsync(_clock, cancellationToken).ConfigureAwait(false);
    }

    public Task KeepClockAsync(NodeClock clock, CancellationToken cancellationToken)
    {
        var isChange = clock.Look().Shifts.Count > 0;
        return WriteAsync(
            durable: isChange,
            writer =>
            {
                // Within the writer's turn: what is stored before has been moved, or is about to be; what is stored later is stored as moved.
                var now = clock.Look();
                foreach (var shift in now.Shifts)
                {
                    var with = new { by = shift.By.Ticks, since = shift.Since?.UtcTicks, now = now.Time.UtcTicks };
                    writer.Execute(ShiftExtents, with);
                    writer.Execute(ShiftAnswers, with);
                }

                writer.Execute(
                    "INSERT INTO clock (id, json) VALUES (1, @json) ON CONFLICT (id) DO UPDATE SET json = excluded.json",
                    new { json = JsonSerializer.Serialize(now with { Shifts = [] }, ClockJson.Default.ClockState) });
                return now.Shifts.Count;
            },
            cancellationToken,
            clock.Settled);
    }

    private static DateTimeOffset? Newest(DbConnection reader)
    {
        var journal = reader.ExecuteScalar<long?>("SELECT at FROM journal ORDER BY id DESC LIMIT 1");
        var media = reader.ExecuteScalar<long?>("SELECT MAX(captured_at + duration) FROM extents");
        return journal is null && media is null ? null : Time(Math.Max(journal ?? 0, media ?? 0));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClockState))]
internal sealed partial class ClockJson : JsonSerializerContext;
