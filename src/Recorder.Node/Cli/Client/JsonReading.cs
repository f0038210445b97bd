using System.Text.Json;

namespace Recorder.Node.Cli.Client;

/// <summary>Reads answers of nodes, of a later version too: what is not there is null, what is more is left alone.</summary>
internal static class JsonReading
{
    /// <summary>A text.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>A whole number.</summary>
    public static long? Number(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } number ? (long)Math.Min(number.GetDouble(), long.MaxValue) : null;

    /// <summary>A duration in milliseconds.</summary>
    public static TimeSpan? Milliseconds(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } number && Math.Abs(number.GetDouble()) < 1e14
            ? TimeSpan.FromMilliseconds(number.GetDouble()) : null;

    /// <summary>A time.</summary>
    public static DateTimeOffset? Time(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } text && text.TryGetDateTimeOffset(out var time) ? time : null;

    /// <summary>A member; undefined when it is not there.</summary>
    public static JsonElement Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;

    /// <summary>The items of the list in an answer.</summary>
    public static IEnumerable<JsonElement> FirstArray(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray()
            : element.ValueKind == JsonValueKind.Object
                ? element.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Array).Take(1)
                    .SelectMany(member => member.Value.EnumerateArray())
            : [];
}
