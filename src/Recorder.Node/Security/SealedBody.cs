using System.Buffers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;

namespace Recorder.Node.Security;

/// <summary>
/// What a seal says of the body of its request: the SHA-256 of its bytes, or that it is a stream, which is sent on as it comes and cannot be known before.
/// </summary>
internal static class SealedBody
{
    /// <summary>The body is a stream: TLS alone protects it.</summary>
    public const string Stream = "stream";

    /// <summary>No body, which a body must not be added to.</summary>
    public static readonly string Empty = Of([]);

    /// <summary>Set by whoever sends on a body whose bytes it has read.</summary>
    public static readonly HttpRequestOptionsKey<string> Known = new("recorder.body");

    public static string Of(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));

    /// <summary>What to say of a request that is about to be sent.</summary>
    public static string Of(HttpRequestMessage request)
    {
        // A WebSocket over HTTP/2 is the body of a CONNECT, whatever it was over HTTP/1.1.
        if (request.Method == HttpMethod.Connect)
            return Stream;

        if (request.Options.TryGetValue(Known, out var known))
            return known;

        if (request.Content is null)
            return Empty;

        if (!IsHeld(request.Content))
            return Stream;

        // Once the content is buffered, the same bytes are sent.
        var bytes = request.Content.ReadAsStream();
        bytes.Position = 0;
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    /// <summary>Whether a content is in memory, and can be sent twice.</summary>
    public static bool IsHeld(HttpContent content) => content is ByteArrayContent or JsonContent;

    /// <summary>Whether a request came with the body that its seal names. The body can be read again afterwards.</summary>
    /// <param name="named">What the seal says; null for one of a version that did not name bodies.</param>
    /// <param name="limit">The most bytes to read.</param>
    public static async Task<bool> IsIntactAsync(HttpRequest request, string? named, long limit) =>
        named is null or Stream || (await HoldAsync(request, limit) is { } body && Of(body.Span) == named);

    /// <summary>Reads a request's body into memory, where it can be read again.</summary>
    /// <returns>Null when it is longer than the limit.</returns>
    public static async Task<ReadOnlyMemory<byte>?> HoldAsync(HttpRequest request, long limit)
    {
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
            return ReadOnlyMemory<byte>.Empty;

        if (request.Body is not HeldBody held)
        {
            var read = new ArrayBufferWriter<byte>();
            int count;
            while ((count = await request.Body.ReadAsync(read.GetMemory(), request.HttpContext.RequestAborted)) > 0)
            {
                if (read.WrittenCount + count > limit)
                    return null;

                read.Advance(count);
            }

            held = new HeldBody(read.WrittenSpan.ToArray());
            // A request that asks for an upgrade has no body, and its connection is to be left alone.
            if (held.Length > 0)
                request.Body = held;
        }

        held.Position = 0;
        return held.Bytes;
    }

    private sealed class HeldBody(byte[] bytes) : MemoryStream(bytes, 0, bytes.Length, writable: false, publiclyVisible: true)
    {
        public ReadOnlyMemory<byte> Bytes => GetBuffer();
    }
}
