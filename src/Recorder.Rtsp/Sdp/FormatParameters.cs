using System.Collections.Frozen;

namespace Recorder.Rtsp.Sdp;

/// <summary>Parses the values of fmtp attributes.</summary>
internal static class FormatParameters
{
    /// <summary>Of several lines, and of a name that is there twice, the first counts.</summary>
    /// <param name="values">Without the payload type, such as packetization-mode=1; profile-level-id=42e01f.</param>
    public static IReadOnlyDictionary<string, string> Parse(IEnumerable<string> values)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in values.SelectMany(it => it.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            // Base64 ends with equals signs: the first one counts.
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? part : part[..equals].TrimEnd();
            if (name.Length > 0)
                parameters.TryAdd(name, equals < 0 ? "" : part[(equals + 1)..].Trim().Trim('"'));
        }

        return parameters.Count == 0 ? FrozenDictionary<string, string>.Empty : parameters;
    }
}
