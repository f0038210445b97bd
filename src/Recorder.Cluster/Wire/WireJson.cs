using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recorder.Cluster.Nodes;
using Recorder.Contracts;

namespace Recorder.Cluster.Wire;

/// <summary>The JSON of each wire message, and of the <see cref="Greeting"/> that goes by HTTP. What follows from other fields is not written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(StartIdConverter), typeof(RecorderIdConverter), typeof(NodeCardConverter)])]
[JsonSerializable(typeof(Greeting))]
[JsonSerializable(typeof(WireCard))]
[JsonSerializable(typeof(Hello))]
[JsonSerializable(typeof(HeldRecorders))]
[JsonSerializable(typeof(Registers))]
[JsonSerializable(typeof(RegistryDigest))]
[JsonSerializable(typeof(RegistersWanted))]
[JsonSerializable(typeof(AskToHold))]
[JsonSerializable(typeof(HandOver))]
[JsonSerializable(typeof(HandedOver))]
internal sealed partial class WireJson : JsonSerializerContext;

internal sealed class StartIdConverter : JsonConverter<StartId>
{
    public override StartId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ulong.TryParse(reader.GetString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? new StartId(value)
            : throw new JsonException("A start id is not a hexadecimal number.");

    public override void Write(Utf8JsonWriter writer, StartId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

internal sealed class RecorderIdConverter : JsonConverter<RecorderId>
{
    public override RecorderId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RecorderId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("A recorder's id is not valid.");

    public override void Write(Utf8JsonWriter writer, RecorderId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
