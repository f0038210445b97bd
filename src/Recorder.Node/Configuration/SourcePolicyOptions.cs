using System.Net;

namespace Recorder.Node.Configuration;

/// <summary>The sources that callers of the HTTP API may name.</summary>
internal sealed record SourcePolicyOptions
{
    /// <summary>Files need <see cref="Folders"/> too; capture devices are left out, because they could spy on a room.</summary>
    public static readonly IReadOnlyList<string> DefaultSchemes =
        ["test", "push", "file", "rtsp", "rtsps", "rtmp", "rtmps", "srt", "http", "https", "udp", "tcp"];

    public IReadOnlyList<string> Schemes { get; init; } = DefaultSchemes;
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary><c>private</c>, <c>public</c>, or networks as <c>10.20.0.0/16</c>.</summary>
    public IReadOnlyList<string> Networks { get; init; } = ["private", "public"];

    /// <summary>Sources on this machine: true if the node listens on loopback only. Callers can then reach them anyway.</summary>
    public bool AllowsLoopback { get; init; }

    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;
}
