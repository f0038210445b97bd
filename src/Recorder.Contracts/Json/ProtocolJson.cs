using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Recorder.Contracts.Json;

/// <summary>
/// The contract as JSON, one and the same on the command line, over HTTP and in files: camelCase names; durations in milliseconds
/// as numbers; times as RFC 3339 in UTC; ids as text; enums as camelCase text, error names as the DOM spells them; checksums as
/// eight hexadecimal digits. An event says which it is in <c>event</c>, a command in <c>command</c>; every other message is read
/// as the type expected. A member that is not known is passed over, so that additions break no reader.
/// </summary>
public static class ProtocolJson
{
    // Text for people and files, not for HTML: quotes and non-ASCII letters stay as they are.
    private static readonly ProtocolJsonContext Context =
        new(new JsonSerializerOptions(ProtocolJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Writes a message as one line without its line end.</summary>
    /// <typeparam name="T">The type that the reader will ask for: <see cref="RecorderProtocol.IEvent"/> for any event,
    /// <see cref="RecorderProtocol.ICommand"/> for any command, else the message's own type.</typeparam>
    public static string Write<T>(T message) => JsonSerializer.Serialize(message, TypeInfo<T>());

    /// <summary>Writes a message as one line of UTF-8 without its line end.</summary>
    /// <typeparam name="T">As in <see cref="Write{T}(T)"/>.</typeparam>
    public static byte[] WriteUtf8<T>(T message) => JsonSerializer.SerializeToUtf8Bytes(message, TypeInfo<T>());

    /// <summary>Reads a message.</summary>
    /// <typeparam name="T">As in <see cref="Write{T}(T)"/>.</typeparam>
    /// <exception cref="JsonException">The text is malformed, incomplete or of another type.</exception>
    public static T Read<T>(string json) =>
        JsonSerializer.Deserialize(json, TypeInfo<T>()) ?? throw new JsonException($"Expected a {typeof(T).Name}, found null.");

    private static JsonTypeInfo<T> TypeInfo<T>() =>
        (JsonTypeInfo<T>?)Context.GetTypeInfo(typeof(T)) ??
        throw new NotSupportedException($"{typeof(T)} is no message of the contract.");
}
