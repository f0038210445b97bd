using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Json;
using Recorder.Contracts.Json;

namespace Recorder.Node.Api;

/// <summary>The JSON of the API: that of <see cref="ProtocolJson"/>, but members that are null are left out.</summary>
internal static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(ApiJsonContext.Default.Options));

    public static JsonTypeInfo<RecorderInput> RecorderInput { get; } =
        (JsonTypeInfo<RecorderInput>)Options.GetTypeInfo(typeof(RecorderInput));

    public static JsonTypeInfo<RecorderAnswer> RecorderAnswer { get; } =
        (JsonTypeInfo<RecorderAnswer>)Options.GetTypeInfo(typeof(RecorderAnswer));

    public static JsonTypeInfo<RecorderPage> RecorderPage { get; } =
        (JsonTypeInfo<RecorderPage>)Options.GetTypeInfo(typeof(RecorderPage));

    public static void AddApiJson(this IServiceCollection services) =>
        services.Configure<JsonOptions>(json =>
        {
            foreach (var converter in Options.Converters)
                json.SerializerOptions.Converters.Add(converter);

            json.SerializerOptions.PropertyNamingPolicy = Options.PropertyNamingPolicy;
            json.SerializerOptions.DefaultIgnoreCondition = Options.DefaultIgnoreCondition;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            Configure(json.SerializerOptions);
        });

    private static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        // The text is never embedded in HTML, so quotes and non-ASCII letters need no escapes.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.TypeInfoResolver = ApiJsonContext.Default.WithAddedModifier(InlineOptions.Apply);
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
        typeof(TakeIdConverter),
        typeof(CamelCaseEnumConverter<CaptureClock>),
        typeof(CamelCaseEnumConverter<TakeRating>),
        typeof(CamelCaseEnumConverter<TakeState>),
        typeof(CamelCaseEnumConverter<TimeCodeSource>),
        typeof(CamelCaseEnumConverter<TakeExportState>),
        typeof(CamelCaseEnumConverter<TakeFileState>),
        typeof(CamelCaseEnumConverter<AngleState>),
        typeof(CamelCaseEnumConverter<TakeObstacle>),
        typeof(CamelCaseEnumConverter<RecorderState>),
        typeof(CamelCaseEnumConverter<StopReason>),
        typeof(CamelCaseEnumConverter<GapCause>),
        typeof(CamelCaseEnumConverter<SourceStatus>),
        typeof(CamelCaseEnumConverter<StorageStatus>),
        typeof(CamelCaseEnumConverter<ClockStatus>),
        typeof(CamelCaseEnumConverter<Durability>),
        typeof(CamelCaseEnumConverter<TrackKind>),
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
[JsonSerializable(typeof(LanesAnswer))]
[JsonSerializable(typeof(RecorderInput))]
[JsonSerializable(typeof(RecorderAnswer))]
[JsonSerializable(typeof(RecorderPage))]
[JsonSerializable(typeof(StartInput))]
[JsonSerializable(typeof(MarkInput))]
[JsonSerializable(typeof(NoInput))]
[JsonSerializable(typeof(ClockAnswer))]
[JsonSerializable(typeof(ClockInput))]
[JsonSerializable(typeof(CommandAnswer))]
[JsonSerializable(typeof(TakeInput))]
[JsonSerializable(typeof(TakeStartInput))]
[JsonSerializable(typeof(TakeMarkInput))]
[JsonSerializable(typeof(SlateInput))]
[JsonSerializable(typeof(Take))]
[JsonSerializable(typeof(TakeList))]
[JsonSerializable(typeof(TakeSoundAnswer))]
[JsonSerializable(typeof(TakeTimeline))]
[JsonSerializable(typeof(TakeExportInput))]
[JsonSerializable(typeof(TakeExportAnswer))]
[JsonSerializable(typeof(TakeProtocol.Commanded))]
[JsonSerializable(typeof(NodeList))]
[JsonSerializable(typeof(NodeAnswer))]
[JsonSerializable(typeof(SessionInput))]
[JsonSerializable(typeof(SessionAnswer))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
