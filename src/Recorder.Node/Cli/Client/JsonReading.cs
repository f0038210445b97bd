namespace Recorder.Node.Cli.Client;

/// <summary>Reads responses of nodes of any version: missing members are null, unknown members are ignored.</summary>
internal static class JsonReading
{
    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static long? Number(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } number
            ? (long)Math.Min(number.GetDouble(), long.MaxValue) : null;

    public static TimeSpan? Milliseconds(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } number && Math.Abs(number.GetDouble()) < 1e14
            ? TimeSpan.FromMilliseconds(number.GetDouble()) : null;

    public static DateTimeOffset? Time(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } text && text.TryGetDateTimeOffset(out var time) ? time : null;

    public static JsonElement Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;

    /// <summary>The items of a list, or of the first member that is a list.</summary>
    public static IEnumerable<JsonElement> FirstArray(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray()
            : element.ValueKind == JsonValueKind.Object
                ? element.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Array).Take(1)
                    .SelectMany(member => member.Value.EnumerateArray())
            : [];
}
