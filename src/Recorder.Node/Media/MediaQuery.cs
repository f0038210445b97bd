namespace Recorder.Node.Media;

/// <summary>Reads moments of a recording from a query: seconds of its timeline, or a wall-clock time.</summary>
internal static class MediaQuery
{
    public static readonly QueryParameter From = new(
        "from", "string", "Begin at the key frame at or before this moment: seconds of the recording's timeline (12.5), or a time (RFC 3339).");

    public static readonly QueryParameter To = new("to", "string", "End at this moment: seconds of the recording's timeline, or a time (RFC 3339).");
    public static readonly QueryParameter At = new("at", "string", "The moment: seconds of the recording's timeline (12.5), or a time (RFC 3339).");

    public static Task<TimeSpan?> ReadAsync(HttpRequest request, QueryParameter parameter, MediaLibrary library, PlayedRecording recording) =>
        ReadAsync(Query.Text(request, parameter), parameter, library, recording, request.HttpContext.RequestAborted);

    public static async Task<TimeSpan?> ReadAsync(
        string? text, QueryParameter parameter, MediaLibrary library, PlayedRecording recording, CancellationToken cancellationToken)
    {
        if (text is null)
            return null;

        if (Query.IsSeconds(text, out var seconds))
            return seconds;

        return IsWallClock(text, out var wall) ? await library.MediaTimeOfAsync(recording, wall, cancellationToken)
            : throw Query.Wrong(parameter, text, "seconds (12.5) or a time (2026-11-22T15:04:05Z)");
    }

    public static async Task<(TimeSpan? From, TimeSpan? To)> ReadIntervalAsync(HttpRequest request, MediaLibrary library, PlayedRecording recording)
    {
        var from = await ReadAsync(request, From, library, recording);
        var to = await ReadAsync(request, To, library, recording);
        return from >= to
            ? throw new ProblemException(Problem.Type("'to' must be later than 'from'."))
            : (from, to);
    }

    // Decoding a query turns a plus sign into a space.
    public static bool IsWallClock(string text, out DateTimeOffset time) => DateTimeOffset.TryParse(
        text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)
        && text.Contains('-', StringComparison.Ordinal);

    public static string Write(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
}
