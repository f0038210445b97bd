using System.Text.Json.Serialization;

namespace Recorder.Node.Webhooks;

/// <summary>A server to which events are sent.</summary>
internal sealed record Webhook
{
    public required string Id { get; init; }

    /// <summary>Encrypted in its file.</summary>
    public required string Url { get; init; }

    /// <summary>Signs deliveries; encrypted in its file.</summary>
    public required string Secret { get; init; }

    /// <summary>With <c>*</c>; empty means all recorders.</summary>
    public IReadOnlyList<string> Recorders { get; init; } = [];

    /// <summary>Empty means all.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The last entry of the journal when the webhook was added. Only later ones are sent.</summary>
    public required long After { get; init; }
}

/// <summary>Entries up to Through were delivered or filtered out; a receiver that answered 410 is gone.</summary>
internal sealed record WebhookState(long Through, int Failures = 0, string? Problem = null, long Missed = 0, bool IsGone = false);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(Webhook))]
[JsonSerializable(typeof(WebhookState))]
internal sealed partial class WebhookJson : JsonSerializerContext;
