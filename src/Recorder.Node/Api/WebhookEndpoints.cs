using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Recorder.Contracts.Json;
using Recorder.FFmpeg;
using Recorder.Node.Http;
using Recorder.Node.Security;
using Recorder.Node.Webhooks;

namespace Recorder.Node.Api;

/// <summary>A webhook as it is defined and, in part, changed.</summary>
internal sealed class WebhookInput
{
    /// <summary>Where events are sent to: http or https, in the networks that sources may be in.</summary>
    public string? Url { get; set; }

    /// <summary>What deliveries are signed with: 16 to 200 characters; made when left out.</summary>
    public string? Secret { get; set; }

    /// <summary>Only of these recorders, with * for anything; none means of all.</summary>
    public IReadOnlyList<string>? Recorders { get; set; }

    /// <summary>Only events of these names; none means all.</summary>
    public IReadOnlyList<string>? Kinds { get; set; }
}

/// <summary>A webhook, and how it fares.</summary>
internal sealed record WebhookAnswer
{
    public required string Id { get; init; }

    /// <summary>Where events are sent to, credentials masked.</summary>
    public required string Url { get; init; }

    /// <summary>What deliveries are signed with: told once, when it was made by the node.</summary>
    public string? Secret { get; init; }

    public required IReadOnlyList<string> Recorders { get; init; }

    public required IReadOnlyList<string> Kinds { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The last event that was delivered, or was not for it.</summary>
    public required long Through { get; init; }

    /// <summary>Attempts that failed since the last that did not.</summary>
    public required int Failures { get; init; }

    /// <summary>Why the last one failed.</summary>
    public string? Problem { get; init; }

    /// <summary>Events that were given up.</summary>
    public required long Missed { get; init; }

    /// <summary>Whether its receiver answered 410 (Gone): nothing is sent until it is changed.</summary>
    public required bool IsGone { get; init; }
}

/// <summary>All webhooks.</summary>
internal sealed record WebhookList(IReadOnlyList<WebhookAnswer> Webhooks);

/// <summary><c>/v1/webhooks</c>: events sent to other servers.</summary>
internal static class WebhookEndpoints
{
    private static readonly string[] Kinds = [.. EventKindConverter.Names];

    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var webhooks = routes.MapGroup("/v1/webhooks").WithTags("Webhooks");
        webhooks.MapGet("", (WebhookDirectory directory) => TypedResults.Ok(new WebhookList([.. directory.List().Select(it => Answer(it))])))
            .WithName("ListWebhooks").WithSummary("The webhooks, oldest first.").WithQuery().Answers<WebhookList>(200).Refuses(400);
        webhooks.MapPost("", AddAsync).WithName("AddWebhook").WithSummary("Sends events from now on to a server.")
            .Takes<WebhookInput>().Answers<WebhookAnswer>(201).Refuses(400, 413, 415, 503);
        webhooks.MapGet("/{id}", (string id, WebhookDirectory directory) => TypedResults.Ok(Answer(directory.Find(id) ?? throw None(id))))
            .WithName("GetWebhook").WithSummary("A webhook.").WithQuery().Answers<WebhookAnswer>(200).Refuses(400, 404);
        webhooks.MapPatch("/{id}", ChangeAsync).WithName("ChangeWebhook").WithSummary("Changes a webhook; it goes on where it is.")
            .Takes<WebhookInput>().Answers<WebhookAnswer>(200).Refuses(400, 404, 413, 415);
        webhooks.MapDelete("/{id}", async (string id, HttpContext context, WebhookDirectory directory) =>
            await directory.RemoveAsync(id, context.RequestAborted) ? TypedResults.NoContent() : throw None(id))
            .WithName("RemoveWebhook").WithSummary("Removes a webhook.").WithQuery().Answers(204).Refuses(400, 404);
    }

    private static async Task<IResult> AddAsync(HttpRequest request, WebhookDirectory directory, SourcePolicy policy)
    {
        var input = await JsonBody.ReadAsync(request, ApiJsonContext.Default.WebhookInput);
        Check(input, policy);
        var url = input.Url ?? throw new ProblemException(Problem.Type("'url' is missing: say where to send events to."));
        var added = await directory.AddAsync(url, input.Secret, input.Recorders ?? [], input.Kinds ?? [], request.HttpContext.RequestAborted)
            ?? throw new ProblemException(Problem.Exhausted($"There are {WebhookDirectory.Most} webhooks already; remove one."));
        return TypedResults.Created($"/v1/webhooks/{added.Webhook.Id}", Answer(added, input.Secret is null ? added.Webhook.Secret : null));
    }

    private static async Task<IResult> ChangeAsync(string id, HttpRequest request, WebhookDirectory directory, SourcePolicy policy)
    {
        var input = await JsonBody.ReadAsync(request, ApiJsonContext.Default.WebhookInput);
        Check(input, policy);
        var changed = await directory.ChangeAsync(
            id,
            webhook => webhook with
            {
                Url = input.Url ?? webhook.Url,
                Secret = input.Secret ?? webhook.Secret,
                Recorders = input.Recorders ?? webhook.Recorders,
                Kinds = input.Kinds ?? webhook.Kinds,
            },
            request.HttpContext.RequestAborted);
        return TypedResults.Ok(Answer(changed ?? throw None(id)));
    }

    private static void Check(WebhookInput input, SourcePolicy policy)
    {
        if (input.Url is { } url && (url.Length > 2000 ? "it is too long" : policy.CheckTarget(url)) is { } problem)
        {
            throw new ProblemException(Problem.Forbidden($"'{Credentials.Mask(url[..Math.Min(url.Length, 200)])}' may not be sent to: {problem}."));
        }

        if (input.Secret is { Length: < 16 or > 200 })
        {
            throw new ProblemException(Problem.Type("'secret' must have 16 to 200 characters; leave it out and one is made."));
        }

        if (input.Recorders is { } recorders && (recorders.Count > 100 || recorders.Any(pattern => !ApiKey.IsPattern(pattern))))
        {
            throw new ProblemException(Problem.Type("'recorders' must be at most 100 ids, with * for anything: for example [\"hall-*\"]."));
        }

        if (input.Kinds?.Except(Kinds).FirstOrDefault() is { } kind)
        {
            throw new ProblemException(Problem.NotSupported(
                $"'{kind[..Math.Min(kind.Length, 60)]}' is no kind of event: known are {string.Join(", ", Kinds)}."));
        }
    }

    private static ProblemException None(string id) =>
        new(Problem.NotFound($"There is no webhook '{id[..Math.Min(id.Length, 60)]}'; GET /v1/webhooks lists what there is."));

    private static WebhookAnswer Answer(WebhookDelivery delivery, string? secret = null) =>
        new()
        {
            Id = delivery.Webhook.Id,
            Url = Credentials.Mask(delivery.Webhook.Url),
            Secret = secret,
            Recorders = delivery.Webhook.Recorders,
            Kinds = delivery.Webhook.Kinds,
            CreatedAt = delivery.Webhook.CreatedAt,
            Through = delivery.State.Through,
            Failures = delivery.State.Failures,
            Problem = delivery.State.Problem,
            Missed = delivery.State.Missed,
            IsGone = delivery.State.IsGone,
        };
}
