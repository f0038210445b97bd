using System.Text;

namespace Recorder.Node.Tests.Api;

/// <summary>Makes requests of which each is wrong somewhere: in its line, its path, a header, its query, its body.</summary>
internal sealed class FuzzRequests(Random random)
{
    private static readonly string[] Methods = ["GET", "GET", "GET", "POST", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW", "get"];

    private static readonly string[] Ids =
    [
        "..", "%2e%2e", "%2e%2e%2f%2e%2e%2foutside", "..%5c..", "%00", "a%00b", "a/b", "a\\b", "~", "a~b", "..~..", "%7e", "keep~..",
        "keep~%2e%2e%2f%2e%2e", "ünïcode", "%f0%9f%8e%a5", "%ff%fe", ".", "-", "_", "con", "f1", "f2", "f3", "nobody",
        new string('a', 64), new string('a', 65), new string('a', 5000), "", "%", "%zz", "*", "a:b", ":start", "a b", "a%20b", "'\"", "<script>",
    ];

    private static readonly string[] Paths =
    [
        "/v1/recorders", "/v1/recorders/#", "/v1/recorders/#:start", "/v1/recorders/#:stop", "/v1/recorders/#:pause", "/v1/recorders/#:mark",
        "/v1/recorders/#:split", "/v1/recorders/#:requestData", "/v1/recorders/#:explode", "/v1/recorders/#/events", "/v1/recorders/#/live",
        "/v1/events", "/v1/recordings", "/v1/recordings/#", "/v1/recordings/#/timeline", "/v1/recordings/#/media.mp4",
        "/v1/recordings/#/index.m3u8", "/v1/recordings/#/blobs/#", "/v1/recordings/#/extents/#", "/v1/recordings/#/snapshot.jpg",
        "/v1/recordings/#/thumbnail.jpg", "/v1/sources:probe", "/v1/timeline",
        "/v1/recordings/#/export.mp4", "/v1/recordings/#:export", "/v1/streams/#", "/v1/webhooks", "/v1/webhooks/#", "/metrics", "/health/ready",
        "/health/#", "/", "/#", "//#//", "/v1", "/v1/../#", "/../../etc/passwd", "/v1/recorders/keep/live",
    ];

    private static readonly string[] Values =
    [
        "", "x", "-1", "0", "1e999", "NaN", "99999999999999999999999", "2026-13-40T99:99:99Z", "2026-11-24T00:00:00Z", "%00", "..", "true", "null",
        "'; drop table events; --", "9223372036854775807", "-9223372036854775808", "0x10", "1,2", "ä", "%e4", new string('9', 3000),
    ];

    private static readonly string[] Keys =
        ["from", "to", "at", "after", "kind", "recorder", "limit", "label", "width", "access_token", "cursor", "resolution", "unknown", "%00", "", "from[]"];

    private static readonly string[] Sources =
    [
        "test:", "test:?size=0x0", "test:?size=99999x99999", "test:?rate=-1", "file:///etc/passwd", "/etc/passwd", "../../outside/secret.mp4",
        "lavfi:movie=/etc/passwd", "concat:/etc/passwd|/etc/hosts", "subfile,,start,0,end,9,,:/etc/passwd", "unix:/run/x", "pipe:0", "fd:3",
        "data:,x", "gopher://x/", "rtsp://169.254.169.254/", "http://169.254.169.254/latest", "http://[::ffff:a9fe:a9fe]/", "http://0x7f000001:1/",
        "http://127.0.0.1:1/", "rtsp://user:pass@[::1]:1/", "rtsp://", "://", "", " ", "push:", "push:../x", "crypto:x", "async:file:/etc/passwd",
        "http://a\r\nHost: b/", "tee:/tmp/x|/tmp/y", "srt://", "udp://@:99999", "rtmp://127.0.0.1:1/a b", new string('r', 9000),
    ];

    private static readonly string[] Headers =
    [
        "Range: bytes=-0", "Range: bytes=9-1", "Range: bytes=0-99999999999999999999", "Range: bytes=0-1,3-4,5-6", "Range: chunks=1", "Range: bytes=a-b",
        "If-Range: x", "If-None-Match: *", "If-Match: \"x\"", "Last-Event-ID: -1", "Last-Event-ID: x", "Last-Event-ID: 9223372036854775807",
        "Idempotency-Key: ", "Idempotency-Key: a", "Authorization: Bearer", "Authorization: Basic !!!", "Authorization: Bearer a.b.c",
        "Content-Type: text/plain", "Content-Type: application/json; charset=utf-7", "Content-Type: ;;;", "Transfer-Encoding: gzip", "Expect: 100-continue",
        "Expect: 200-ok", "Accept: */*;q=9", "Origin: http://evil.example", "Upgrade: websocket\r\nConnection: Upgrade",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x", "Host: evil.example", "X: \0", ": empty",
        "no colon", "Content-Length: -5", "Content-Length: 99999999999999999999", "Transfer-Encoding: chunked", "traceparent: 00-x-y-z",
    ];

    /// <summary>The next request, and whether a server can tell where it ends.</summary>
    public (byte[] Bytes, bool IsWhole) Next()
    {
        if (random.Next(40) == 0)
        {
            var noise = new byte[random.Next(1, 400)];
            random.NextBytes(noise);
            return (noise, false);
        }

        var path = string.Concat(One(Paths).Split('#').Select((part, i) => i == 0 ? part : One(Ids) + part));
        var method = One(Methods);
        if (method is not ("GET" or "HEAD") && path.StartsWith("/v1/recorders/keep", StringComparison.Ordinal))
            method = "GET";

        var query = string.Join('&', Enumerable.Range(0, random.Next(4)).Select(_ => $"{One(Keys)}={One(Values)}"));
        var body = method is "POST" or "PUT" or "PATCH" || random.Next(10) == 0 ? Body() : [];
        var head = new StringBuilder($"{method} {path}{(query.Length > 0 ? "?" + query : "")} {(random.Next(30) == 0 ? "HTTP/9.9" : "HTTP/1.1")}\r\n");
        if (random.Next(30) > 0)
            head.Append("Host: localhost\r\n");

        if (random.Next(4) > 0)
            head.Append("Content-Type: application/json\r\n");

        var isWhole = true;
        for (var i = random.Next(3); i > 0; i--)
        {
            var header = One(Headers);
            isWhole &= !header.StartsWith("Content-Length", StringComparison.Ordinal) && !header.StartsWith("Transfer", StringComparison.Ordinal);
            head.Append(header).Append("\r\n");
        }

        if (body.Length > 0)
        {
            var isRight = random.Next(8) > 0;
            isWhole &= isRight;
            head.Append(
                isRight ? $"Content-Length: {body.Length}\r\n"
                : random.Next(2) == 0 ? "Transfer-Encoding: chunked\r\n"
                : $"Content-Length: {body.Length + random.Next(-3, 4)}\r\n");
        }

        return ([.. Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()), .. body], isWhole);
    }

