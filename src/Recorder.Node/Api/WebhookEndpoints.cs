using Recorder.Contracts.Json;
using Recorder.Node.Security;
using Recorder.Node.Webhooks;

namespace Recorder.Node.Api;

/// <summary>The definition of a webhook, or changes of it.</summary>
internal sealed class WebhookInput
{
    /// <summary>The URL that events are sent to: http or https, in the networks that sources may be in.</summary>
    public string? Url { get; set; }

    /// <summary>The key that signs deliveries: 16 to 200 characters; the node makes one if it is absent.</summary>
    public string? Secret { get; set; }

    /// <summary>Only events of these recorders, with * as a wildcard; empty means all.</summary>
    public IReadOnlyList<string>? Recorders { get; set; }

    /// <summary>Only events of these names; empty means all.</summary>
    public IReadOnlyList<string>? Kinds { get; set; }
}

/// <summary>A webhook and its progress.</summary>
internal sealed record WebhookAnswer
{
    public required string Id { get; init; }

    /// <summary>The URL that events are sent to, credentials masked.</summary>
    public required string Url { get; init; }

    /// <summary>The key that signs deliveries; present only in the answer in which the node made it.</summary>
    public string? Secret { get; init; }

    public required IReadOnlyList<string> Recorders { get; init; }
    public required IReadOnlyList<string> Kinds { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The last event that was delivered or filtered out.</summary>
    public required long Through { get; init; }

    /// <summary>Failed attempts since the last success.</summary>
    public required int Failures { get; init; }

    /// <summary>The reason of the last failure.</summary>
    public string? Problem { get; init; }

    /// <summary>Events that were not delivered.</summary>
    public required long Missed { get; init; }

    /// <summary>Whether the receiver answered 410 (Gone); then nothing is sent until the webhook is changed.</summary>
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
        webhooks.MapGet("", (WebhookDirectory directory) => TypedResults.Ok(new WebhookList([.. directory.List().Select(webhook => Answer(webhook))])))
            .WithName("ListWebhooks").WithSummary("The webhooks, oldest first.").WithQuery().Answers<WebhookList>(200).Refuses(400);
        webhooks.MapPost("", AddAsync).WithName("AddWebhook").WithSummary("Adds a webhook, which sends events from now on to a server.")
            .Takes<WebhookInput>().Answers<WebhookAnswer>(201).Refuses(400, 413, 415, 503);
        webhooks.MapGet("/{id}", (string id, WebhookDirectory directory) => TypedResults.Ok(Answer(directory.Find(id) ?? throw None(id))))
            .WithName("GetWebhook").WithSummary("A webhook.").WithQuery().Answers<WebhookAnswer>(200).Refuses(400, 404);
        webhooks.MapPatch("/{id}", ChangeAsync).WithName("ChangeWebhook").WithSummary("Changes a webhook; its delivery continues where it was.")
            .Takes<WebhookInput>().Answers<WebhookAnswer>(200).Refuses(400, 404, 413, 415);
        webhooks.MapDelete("/{id}", async (string id, HttpContext context, WebhookDirectory directory) =>
            await directory.RemoveAsync(id, context.RequestAborted) ? TypedResults.NoContent() : throw None(id))
            .WithName("RemoveWebhook").WithSummary("Removes a webhook.").WithQuery().Answers(204).Refuses(400, 404);
    }

    private static async Task<IResult> AddAsync(HttpRequest request, WebhookDirectory directory, SourcePolicy policy)
    {
        var input = await JsonBody.ReadAsync(request, ApiJsonContext.Default.WebhookInput);
        Check(input, policy);
        var url = input.Url ?? throw new ProblemException(Problem.Type("'url' is missing; expected the URL that events are sent to."));
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
            throw new ProblemException(Problem.Forbidden($"'{Credentials.Mask(url[..Math.Min(url.Length, 200)])}' is not allowed as a target: {problem}."));

        if (input.Secret is { Length: < 16 or > 200 })
            throw new ProblemException(Problem.Type("'secret' must have 16 to 200 characters; leave it out to have one made."));

        if (input.Recorders is { } recorders && (recorders.Count > 100 || recorders.Any(pattern => !ApiKey.IsPattern(pattern))))
            throw new ProblemException(Problem.Type("'recorders' must be at most 100 ids, with * as a wildcard: for example [\"hall-*\"]."));

        if (input.Kinds?.Except(Kinds).FirstOrDefault() is { } kind)
        {
            throw new ProblemException(Problem.NotSupported(
                $"'{kind[..Math.Min(kind.Length, 60)]}' is an unknown kind of event; expected {string.Join(", ", Kinds)}."));
        }
    }

    private static ProblemException None(string id) =>
        new(Problem.NotFound($"There is no webhook '{id[..Math.Min(id.Length, 60)]}'; GET /v1/webhooks lists all webhooks."));

    private static WebhookAnswer Answer(WebhookDelivery delivery, string? secret = null) => new()
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
