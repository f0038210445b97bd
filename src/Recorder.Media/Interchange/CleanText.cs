using System.Text;

namespace Recorder.Media.Interchange;

/// <summary>Text that people wrote, as the formats can carry it.</summary>
internal static class CleanText
{
    private const StringSplitOptions Pieces = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
    private static readonly char[] LineEnds = ['\r', '\n', '\t', '\u0085', '\u2028', '\u2029'];

    /// <summary>
    /// The text with U+FFFD in place of each character that XML 1.0 has not: control characters, U+FFFE, U+FFFF and halves of surrogate pairs.
    /// </summary>
    public static string Lines(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(IsCharacter(rune.Value) ? rune.ToString() : "\uFFFD");

        return clean.ToString();
    }

    /// <summary>The same on one line, without white space around it.</summary>
    public static string Line(string text) => string.Join(' ', Lines(text).Split(LineEnds, Pieces));

    /// <summary>The same without '|', which separates fields in a marker EDL.</summary>
    public static string Field(string text) => Line(text).Replace('|', '/');

    private static bool IsCharacter(int code) => code is '\t' or '\n' or '\r' or (>= ' ' and <= 0xFFFD) or >= 0x10000;
}
