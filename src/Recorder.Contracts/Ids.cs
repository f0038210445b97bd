using System.Buffers;

namespace Recorder.Contracts;

/// <summary>
/// The name of one recorder: 1 to 64 of <c>A-Z a-z 0-9 . _ -</c>, not starting with a dot. It is a folder name and a path element,
/// so nothing else is let in.
/// </summary>
/// <param name="Value">The name as text.</param>
public readonly record struct RecorderId(string Value)
{
    /// <summary>Reads a recorder's name.</summary>
    /// <exception cref="FormatException">The text is no valid name; the message says which names are.</exception>
    public static RecorderId Parse(string text) =>
        TryParse(text, out var id)
            ? id
            : throw new FormatException($"'{text}' is no recorder id: use 1 to 64 of A-Z a-z 0-9 . _ - and do not start with a dot.");

    /// <summary>Reads a recorder's name; false when the text is not one.</summary>
    public static bool TryParse(string? text, out RecorderId id)
    {
        id = new RecorderId(text ?? "");
        return IdText.IsValid(text);
    }

    /// <inheritdoc />
    public override string ToString() => Value;
}

/// <summary>The name of one recording: the UTC time it was started and a counter, so that names sort by age.</summary>
/// <param name="Value">The name as text, for example <c>20261122T150405.123Z-1</c>.</param>
public readonly record struct RecordingId(string Value)
{
    /// <summary>The id of a recording started at <paramref name="startedAt"/>.</summary>
    /// <param name="startedAt">Wall-clock time of the start command.</param>
    /// <param name="number">Which recording of its recorder this is, from 1; keeps two in one millisecond apart.</param>
    public static RecordingId Create(DateTimeOffset startedAt, long number) =>
        new(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{startedAt.UtcDateTime:yyyyMMdd'T'HHmmss.fff}Z-{number}"));

    /// <summary>When it was started, as its name says; null where it does not.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public DateTimeOffset? StartedAt =>
        DateTimeOffset.TryParseExact(
            Value.Split('-')[0], "yyyyMMdd'T'HHmmss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal, out var start)
            ? start
            : null;

    /// <summary>Reads a recording's name; false when the text is not one.</summary>
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
