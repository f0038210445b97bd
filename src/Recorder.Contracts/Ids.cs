using System.Buffers;

namespace Recorder.Contracts;

/// <summary>
/// The id of a recorder: 1 to 64 of the characters <c>A-Z a-z 0-9 . _ -</c>, not starting with a dot. The id is used as a
/// folder name and as a path segment of URLs, so no other characters are allowed.
/// </summary>
/// <param name="Value">The id as text.</param>
public readonly record struct RecorderId(string Value)
{
    /// <summary>Parses a recorder id.</summary>
    /// <exception cref="FormatException">The text is not a valid id; the message says which ids are.</exception>
    public static RecorderId Parse(string text) =>
        TryParse(text, out var id)
            ? id
            : throw new FormatException(
                $"'{text}' is not a valid recorder id: use 1 to 64 of A-Z a-z 0-9 . _ - and do not start with a dot.");

    /// <summary>Parses a recorder id; returns false when the text is not a valid id.</summary>
    public static bool TryParse(string? text, out RecorderId id)
    {
        id = new RecorderId(text ?? "");
        return IdText.IsValid(text);
    }

    /// <inheritdoc />
    public override string ToString() => Value;
}

/// <summary>The id of a recording: its start time in UTC and a counter, so that ids sort by age.</summary>
/// <param name="Value">The id as text, for example <c>20261122T150405.123Z-1</c>.</param>
public readonly record struct RecordingId(string Value)
{
    /// <summary>Makes the id of a recording.</summary>
    /// <param name="startedAt">Wall-clock time of the start command.</param>
    /// <param name="number">The recording's number within its recorder, from 1. It distinguishes recordings that start in the
    /// same millisecond.</param>
    public static RecordingId Create(DateTimeOffset startedAt, long number) =>
        new(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{startedAt.UtcDateTime:yyyyMMdd'T'HHmmss.fff}Z-{number}"));

    /// <summary>The start time that the id contains; null when it contains none.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public DateTimeOffset? StartedAt =>
        DateTimeOffset.TryParseExact(
            Value.Split('-')[0], "yyyyMMdd'T'HHmmss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal, out var start)
            ? start
            : null;

    /// <summary>Parses a recording id; returns false when the text is not a valid id.</summary>
    public static bool TryParse(string? text, out RecordingId id)
    {
        id = new RecordingId(text ?? "");
        return IdText.IsValid(text);
    }

    /// <inheritdoc />
    public override string ToString() => Value;
}

internal static class IdText
{
    private const int MaximumLength = 64;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public static bool IsValid(string? text) =>
        text is { Length: > 0 and <= MaximumLength } && text[0] != '.' && !text.AsSpan().ContainsAnyExcept(Allowed);
}
