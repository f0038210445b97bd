namespace Recorder.Actors.Catalogue;

/// <summary>An answer as it was given. The request is a digest.</summary>
internal sealed record KeptAnswer(string Request, int Status, string Body)
{
    public static readonly TimeSpan Age = TimeSpan.FromHours(24);

    public const int MaxCount = 100_000;
}
