using Dapper;

namespace Recorder.Actors.Catalogue;

/// <summary>The answers to requests that carry a key, so that one that is sent again is not carried out again.</summary>
internal interface IAnswerStore
{
    /// <summary>The answer that a key had; null when it was not used, or too long ago.</summary>
    Task<KeptAnswer?> FindAnswerAsync(string key, CancellationToken cancellationToken);

    /// <summary>Keeps an answer for <see cref="KeptAnswer.Age"/>; it survives a power cut.</summary>
    Task KeepAnswerAsync(string key, KeptAnswer answer, CancellationToken cancellationToken);
}

/// <summary>An answer as it was given.</summary>
/// <param name="Request">What was asked: a digest.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The rest.</param>
internal sealed record KeptAnswer(string Request, int Status, string Body)
{
    /// <summary>How long an answer is kept.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromHours(24);

    /// <summary>Most answers that are kept: beyond it the oldest go.</summary>
    public const int Most = 100_000;
}

internal sealed partial class SqlCatalogue : IAnswerStore
{
    // How often the number of answers is looked at, in answers.
    private const int CountInterval = 500;

    private int _answers;

    public Task<KeptAnswer?> FindAnswerAsync(string key, CancellationToken cancellationToken) =>
        ReadAsync(
            reader => reader.QuerySingleOrDefault<AnswerRecord>(
                "SELECT request, status, body FROM idempotency WHERE key = @key AND at >= @oldest",
                new { key, oldest = OldestAnswer() }) is { } found
                ? new KeptAnswer(found.Request, (int)found.Status, found.Body)
                : null,
            cancellationToken);

    public Task KeepAnswerAsync(string key, KeptAnswer answer, CancellationToken cancellationToken) =>
        WriteAsync(
            durable: true,
            writer =>
            {
                writer.Execute("DELETE FROM idempotency WHERE at < @oldest", new { oldest = OldestAnswer() });
                if (_answers++ % CountInterval == 0)
                {
                    writer.Execute(
                        "DELETE FROM idempotency WHERE at < (SELECT at FROM idempotency ORDER BY at DESC LIMIT 1 OFFSET @most)",
                        new { most = KeptAnswer.Most });
                }

                return writer.Execute(
                    "INSERT INTO idempotency (key, at, request, status, body) VALUES (@key, @at, @Request, @Status, @Body) "
                    + "ON CONFLICT (key) DO NOTHING",
                    new { key, at = _clock.GetUtcNow().UtcTicks, answer.Request, answer.Status, answer.Body });
            },
            cancellationToken);

    private long OldestAnswer() => (_clock.GetUtcNow() - KeptAnswer.Age).UtcTicks;

    private sealed record AnswerRecord(string Request, long Status, string Body);
}
