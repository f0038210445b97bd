using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;
using Recorder.Media;

namespace Recorder.Node.Media;

/// <summary>Content that can be requested in ranges. Its ETag has no quotes; its pieces are found by offset and length.</summary>
internal sealed record RangedContent(long Length, string Type, string ETag, Func<long, long, IEnumerable<MediaPiece>> Pieces)
{
    /// <summary>A cache keeps it, and asks each time whether it is still the same.</summary>
    public const string AskAgain = "private, no-cache";

    public string CacheControl { get; init; } = AskAgain;

    public static RangedContent OfFile(string path, long offset, long length, string type, string tag) =>
        new(length, type, tag, (start, count) => [new MediaPiece(new LocalMedia(path), offset + start, Math.Min(count, length - start), default)]);

    public static RangedContent OfBytes(ReadOnlyMemory<byte> bytes, string type, string tag) =>
        new(bytes.Length, type, tag, (start, count) => [new MediaPiece(null, 0, count, bytes.Slice((int)start, (int)count))]);
}

/// <summary>GET and HEAD by RFC 9110 with If-None-Match, If-Range and one range; for several the whole content.</summary>
internal sealed class RangedResult(RangedContent content) : IResult
{
    /// <summary>Whether the client has the content of an entity tag, which is without quotes.</summary>
    public static bool IsKnown(HttpRequest request, string tag) => IsKnown(request.GetTypedHeaders(), new EntityTagHeaderValue($"\"{tag}\""));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        var tag = new EntityTagHeaderValue($"\"{content.ETag}\"");
        var headers = request.GetTypedHeaders();
        response.Headers.ETag = tag.ToString();
        response.Headers.AcceptRanges = "bytes";
        response.Headers.CacheControl = content.CacheControl;
        if (IsKnown(headers, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var (start, length) = (0L, content.Length);
        var applies = headers.IfRange is null || (headers.IfRange.EntityTag is { } wanted && wanted.Compare(tag, useStrongComparison: true));
        if (applies && headers.Range is { Unit.Value: "bytes" or "Bytes", Ranges: { Count: 1 } ranges })
        {
            if (!TryPlace(ranges.First(), out start, out length))
            {
                response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                response.Headers.ContentRange = $"bytes */{content.Length}";
                return;
            }

            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {start}-{start + length - 1}/{content.Length}";
        }

        response.ContentType = content.Type;
        response.ContentLength = length;
        if (!HttpMethods.IsHead(request.Method) && length > 0)
            await PieceSender.SendAsync(response.BodyWriter, content.Pieces(start, length), httpContext.RequestAborted);
    }

    private static bool IsKnown(RequestHeaders headers, EntityTagHeaderValue tag) =>
        headers.IfNoneMatch is { Count: > 0 } known && known.Any(one => one.Compare(EntityTagHeaderValue.Any, false) || one.Compare(tag, false));

    private bool TryPlace(RangeItemHeaderValue range, out long start, out long length)
    {
        var end = content.Length - 1;
        if (range.From is { } from)
        {
            start = from;
            end = Math.Min(range.To ?? end, end);
        }
        else
        {
            start = Math.Max(0, content.Length - (range.To ?? 0));
        }

        length = end - start + 1;
        return length > 0 && start < content.Length;
    }
}
