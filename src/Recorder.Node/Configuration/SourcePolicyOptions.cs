using System.Net;

namespace Recorder.Node.Configuration;

/// <summary>What sources may name when they come over HTTP.</summary>
internal sealed record SourcePolicyOptions
{
    /// <summary>What is opened unless something else is said: no files' folders are known then, and devices may listen in.</summary>
    public static readonly IReadOnlyList<string> DefaultSchemes =
        ["test", "push", "file", "rtsp", "rtsps", "rtmp", "rtmps", "srt", "http", "https", "udp", "tcp"];

    /// <summary>The schemes that may be used.</summary>
    public IReadOnlyList<string> Schemes { get; init; } = DefaultSchemes;

    /// <summary>Folders whose files may be read; none means no file may.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>Networks that sources may be in: <c>private</c>, <c>public</c>, or networks as <c>10.20.0.0/16</c>.</summary>
    public IReadOnlyList<string> Networks { get; init; } = ["private", "public"];

    /// <summary>Whether the node itself listens on loopback only, so that sources on this machine are its users' own.</summary>
    public bool AllowsLoopback { get; init; }

    /// <summary>What asks for the addresses of a name; specs put their own in.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;
}
