using System.Globalization;

namespace Recorder.Rtsp.Messages;

/// <summary>What a server sends besides interleaved frames. It holds no memory of the receive buffer.</summary>
/// <param name="Version">As it was written, such as RTSP/1.0.</param>
internal abstract record RtspMessage(string Version, RtspHeaders Headers)
{
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Null if it is missing or no number.</summary>
    public int? CSeq => int.TryParse(Headers["CSeq"], NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <param name="Status">100 to 999.</param>
/// <param name="Reason">Often empty.</param>
internal sealed record RtspResponse(int Status, string Reason, string Version, RtspHeaders Headers) : RtspMessage(Version, Headers);

/// <summary>Servers send requests, too: OPTIONS to see whether the client lives, GET_PARAMETER, ANNOUNCE, REDIRECT.</summary>
/// <param name="Method">As it was written.</param>
internal sealed record RtspRequest(string Method, string Url, string Version, RtspHeaders Headers) : RtspMessage(Version, Headers);
