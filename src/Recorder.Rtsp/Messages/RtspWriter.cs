using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Recorder.Rtsp.Messages;

/// <summary>Writes what the client sends.</summary>
internal static class RtspWriter
{
    /// <param name="url">A request URL: what <see cref="RtspUrl"/> gives.</param>
    /// <param name="headers">Without CSeq and Content-Length.</param>
    /// <exception cref="RtspException">Malformed: a line break or another control character is in one of the values.</exception>
    public static byte[] Request(string method, string url, int cseq, IEnumerable<RtspHeader> headers, ReadOnlySpan<byte> body = default)
    {
        if (url.Contains(' ', StringComparison.Ordinal) || method.Contains(' ', StringComparison.Ordinal))
            throw new RtspException(RtspFault.Malformed, "a URL with a space in it cannot be requested");

        return Write($"{Check(method)} {Check(url)} RTSP/1.0\r\n", cseq.ToString(CultureInfo.InvariantCulture), headers, body);
    }

    /// <summary>The answer to a request of the server.</summary>
    public static byte[] Response(RtspRequest request, int status, string reason, IEnumerable<RtspHeader> headers) =>
        Write(string.Create(CultureInfo.InvariantCulture, $"RTSP/1.0 {status} {Check(reason)}\r\n"), request.Headers["CSeq"], headers, default);

    /// <summary>An RTP or RTCP packet as it goes between messages.</summary>
    public static byte[] Frame(byte channel, ReadOnlySpan<byte> packet)
    {
        var frame = new byte[4 + packet.Length];
        (frame[0], frame[1]) = ((byte)'$', channel);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), checked((ushort)packet.Length));
        packet.CopyTo(frame.AsSpan(4));
        return frame;
    }

    private static byte[] Write(string start, string? cseq, IEnumerable<RtspHeader> headers, ReadOnlySpan<byte> body)
    {
        var head = new StringBuilder(start);
        if (cseq is not null)
            Append(head, new RtspHeader("CSeq", cseq));
        foreach (var header in headers)
            Append(head, header);
        if (!body.IsEmpty)
            Append(head, new RtspHeader("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)));
        head.Append("\r\n");

        // A char of a header is a byte, see RtspHeader.
        return [.. Encoding.Latin1.GetBytes(head.ToString()), .. body];
    }

    private static void Append(StringBuilder head, RtspHeader header)
    {
        if (header.Name.Contains(':', StringComparison.Ordinal))
            throw new RtspException(RtspFault.Malformed, "the name of a header has a colon in it");

        head.Append(Check(header.Name)).Append(": ").Append(Check(header.Value)).Append("\r\n");
    }

    // The value is not in the message: it may be a password.
    private static string Check(string text) => text.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0
        ? text
        : throw new RtspException(RtspFault.Malformed, "a line break in a request is refused");
}
