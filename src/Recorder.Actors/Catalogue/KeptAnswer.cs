namespace Recorder.Actors.Catalogue;

/// <summary>An answer as it was given.</summary>
/// <param name="Request">A digest of the request.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
internal sealed record KeptAnswer(string Request, int Status, string Body)
{
    public static readonly TimeSpan Age = TimeSpan.FromHours(24);

    /// <summary>How many answers are kept at most; the oldest are deleted first.</summary>
    public const int MaxCount = 100_000;
}
