using System.Text.Json.Serialization;

namespace Recorder.Contracts.Json;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowOutOfOrderMetadataProperties = true,
    Converters =
    [
        typeof(MillisecondsConverter),
        typeof(UtcTimeConverter),
        typeof(RecorderIdConverter),
        typeof(RecordingIdConverter),
        typeof(TakeIdConverter),
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
        typeof(CamelCaseEnumConverter<MediaContainer>),
        typeof(CamelCaseEnumConverter<CaptureClock>),
        typeof(CamelCaseEnumConverter<TakeRating>),
        typeof(CamelCaseEnumConverter<TakeState>),
        typeof(CamelCaseEnumConverter<TimeCodeSource>),
        typeof(CamelCaseEnumConverter<AngleState>),
        typeof(CamelCaseEnumConverter<TakeObstacle>),
        typeof(CamelCaseEnumConverter<TakeVerb>),
        typeof(EventKindConverter),
    ])]
[JsonSerializable(typeof(RecorderProtocol.IEvent))]
[JsonSerializable(typeof(RecorderProtocol.ICommand))]
[JsonSerializable(typeof(RecorderProtocol.Accepted))]
[JsonSerializable(typeof(RecorderProtocol.Refused))]
[JsonSerializable(typeof(RecorderProtocol.Status))]
[JsonSerializable(typeof(RecorderProtocol.Armed))]
[JsonSerializable(typeof(Take))]
[JsonSerializable(typeof(TakeProtocol.Arm), TypeInfoPropertyName = "ArmTake")]
[JsonSerializable(typeof(TakeProtocol.Takes))]
[JsonSerializable(typeof(TakeProtocol.Commanded))]
[JsonSerializable(typeof(RecordersProtocol.Create))]
[JsonSerializable(typeof(RecordersProtocol.Created))]
[JsonSerializable(typeof(RecordersProtocol.Remove))]
[JsonSerializable(typeof(RecordersProtocol.Removed))]
[JsonSerializable(typeof(EventsProtocol.Subscribe))]
[JsonSerializable(typeof(EventsProtocol.Subscribed))]
[JsonSerializable(typeof(EventsProtocol.Lagged))]
[JsonSerializable(typeof(EventsProtocol.Unsubscribe))]
[JsonSerializable(typeof(EventsProtocol.Unsubscribed))]
[JsonSerializable(typeof(RecorderDefinition))]
[JsonSerializable(typeof(RecorderHistory))]
[JsonSerializable(typeof(IReadOnlyList<TrackDescription>))]
internal sealed partial class ProtocolJsonContext : JsonSerializerContext;
