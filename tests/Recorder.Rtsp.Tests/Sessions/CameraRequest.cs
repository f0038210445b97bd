using System.Globalization;
using System.Text;

namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>A request as the scripted camera got it, and what can be answered.</summary>
internal sealed record CameraRequest(string Method, string Url, IReadOnlyList<(string Name, string Value)> Headers)
{
    public string? this[string name] => Headers.FirstOrDefault(it => it.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public static CameraRequest Parse(string head)
    {
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var start = lines[0].Split(' ');
        return new CameraRequest(start[0], start[1], [.. lines.Skip(1).Select(it => it.Split(": ", 2)).Select(it => (it[0], it[^1]))]);
    }

    public byte[] Ok(params string[] headers) => Answer(200, "OK", headers);

    public byte[] Answer(int status, string reason = "", params string[] headers) => Answer(status, reason, headers, "");

    public byte[] Answer(int status, string reason, string[] headers, string body)
    {
        string[] lines =
        [
            string.Create(CultureInfo.InvariantCulture, $"RTSP/1.0 {status} {reason}"), .. this["CSeq"] is { } number ? [$"CSeq: {number}"] : (string[])[],
            .. headers, .. body.Length > 0 ? [string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}")] : (string[])[],
        ];
        return Encoding.Latin1.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n" + body);
    }
}
