using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Recorder.Contracts.Json;

/// <summary>
/// The messages as JSON, in the same form on the command line, over HTTP and in files. Names are camelCase, durations are
/// numbers of milliseconds, times are RFC 3339 in UTC, ids and enums are text (enums in camelCase, error names as in the DOM),
/// and checksums are eight hexadecimal digits. The member <c>event</c> names the type of an event, <c>command</c> that of a
/// command; every other message is read as the expected type. Unknown members are ignored, so that additions break no reader.
/// </summary>
public static class ProtocolJson
{
    /// <summary>Writes a message as one line, without a line end.</summary>
    /// <typeparam name="T">The type that the reader expects: <see cref="RecorderProtocol.IEvent"/> for any event,
    /// <see cref="RecorderProtocol.ICommand"/> for any command, otherwise the message's own type.</typeparam>
    public static string Write<T>(T message) =>
        TryWriteEvent(message, out var json) ? Encoding.UTF8.GetString(json) : JsonSerializer.Serialize(message, TypeInfo<T>());

    /// <summary>Writes a message as one line of UTF-8, without a line end.</summary>
    /// <typeparam name="T">The type that the reader expects; see <see cref="Write{T}(T)"/>.</typeparam>
    public static byte[] WriteUtf8<T>(T message) =>
        TryWriteEvent(message, out var json) ? json.ToArray() : JsonSerializer.SerializeToUtf8Bytes(message, TypeInfo<T>());

    /// <summary>Reads a message.</summary>
    /// <typeparam name="T">The type that the reader expects; see <see cref="Write{T}(T)"/>.</typeparam>
    /// <exception cref="JsonException">The text is malformed, incomplete, or a message of another type.</exception>
    public static T Read<T>(string json) =>
        JsonSerializer.Deserialize(json, TypeInfo<T>())
        ?? throw new JsonException($"Expected a {typeof(T).Name}, but found null.");

    /// <summary>As <see cref="Write{T}(T)"/>, by metadata alone.</summary>
    internal static string WriteByMetadata<T>(T message) => JsonSerializer.Serialize(message, TypeInfo<T>());

    // An event of its own type has no name in JSON.
    private static bool TryWriteEvent<T>(T message, out ReadOnlySpan<byte> json)
    {
        json = default;
        return typeof(T) == typeof(RecorderProtocol.IEvent) && EventWriter.TryWrite((RecorderProtocol.IEvent)message!, out json);
    }

    private static JsonTypeInfo<T> TypeInfo<T>() =>
        Metadata.Options.TryGetTypeInfo(typeof(T), out var type)
            ? (JsonTypeInfo<T>)type
            : throw new NotSupportedException($"{typeof(T)} is not a message of Recorder.Contracts.");

    // Made when it is first needed: a program that only writes events does not.
    private static class Metadata
    {
        public static readonly JsonSerializerOptions Options = new(ProtocolJsonContext.Default.Options)
        {
            // The text is never embedded in HTML, so quotes and non-ASCII letters need no escapes.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = ProtocolJsonContext.Default.WithAddedModifier(OptionsContract.KeepDefaults),
        };
    }
}
