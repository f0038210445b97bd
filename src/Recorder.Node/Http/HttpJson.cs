using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using Recorder.Contracts.Json;

namespace Recorder.Node.Http;

/// <summary>The JSON of problems and of stored answers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(CamelCaseEnumConverter<RecorderState>)])]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(KeptBody))]
internal sealed partial class HttpJson : JsonSerializerContext
{
    /// <summary>Leaves quotes and letters unescaped, because people read the text and no HTML page embeds it.</summary>
    public static HttpJson Text =>
        field ??= new HttpJson(new JsonSerializerOptions(s_defaultOptions) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
