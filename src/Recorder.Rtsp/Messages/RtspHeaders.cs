using System.Collections;

namespace Recorder.Rtsp.Messages;

/// <summary>A line of a message's head. Each char is one byte (Latin-1), so that what a server sent in another encoding goes back to it
/// unchanged.</summary>
internal readonly record struct RtspHeader(string Name, string Value);

/// <summary>The headers of a message in the order of sending. Names are compared without case.</summary>
internal sealed class RtspHeaders(IReadOnlyList<RtspHeader> headers) : IReadOnlyList<RtspHeader>
{
    public static RtspHeaders Empty { get; } = new([]);

    public int Count => headers.Count;

    public RtspHeader this[int index] => headers[index];

    /// <summary>The value of the first header of this name; null for none.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var header in headers)
            {
                if (header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                    return header.Value;
            }

            return null;
        }
    }

    /// <summary>The values of all headers of this name.</summary>
    public IEnumerable<string> All(string name) =>
        headers.Where(it => it.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(it => it.Value);

    public IEnumerator<RtspHeader> GetEnumerator() => headers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => headers.GetEnumerator();
}
