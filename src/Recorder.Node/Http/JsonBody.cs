using System.Text.Json.Serialization.Metadata;

namespace Recorder.Node.Http;

/// <summary>Refuses a member that is unknown, repeated or of the wrong type. OpenAPI has the same contracts.</summary>
internal static class JsonBody
{
    /// <summary>An empty body is refused unless <paramref name="whenEmpty"/> stands for it.</summary>
    public static async Task<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, T? whenEmpty = null)
        where T : class
    {
        var bytes = await ReadBytesAsync(request);
        return bytes.Length == 0 && whenEmpty is not null ? whenEmpty : Read(bytes, type);
    }

    public static JsonElement ReadMembers(ReadOnlyMemory<byte> bytes, JsonTypeInfo type)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            Check(document.RootElement, type, "");
            return document.RootElement.Clone();
        }
        catch (JsonException malformed)
        {
            throw new ProblemException(Problem.Syntax(
                $"The body is not valid JSON (line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}); send one JSON object."));
        }
        catch (InvalidOperationException)
        {
            throw new ProblemException(Problem.Syntax("The body contains a string with half a surrogate pair; send whole characters."));
        }
    }

    public static T Read<T>(ReadOnlyMemory<byte> bytes, JsonTypeInfo<T> type) => ReadMembers(bytes, type).Deserialize(type)!;

    /// <summary>The server limits the length of the body.</summary>
    public static async Task<byte[]> ReadBytesAsync(HttpRequest request)
    {
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes, request.HttpContext.RequestAborted);
        return bytes.Length == 0 || request.HasJsonContentType()
            ? bytes.ToArray()
            : throw new ProblemException(Problem.OfStatus(StatusCodes.Status415UnsupportedMediaType, request));
    }

    private static void Check(JsonElement element, JsonTypeInfo type, string path)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                CheckMembers(element, type, path);
                break;
            case JsonTypeInfoKind.Dictionary:
                foreach (var member in Members(element, path).Where(member => member.Value.ValueKind != JsonValueKind.Null))
                    Check(member.Value, type.Options.GetTypeInfo(type.ElementType!), Join(path, member.Name));

                break;
            default:
                CheckValue(element, type, path);
                break;
        }
    }

    private static void CheckMembers(JsonElement element, JsonTypeInfo type, string path)
    {
        foreach (var member in Members(element, path))
        {
            var property = type.Properties.FirstOrDefault(property => property.Name == member.Name && property.Set is not null);
            var name = Join(path, member.Name);
            if (property is null)
            {
                var known = string.Join(", ", type.Properties.Where(known => known.Set is not null).Select(known => known.Name));
                throw new ProblemException(Problem.NotSupported(
                    $"'{Short(name)}' is an unknown member; {(known.Length == 0 ? "none are expected." : $"expected {known}.")}"));
            }

            if (member.Value.ValueKind != JsonValueKind.Null)
                Check(member.Value, type.Options.GetTypeInfo(property.PropertyType), name);
            else if (!property.IsSetNullable)
                throw Wrong(name, property.PropertyType, "null; leave it out for the default");
        }
    }

    private static IEnumerable<JsonProperty> Members(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw path.Length == 0
                ? new ProblemException(Problem.Type($"The body must be a JSON object, but is {Word(element)}."))
                : Wrong(path, typeof(Dictionary<string, string>), Word(element));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            if (!seen.Add(member.Name))
                throw new ProblemException(Problem.Syntax($"'{Short(Join(path, member.Name))}' is given more than once; give it once."));

            yield return member;
        }
    }

    private static void CheckValue(JsonElement element, JsonTypeInfo type, string path)
    {
        var isRead = false;
        try
        {
            // The value 0 of each enumeration means "not set", and cannot be requested.
            isRead = element.Deserialize(type) is { } value && !(value is Enum && Convert.ToInt64(value, CultureInfo.InvariantCulture) == 0);
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or OverflowException or InvalidOperationException)
        {
            // The exception below says what was expected.
        }

        if (!isRead)
            throw Wrong(path, type.Type, Word(element));
    }

    private static ProblemException Wrong(string path, Type type, string found) =>
        new(Problem.Type($"'{Short(path)}' must be {Expected(Nullable.GetUnderlyingType(type) ?? type)}, but is {found}."));

    private static string Expected(Type type) =>
        type == typeof(TimeSpan) ? "a number of milliseconds"
            : type == typeof(string) ? "a string"
            : type == typeof(bool) ? "true or false"
            : type == typeof(long) || type == typeof(int) ? "a whole number"
            : type.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(type).Skip(1).Select(JsonNamingPolicy.CamelCase.ConvertName))
            : "an object";

    private static string Word(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => $"the string '{Short(element.GetString()!)}'",
        _ => Short(element.GetRawText()),
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    // Keeps a caller's text in an error message short.
    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
