using Recorder.Actors.Secrets;
using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Reading;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Client;

/// <summary>Reads the recorders and recordings of a data folder from its files. Needs no node and writes nothing.</summary>
internal static class DataFolder
{
    // The start of an encrypted source. Decrypting it would need the node's key.
    private const string Encrypted = "sealed";

    public static Option<string?> Option() => CliOption.Text("--data", "DIR", "Read this data folder instead of asking a node.");

    public static string? Read(ParseResult line, Option<string?> option, NodeOptions node)
    {
        if (line.GetValue(option) is not { } text)
            return null;

        if (node.IsNodeGiven(line))
            throw new UsageException($"Options '{option.Name}' and '--node' cannot be used together.");

        var folder = text.Length == 0 ? "." : Path.GetFullPath(text);
        return Directory.Exists(Path.Combine(folder, "recordings")) ? folder
            : throw new UsageException($"{option.Name} '{text}' is not a data folder: it has no folder 'recordings'.");
    }

    /// <summary>In the JSON of the API.</summary>
    public static IEnumerable<JsonElement> Recorders(string data, IReadOnlyList<string> labels, CommandOutput console) =>
        FoldersIn(Path.Combine(data, "recordings"))
            .Select(folder => Path.Combine(folder, "recorder.json"))
            .Where(File.Exists)
            .Select(file => ReadOrReport(file, console, DefinitionOf))
            .OfType<RecorderDefinition>()
            .Where(definition => labels.All(label => Matches(definition, label)))
            .Select(ToJson);

    /// <summary>Newest first, with the JSON that the API has for them.</summary>
    public static IEnumerable<JsonElement> Recordings(
        string data, IReadOnlySet<RecorderId> recorders, DateTimeOffset? from, DateTimeOffset? to, CommandOutput console) =>
        FoldersIn(Path.Combine(data, "recordings"))
            .Where(folder =>
                recorders.Count == 0 || (RecorderId.TryParse(Path.GetFileName(folder), out var id) && recorders.Contains(id)))
            .SelectMany(FoldersIn)
            .Select(folder => (folder, description: ReadOrReport(folder, console, DescriptionOf)))
            .Where(found => found.description is { } known
                && (to is null || known.StartedAt < to) && (from is null || known.EndedAt is null || known.EndedAt > from))
            .OrderByDescending(found => found.description!.StartedAt)
            .Select(found => ToJson(found.folder, found.description!));

    private static T? ReadOrReport<T>(string path, CommandOutput console, Func<string, T> read)
        where T : class
    {
        try
        {
            return read(path);
        }
        catch (Exception unreadable) when (unreadable
            is IOException or UnauthorizedAccessException or InvalidDataException or JsonException or FormatException)
        {
            console.Error($"Cannot read '{path}': {unreadable.Message}");
            return null;
        }
    }

    private static RecorderDefinition DefinitionOf(string file) =>
        EncryptedDefinition.Read(File.ReadAllText(file), NoDecryption.Instance);

    private static RecordingDescription DescriptionOf(string folder) => RecordingReader.Open(folder).Description;

    private static JsonElement ToJson(RecorderDefinition definition)
    {
        var isEncrypted = definition.Source.StartsWith(Encrypted, StringComparison.Ordinal);
        return JsonSerializer.SerializeToElement(new JsonObject
        {
            ["id"] = definition.Id.Value,
            ["source"] = isEncrypted ? "(encrypted)" : Credentials.Mask(definition.Source),
            ["desired"] = JsonNamingPolicy.CamelCase.ConvertName(definition.Desired.ToString()),
            ["mimeType"] = definition.Options.MimeType,
            ["labels"] =
                new JsonObject(definition.Labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
        });
    }

    private static JsonElement ToJson(string folder, RecordingDescription description)
    {
        var recorder = Path.GetFileName(Path.GetDirectoryName(folder))!;
        // A running recording has no duration yet: the last blob of its index says how far it is.
        var last = description.DurationMs is null ? RecordingReader.Open(folder).LastBlob() : null;
        var recording = new JsonObject
        {
            ["key"] = $"{recorder}~{Path.GetFileName(folder)}",
            ["recorder"] = recorder,
            ["recording"] = Path.GetFileName(folder),
            ["mimeType"] = description.MimeType,
            ["startedAt"] = description.StartedAt.UtcDateTime,
            ["endedAt"] = description.EndedAt?.UtcDateTime,
            ["stopReason"] = description.StopReason,
            ["duration"] = description.DurationMs ?? (last is null ? 0 : (last.MediaTime + last.Duration).TotalMilliseconds),
            ["blobs"] = description.Blobs ?? last?.Number ?? 0,
            ["bytes"] = description.Bytes,
        };
        foreach (var (member, _) in recording.Where(member => member.Value is null).ToList())
            recording.Remove(member);

        return JsonSerializer.SerializeToElement(recording);
    }

    private static IEnumerable<string> FoldersIn(string folder) =>
        Directory.EnumerateDirectories(folder)
            .Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal);

    private static bool Matches(RecorderDefinition definition, string label)
    {
        var (name, wanted) = RecorderSelection.SplitLabel(label);
        return definition.Labels.TryGetValue(name, out var value) && (wanted is null || value == wanted);
    }

    private sealed class NoDecryption : Actors.Secrets.ISecretCipher
    {
        public static readonly NoDecryption Instance = new();

        public string Encrypt(string text) => text;
        public string Decrypt(string text) => text;
    }
}
