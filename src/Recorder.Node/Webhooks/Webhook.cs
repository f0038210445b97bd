using System.Text.Json.Serialization;

namespace Recorder.Node.Webhooks;

/// <summary>Where events are sent to.</summary>
internal sealed record Webhook
{
    public required string Id { get; init; }

    /// <summary>Sealed in its file.</summary>
    public required string Url { get; init; }

    /// <summary>What deliveries are signed with; sealed in its file.</summary>
    public required string Secret { get; init; }

    /// <summary>Only of these recorders, with <c>*</c>; none means of all.</summary>
    public IReadOnlyList<string> Recorders { get; init; } = [];

    /// <summary>Only events of these names; none means all.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The journal's last entry when it was made: what came before is not sent.</summary>
    public required long After { get; init; }
}

/// <summary>How a webhook fares.</summary>
/// <param name="Through">The last entry of the journal that was delivered, or was not for it.</param>
/// <param name="Failures">Attempts that failed since the last that did not.</param>
/// <param name="Problem">Why the last one failed.</param>
/// <param name="Missed">Events that were given up: too old, or no longer in the journal.</param>
/// <param name="IsGone">Whether its receiver answered 410: nothing is sent any more.</param>
internal sealed record WebhookState(long Through, int Failures = 0, string? Problem = null, long Missed = 0, bool IsGone = false);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(Webhook))]
[JsonSerializable(typeof(WebhookState))]
internal sealed partial class WebhookJson : JsonSerializerContext;
