namespace Recorder.Actors.Catalogue;

/// <summary>
/// The answers to requests with an idempotency key, so that a request that is sent again is not carried out again.
/// </summary>
internal interface IAnswerStore
{
    /// <summary>
    /// Finds the answer to an earlier request with this key; null when there was none within <see cref="KeptAnswer.Age"/>.
    /// </summary>
    Task<KeptAnswer?> FindAnswerAsync(string key, CancellationToken cancellationToken);

    /// <summary>Keeps an answer for <see cref="KeptAnswer.Age"/>; it is durable when this returns.</summary>
    Task KeepAnswerAsync(string key, KeptAnswer answer, CancellationToken cancellationToken);
}

/// <summary>An answer as it was given.</summary>
/// <param name="Request">A digest of the request.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
internal sealed record KeptAnswer(string Request, int Status, string Body)
{
    /// <summary>How long an answer is kept.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromHours(24);

    /// <summary>How many answers are kept at most; the oldest are deleted first.</summary>
    public const int MaxCount = 100_000;
}
