namespace Recorder.Rtsp.Messages;

/// <summary>The parts of a header's value, of which some may be quoted.</summary>
internal static class QuotedText
{
    /// <summary>Splits where the separator is not within quotes; trims the parts and leaves out empty ones.</summary>
    public static List<string> Split(string value, char separator)
    {
        var parts = new List<string>();
        var isQuoted = false;
        var start = 0;
        for (var i = 0; i <= value.Length; i++)
        {
            if (i < value.Length && value[i] == '"')
                isQuoted = !isQuoted;
            if (i < value.Length && (isQuoted || value[i] != separator))
                continue;

            var part = value.AsSpan(start, i - start).Trim();
            if (!part.IsEmpty)
                parts.Add(part.ToString());
            start = i + 1;
        }

        return parts;
    }

    /// <summary>Splits a parameter at its first equals sign. Without one, the value is empty.</summary>
    public static (string Name, string Value) Parameter(string part)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (part, "") : (part[..equals].TrimEnd(), part[(equals + 1)..].Trim().Trim('"'));
    }
}
