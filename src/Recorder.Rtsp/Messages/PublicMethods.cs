namespace Recorder.Rtsp.Messages;

/// <summary>The methods that a server says it knows.</summary>
internal sealed class PublicMethods
{
    private static readonly char[] Separators = [',', ' ', ';'];
    private readonly HashSet<string> _methods;

    private PublicMethods(HashSet<string> methods) => _methods = methods;

    public int Count => _methods.Count;

    /// <param name="headers">The values of all Public headers. Cameras that are asked for nothing else may write Allow.</param>
    public static PublicMethods Parse(IEnumerable<string> headers) => new(headers
        .SelectMany(it => it.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        .ToHashSet(StringComparer.OrdinalIgnoreCase));

    public static PublicMethods Of(RtspResponse response) => Parse(response.Headers.All("Public").Concat(response.Headers.All("Allow")));

    public bool Contains(string method) => _methods.Contains(method);
}
