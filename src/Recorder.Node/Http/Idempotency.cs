using System.Security.Cryptography;
using System.Text;
using Microsoft.OpenApi;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;

namespace Recorder.Node.Http;

internal sealed record IdempotencyMetadata;

/// <summary>The stored part of an answer that follows its status.</summary>
internal sealed record KeptBody(string? ContentType, string? Location, string Text);

/// <summary>Carries out a request with an <c>Idempotency-Key</c> once. Sent again within 24 hours it gets the same answer, even
/// after the node restarted. An answer is stored before it is sent; answers of the node's own failures are not stored, so that
/// the client can try again.</summary>
internal sealed partial class Idempotency(RequestDelegate next, AnswerStore store, ILogger<Idempotency> logger)
{
    public const string Header = "Idempotency-Key";

    private const int LongestKey = 255;

    public static readonly OpenApiParameter Parameter = new()
    {
        Name = Header,
        In = ParameterLocation.Header,
        Description = "Sent again within 24 hours with the same key, the same request has the same answer and is not carried out again.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = LongestKey },
    };

    // Requests with one key wait for each other. Some with different keys do too, which costs less than a lock for each key.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IdempotencyMetadata>() is null
            || !context.Request.Headers.TryGetValue(Header, out var header))
        {
            await next(context);
            return;
        }

        var (key, request) = await IdentifyAsync(context, header.ToString());
        var turn = _turns[Convert.ToInt32(key[..2], 16) % _turns.Length];
        await turn.WaitAsync(context.RequestAborted);
        try
        {
            if (await store.FindAnswerAsync(key, context.RequestAborted) is { } kept)
                await RepeatAsync(context, kept.Request == request ? kept : throw Reused());
            else
                await CarryOutAsync(context, key, request);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task CarryOutAsync(HttpContext context, string key, string request)
    {
        var (response, body, aborted) = (context.Response, context.Response.Body, context.RequestAborted);
        using var answer = new MemoryStream();
        response.Body = answer;
        // Whoever gave up asks again, and must not be told the half of an answer that was written until then.
        context.RequestAborted = CancellationToken.None;
        try
        {
            await next(context);
        }
        catch (ProblemException refused) when (refused.Problem.Status < 500)
        {
            await ProblemResult.WriteAsync(context, refused.Problem);
        }
        finally
        {
            (response.Body, context.RequestAborted) = (body, aborted);
        }

        var text = Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length);
        if (response.StatusCode is < 500 and not (401 or 403))
        {
            var kept = new KeptBody(response.ContentType, response.Headers.Location, text);
            await KeepAsync(key, new KeptAnswer(request, response.StatusCode, JsonSerializer.Serialize(kept, HttpJson.Text.KeptBody)));
        }

        await WriteAsync(context, text);
    }

    // The request was carried out, so a failure to store its answer must not become its answer.
    private async Task KeepAsync(string key, KeptAnswer answer)
    {
        try
        {
            await store.KeepAnswerAsync(key, answer, CancellationToken.None);
        }
        catch (CatalogueUnavailableException away)
        {
            LogNotKept(away.Message);
        }
    }

    private static Task RepeatAsync(HttpContext context, KeptAnswer kept)
    {
        var body = JsonSerializer.Deserialize(kept.Body, HttpJson.Text.KeptBody)!;
        context.Response.StatusCode = kept.Status;
        context.Response.ContentType = body.ContentType;
        if (body.Location is not null)
            context.Response.Headers.Location = body.Location;

        return WriteAsync(context, body.Text);
    }

    private static Task WriteAsync(HttpContext context, string text) =>
        text.Length == 0 ? Task.CompletedTask : context.Response.WriteAsync(text, context.RequestAborted);

    // A key belongs to its caller. Two requests are the same if method, path, query and body are.
    private static async Task<(string Key, string Request)> IdentifyAsync(HttpContext context, string header)
    {
        if (header.Length is 0 or > LongestKey || header.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw new ProblemException(Problem.Syntax($"The header {Header} must have 1 to {LongestKey} printable ASCII characters."));

        var request = context.Request;
        var body = await JsonBody.ReadBytesAsync(request);
        request.Body = new MemoryStream(body);
        var asked = Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n");
        return (Digest(Encoding.UTF8.GetBytes($"{context.User.Identity?.Name}\n{header}")), Digest([.. asked, .. body]));
    }

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static ProblemException Reused() =>
        new(Problem.KeyReused($"This {Header} was used for another request; a new request needs a new key."));

    [LoggerMessage(1, LogLevel.Warning, "Cannot store the answer of an idempotent request: {Reason}")]
    private partial void LogNotKept(string reason);
}