    private byte[] Body()
    {
        var text = random.Next(12) switch
        {
            0 => "",
            1 => "{",
            2 => "null",
            3 => "[]",
            4 => new string('[', 5000),
            5 => "{\"id\":{\"id\":[1]}}",
            6 => "\u0000\u0001",
            7 => $"{{\"timeslice\":{One(Values)}}}",
            8 => "{\"container\":\"exe\",\"from\":\"x\"}",
            _ => Definition(),
        };
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > 0 && random.Next(4) == 0)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

        return random.Next(8) == 0 ? bytes[..random.Next(bytes.Length + 1)] : bytes;
    }

    private string Definition()
    {
        string[] members =
        [
            $"\"id\":{Quoted(One(Ids))}", $"\"source\":{Quoted(One(Sources))}", $"\"mimeType\":{Quoted(One(["video/mp4", "video/webm", "x", "video/mp4;codecs=;;"]))}",
            $"\"timeslice\":{One(["1", "-1", "0", "1e99", "\"1\"", "null", "99999999999"])}", $"\"videoBitsPerSecond\":{One(["0", "-5", "1e30", "true"])}",
            "\"labels\":{\"a\":{\"b\":1}}", "\"labels\":{\"\":\"\"}", "\"retention\":{\"maxAge\":-1}", "\"id\":\"f1\"", "\"unknown\":1", "\"preRoll\":1e18",
        ];
        return $"{{{string.Join(',', members.Where(_ => random.Next(3) > 0))}}}";
    }

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private T One<T>(T[] of) => of[random.Next(of.Length)];
}
