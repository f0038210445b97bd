using System.Text.Json.Serialization;

namespace Recorder.Node.Webhooks;

/// <summary>A server to which events are sent.</summary>
internal sealed record Webhook
{
    public required string Id { get; init; }

    /// <summary>The server's URL; encrypted in its file.</summary>
    public required string Url { get; init; }

    /// <summary>The key that signs deliveries; encrypted in its file.</summary>
    public required string Secret { get; init; }

    /// <summary>Patterns of the recorders whose events are sent, with <c>*</c>; empty means all.</summary>
    public IReadOnlyList<string> Recorders { get; init; } = [];

    /// <summary>Names of the events that are sent; empty means all.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The last entry of the journal when the webhook was added. Only later ones are sent.</summary>
    public required long After { get; init; }
}

/// <summary>The progress of a webhook.</summary>
/// <param name="Through">The last entry of the journal that was delivered, or was filtered out.</param>
/// <param name="Failures">Failed attempts since the last success.</param>
/// <param name="Problem">The reason of the last failure.</param>
/// <param name="Missed">Events that were not delivered: too old, or no longer in the journal.</param>
/// <param name="IsGone">Whether the receiver answered 410; then nothing more is sent.</param>
internal sealed record WebhookState(long Through, int Failures = 0, string? Problem = null, long Missed = 0, bool IsGone = false);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(Webhook))]
[JsonSerializable(typeof(WebhookState))]
internal sealed partial class WebhookJson : JsonSerializerContext;
