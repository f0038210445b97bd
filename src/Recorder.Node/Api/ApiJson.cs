using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Recorder.Contracts;
using Recorder.Contracts.Json;
using Recorder.Node.Http;

namespace Recorder.Node.Api;

/// <summary>The JSON of the API: the conventions of <see cref="ProtocolJson"/>, without members that are null.</summary>
internal static class ApiJson
{
    /// <summary>The options for reading and writing.</summary>
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(ApiJsonContext.Default.Options));

    /// <summary>Configures endpoints to write their answers like this.</summary>
    public static void AddApiJson(this IServiceCollection services) =>
        services.Configure<JsonOptions>(json =>
        {
            foreach (var converter in Options.Converters)
            {
                json.SerializerOptions.Converters.Add(converter);
            }

            json.SerializerOptions.PropertyNamingPolicy = Options.PropertyNamingPolicy;
            json.SerializerOptions.DefaultIgnoreCondition = Options.DefaultIgnoreCondition;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            Configure(json.SerializerOptions);
        });

    // Quotes and letters stay unescaped, because people read the text and no HTML page embeds it.
    private static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.TypeInfoResolver = ApiJsonContext.Default;
        return options;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(MillisecondsConverter),
        typeof(UtcTimeConverter),
        typeof(RecorderIdConverter),
        typeof(RecordingIdConverter),
        typeof(CamelCaseEnumConverter<RecorderState>),
        typeof(CamelCaseEnumConverter<StopReason>),
        typeof(CamelCaseEnumConverter<GapCause>),
        typeof(CamelCaseEnumConverter<SourceStatus>),
        typeof(CamelCaseEnumConverter<StorageStatus>),
        typeof(CamelCaseEnumConverter<ClockStatus>),
        typeof(CamelCaseEnumConverter<Durability>),
        typeof(CamelCaseEnumConverter<BitrateMode>),
        typeof(CamelCaseEnumConverter<SignalLossPolicy>),
    ])]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(WebhookInput))]
[JsonSerializable(typeof(WebhookAnswer))]
[JsonSerializable(typeof(WebhookList))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(RecordingAnswer))]
[JsonSerializable(typeof(RecordingPage))]
[JsonSerializable(typeof(RecordingInput))]
[JsonSerializable(typeof(TimelineAnswer))]
[JsonSerializable(typeof(RecorderInput))]
[JsonSerializable(typeof(RecorderAnswer))]
[JsonSerializable(typeof(RecorderPage))]
[JsonSerializable(typeof(StartInput))]
[JsonSerializable(typeof(MarkInput))]
[JsonSerializable(typeof(NoInput))]
[JsonSerializable(typeof(ClockAnswer))]
[JsonSerializable(typeof(ClockInput))]
[JsonSerializable(typeof(CommandAnswer))]
[JsonSerializable(typeof(Cluster.NodeList))]
[JsonSerializable(typeof(Cluster.NodeAnswer))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
