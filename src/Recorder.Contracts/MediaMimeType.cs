using System.Diagnostics.CodeAnalysis;

namespace Recorder.Contracts;

/// <summary>A container format of recordings.</summary>
public enum MediaContainer
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>Fragmented MP4 (ISO BMFF).</summary>
    Mp4 = 1,

    /// <summary>WebM.</summary>
    WebM = 2,

    /// <summary>Matroska.</summary>
    Matroska = 3,
}

/// <summary>
/// A recording's MIME type with its codecs parameter (RFC 6381), for example <c>video/webm;codecs=vp8,opus</c>. Parsing checks
/// that a text is well formed and names a known container; it does not check whether the codecs can be recorded.
/// </summary>
/// <param name="Kind">Video, or audio for a type without video.</param>
/// <param name="Container">The container that the subtype names.</param>
/// <param name="Codecs">The codecs in lower case and in their given order; empty when none is given.</param>
public sealed record MediaMimeType(TrackKind Kind, MediaContainer Container, IReadOnlyList<string> Codecs)
{
    /// <summary>Parses a MIME type. Case is ignored, and the list of codecs may be quoted and contain spaces.</summary>
    /// <param name="text">The text to parse. "" is not a MIME type, although a recorder accepts it as one.</param>
    /// <param name="type">The MIME type; null when the method returns false.</param>
    /// <returns>False when the text is malformed or names an unknown type or container.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out MediaMimeType? type)
    {
        type = null;
        if (text is null)
            return false;

        var parts = SplitOutsideQuotes(text, ';');
        var essence = parts[0].Trim().ToLowerInvariant();
        var (kind, container) = essence switch
        {
            "video/mp4" => (TrackKind.Video, MediaContainer.Mp4),
            "audio/mp4" => (TrackKind.Audio, MediaContainer.Mp4),
            "video/webm" => (TrackKind.Video, MediaContainer.WebM),
            "audio/webm" => (TrackKind.Audio, MediaContainer.WebM),
            "video/x-matroska" or "video/matroska" => (TrackKind.Video, MediaContainer.Matroska),
            "audio/x-matroska" or "audio/matroska" => (TrackKind.Audio, MediaContainer.Matroska),
            _ => (TrackKind.Unknown, MediaContainer.Unknown),
        };
        if (kind == TrackKind.Unknown || !TryReadCodecs(parts.Skip(1), out var codecs))
            return false;

        type = new MediaMimeType(kind, container, codecs);
        return true;
    }

    /// <summary>The MIME type without its codecs, for example <c>video/mp4</c>.</summary>
    public string Essence =>
        (Kind == TrackKind.Audio ? "audio/" : "video/") + Container switch
        {
            MediaContainer.Mp4 => "mp4",
            MediaContainer.WebM => "webm",
            _ => "x-matroska",
        };

    /// <inheritdoc />
    public override string ToString() => Codecs.Count == 0 ? Essence : $"{Essence};codecs={string.Join(',', Codecs)}";

    /// <summary>Compares the kind, the container, and the codecs one by one.</summary>
    public bool Equals(MediaMimeType? other) =>
        other is not null && Kind == other.Kind && Container == other.Container && Codecs.SequenceEqual(other.Codecs);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Kind, Container, Codecs.Count);

    private static bool TryReadCodecs(IEnumerable<string> parameters, out IReadOnlyList<string> codecs)
    {
        codecs = [];
        foreach (var parameter in parameters)
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                return false;

            var value = parameter[(equals + 1)..].Trim();
            if (value is ['"', .., '"'] && value.Length >= 2)
                value = value[1..^1];

            if (value.Contains('"', StringComparison.Ordinal))
                return false;

            if (parameter.AsSpan(0, equals).Trim().Equals("codecs", StringComparison.OrdinalIgnoreCase))
            {
                codecs = value.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries);
                if (codecs.Any(string.IsNullOrEmpty))
                    return false;
            }
        }

        return true;
    }

    private static List<string> SplitOutsideQuotes(string text, char separator)
    {
        var parts = new List<string>();
        var (start, quoted) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                quoted = !quoted;
            }
            else if (text[i] == separator && !quoted)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }
}
