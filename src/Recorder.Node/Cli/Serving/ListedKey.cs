using System.Text.Json.Serialization;
using Recorder.Node.Security;

namespace Recorder.Node.Cli.Serving;

/// <summary>A key as it is listed: without its hash.</summary>
internal sealed record ListedKey(
    string Id, string? Name, Role Role, IReadOnlyList<string> Recorders, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ListedKey))]
internal sealed partial class ListedKeyJson : JsonSerializerContext;
