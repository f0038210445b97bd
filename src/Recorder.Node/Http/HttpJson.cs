using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Node.Http;

/// <summary>JSON of problems and of answers that are kept.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(CamelCaseEnumConverter<RecorderState>)])]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(KeptBody))]
internal sealed partial class HttpJson : JsonSerializerContext
{
    /// <summary>Text for people, not for HTML: quotes and letters stay as they are.</summary>
    public static HttpJson Text =>
        field ??= new HttpJson(new JsonSerializerOptions(s_defaultOptions) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
