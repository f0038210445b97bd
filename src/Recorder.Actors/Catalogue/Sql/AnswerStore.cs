using Dapper;
using Recorder.Actors.Timing;

namespace Recorder.Actors.Catalogue.Sql;

/// <summary>A request with an idempotency key that is sent again gets the kept answer and is not carried out again.</summary>
internal sealed class AnswerStore(CatalogueConnections connections, NodeClock clock)
{
    // How many answers are kept between two checks of their number.
    private const int CountInterval = 500;

    private int _answers;

    public Task<KeptAnswer?> FindAnswerAsync(string key, CancellationToken cancellationToken) =>
        connections.ReadAsync(
            reader => reader.QuerySingleOrDefault<AnswerRecord>(
                "SELECT request, status, body FROM idempotency WHERE key = @key AND at >= @oldest",
                new { key, oldest = OldestAnswer() }) is { } found
                ? new KeptAnswer(found.Request, (int)found.Status, found.Body)
                : null,
            cancellationToken);

    /// <summary>The answer is durable when this returns.</summary>
    public Task KeepAnswerAsync(string key, KeptAnswer answer, CancellationToken cancellationToken) =>
        connections.WriteAsync(
            durable: true,
            writer =>
            {
                writer.Execute("DELETE FROM idempotency WHERE at < @oldest", new { oldest = OldestAnswer() });
                if (_answers++ % CountInterval == 0)
                {
                    writer.Execute(
                        "DELETE FROM idempotency WHERE at < (SELECT at FROM idempotency ORDER BY at DESC LIMIT 1 OFFSET @most)",
                        new { most = KeptAnswer.MaxCount });
                }

                writer.Execute(
                    "INSERT INTO idempotency (key, at, request, status, body) VALUES (@key, @at, @Request, @Status, @Body) "
                    + "ON CONFLICT (key) DO NOTHING",
                    new { key, at = clock.GetUtcNow().UtcTicks, answer.Request, answer.Status, answer.Body });
            },
            cancellationToken);

    private long OldestAnswer() => (clock.GetUtcNow() - KeptAnswer.Age).UtcTicks;

    private sealed record AnswerRecord(string Request, long Status, string Body);
}
