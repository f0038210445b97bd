using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recorder.Contracts.Json;

internal sealed class MillisecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var ticks = Math.Round(reader.GetDouble() * TimeSpan.TicksPerMillisecond);
        return Math.Abs(ticks) < long.MaxValue
            ? TimeSpan.FromTicks((long)ticks)
            : throw new JsonException("The duration is out of range.");
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(Of(value));

    public static double Of(TimeSpan value) => value.Ticks / (double)TimeSpan.TicksPerMillisecond;
}

internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Of(value));

    public static string Of(DateTimeOffset value) =>
        value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}

internal sealed class RecorderIdConverter : JsonConverter<RecorderId>
{
    public override RecorderId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RecorderId.TryParse(reader.GetString(), out var id)
            ? id
            : throw new JsonException($"'{id.Value}' is not a recorder id.");

    public override void Write(Utf8JsonWriter writer, RecorderId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

internal sealed class RecordingIdConverter : JsonConverter<RecordingId>
{
    public override RecordingId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RecordingId.TryParse(reader.GetString(), out var id)
            ? id
            : throw new JsonException($"'{id.Value}' is not a recording id.");

    public override void Write(Utf8JsonWriter writer, RecordingId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

internal sealed class TakeIdConverter : JsonConverter<TakeId>
{
    public override TakeId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TakeId.TryParse(reader.GetString(), out var id)
            ? id
            : throw new JsonException($"'{id.Value}' is not the id of a take.");

    public override void Write(Utf8JsonWriter writer, TakeId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

internal sealed class CamelCaseEnumConverter<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
