using System.Globalization;

namespace Recorder.Rtsp.Messages;

/// <summary>The Session header (RFC 2326, 12.37).</summary>
/// <param name="Timeout">The server ends a session that it hears nothing of for so long.</param>
internal sealed record SessionHeader(string Id, TimeSpan Timeout)
{
    public static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(60);

    private const int LongestTimeout = 24 * 60 * 60;

    /// <summary>Null without an id.</summary>
    public static SessionHeader? Parse(string? value)
    {
        if (value is null || QuotedText.Split(value, ';') is not [var id, .. var parameters])
            return null;

        var timeout = UsualTimeout;
        foreach (var parameter in parameters)
        {
            var (name, text) = QuotedText.Parameter(parameter);
            if (name.Equals("timeout", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0)
                timeout = TimeSpan.FromSeconds(Math.Min(seconds, LongestTimeout));
        }

        return new SessionHeader(id, timeout);
    }
}
