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
            : throw new JsonException("A duration in milliseconds is out of range.");
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Ticks / (double)TimeSpan.TicksPerMillisecond);
}

internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
}

internal sealed class RecorderIdConverter : JsonConverter<RecorderId>
{
    public override RecorderId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RecorderId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException($"'{id.Value}' is no recorder id.");

    public override void Write(Utf8JsonWriter writer, RecorderId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

internal sealed class RecordingIdConverter : JsonConverter<RecordingId>
{
    public override RecordingId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RecordingId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException($"'{id.Value}' is no recording id.");

    public override void Write(Utf8JsonWriter writer, RecordingId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

internal sealed class CamelCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>CRC-32C as eight lower-case hexadecimal digits.</summary>
internal sealed class HexadecimalConverter : JsonConverter<uint>
{
    public override uint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        uint.TryParse(reader.GetString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new JsonException("A checksum is eight hexadecimal digits.");

    public override void Write(Utf8JsonWriter writer, uint value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString("x8", CultureInfo.InvariantCulture));
}

/// <summary>A type of event by the name that it has in <c>event</c>; <c>any</c> for the interface of all of them.</summary>
internal sealed class EventKindConverter : JsonConverter<Type>
{
    private static readonly (string Name, Type Type)[] Kinds =
    [
        ("any", typeof(RecorderProtocol.IEvent)),
        (EventNames.Start, typeof(RecorderProtocol.Started)),
        (EventNames.DataAvailable, typeof(RecorderProtocol.DataAvailable)),
        (EventNames.Pause, typeof(RecorderProtocol.Paused)),
        (EventNames.Resume, typeof(RecorderProtocol.Resumed)),
        (EventNames.Error, typeof(RecorderProtocol.ErrorRaised)),
        (EventNames.Stop, typeof(RecorderProtocol.Stopped)),
        (EventNames.Gap, typeof(RecorderProtocol.GapRecorded)),
        (EventNames.Source, typeof(RecorderProtocol.SourceChanged)),
        (EventNames.Durable, typeof(RecorderProtocol.BlobDurable)),
        (EventNames.Storage, typeof(RecorderProtocol.StorageChanged)),
        (EventNames.Mark, typeof(RecorderProtocol.Marked)),
        (EventNames.Clock, typeof(RecorderProtocol.ClockChanged)),
    ];

    /// <summary>The names of all events.</summary>
    public static IEnumerable<string> Names => Kinds.Skip(1).Select(kind => kind.Name);

    /// <summary>The name of a type of event.</summary>
    public static string NameOf(Type type) =>
        Array.Find(Kinds, kind => kind.Type == type).Name ?? throw new JsonException($"{type} is no kind of event.");

    public override Type Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var name = reader.GetString();
        return Array.Find(Kinds, kind => kind.Name == name).Type ?? throw new JsonException($"'{name}' is no kind of event.");
    }

    public override void Write(Utf8JsonWriter writer, Type value, JsonSerializerOptions options) =>
        writer.WriteStringValue(NameOf(value));
}

/// <summary>How events are called in JSON: the specification's names, and some of our own.</summary>
internal static class EventNames
{
    public const string Start = "start";
    public const string DataAvailable = "dataavailable";
    public const string Pause = "pause";
    public const string Resume = "resume";
    public const string Error = "error";
    public const string Stop = "stop";
    public const string Gap = "gap";
    public const string Source = "source";
    public const string Durable = "durable";
    public const string Storage = "storage";
    public const string Mark = "mark";
    public const string Clock = "clock";
}
