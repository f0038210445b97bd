using System.Runtime.CompilerServices;
using System.Text;

namespace Recorder.Client;

/// <summary>A server-sent event, or an id alone.</summary>
internal sealed record EventFrame(string? Id, string Kind, string? Data);

/// <summary>
/// Reads server-sent events (HTML, section 9.2.6). .NET's parser skips frames without data, and an id in one of them says how far
/// a reader is for whom there are no events.
/// </summary>
internal static class ServerSentEvents
{
    // A frame without its empty line is incomplete; the node sends it again.
    public static async IAsyncEnumerable<EventFrame> ReadAsync(Stream stream, Action onLine, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var (id, kind, data) = (default(string), "message", default(StringBuilder));
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            onLine();
            if (line.Length == 0)
            {
                if (id is not null || data is not null)
                    yield return new EventFrame(id, kind, data?.ToString());

                (id, kind, data) = (null, "message", null);
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = colon < 0 ? "" : line.AsSpan(colon + 1) is [' ', .. var rest] ? rest.ToString() : line[(colon + 1)..];
            switch (colon < 0 ? line : line[..colon])
            {
                case "id":
                    id = value;
                    break;
                case "event":
                    kind = value;
                    break;
                case "data":
                    data = data is null ? new StringBuilder(value) : data.Append('\n').Append(value);
                    break;
                default:
                    break;
            }
        }
    }
}
