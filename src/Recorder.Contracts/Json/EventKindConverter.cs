using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recorder.Contracts.Json;

/// <summary>An event type as its name in the member <c>event</c>; the interface of all events is <c>any</c>.</summary>
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
        (EventNames.LateMedia, typeof(RecorderProtocol.LateMedia)),
    ];

    public static IEnumerable<string> Names => Kinds.Skip(1).Select(kind => kind.Name);

    public static string NameOf(Type type) =>
        Array.Find(Kinds, kind => kind.Type == type).Name ?? throw new JsonException($"{type} is not a type of event.");

    public override Type Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var name = reader.GetString();
        return Array.Find(Kinds, kind => kind.Name == name).Type ?? throw new JsonException($"'{name}' is not a type of event.");
    }

    public override void Write(Utf8JsonWriter writer, Type value, JsonSerializerOptions options) =>
        writer.WriteStringValue(NameOf(value));
}
