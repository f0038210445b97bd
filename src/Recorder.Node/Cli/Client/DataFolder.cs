using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Storage.Reading;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Node.Cli.Client;

/// <summary>Reads the recorders and recordings of a data folder from its files. Needs no node and writes nothing.</summary>
internal static class DataFolder
{
    // The start of an encrypted source. Decrypting it would need the node's key.
    private const string Encrypted = "sealed";

    /// <summary>Creates the option <c>--data</c> of commands that can also ask a node.</summary>
    public static Option<string?> Option() => CliOption.Text("--data", "DIR", "Read this data folder instead of asking a node.");

    /// <summary>The folder of <c>--data</c>; null when the option is not given.</summary>
    /// <exception cref="UsageException">It is not a data folder, or <c>--node</c> is given too.</exception>
    public static string? Read(ParseResult line, Option<string?> option, NodeOptions node)
    {
        if (line.GetValue(option) is not { } text)
        {
            return null;
        }

        if (node.IsNodeGiven(line))
        {
            throw new UsageException($"Options '{option.Name}' and '--node' cannot be used together.");
        }

        var folder = text.Length == 0 ? "." : Path.GetFullPath(text);
        return Directory.Exists(Path.Combine(folder, "recordings")) ? folder
            : throw new UsageException($"{option.Name} '{text}' is not a data folder: it has no folder 'recordings'.");
    }

    /// <summary>The recorders, with the JSON that the API has for them.</summary>
    public static IEnumerable<JsonElement> Recorders(string data, IReadOnlyList<string> labels, CommandOutput console)
    {
        foreach (var file in Folders(Path.Combine(data, "recordings")).Select(folder => Path.Combine(folder, "recorder.json")).Where(File.Exists))
        {
            RecorderDefinition definition;
            try
            {
                definition = SealedDefinition.Read(File.ReadAllText(file), NoDecryption.Instance);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException or FormatException)
            {
                console.Error($"Cannot read '{file}': {unreadable.Message}");
                continue;
            }

            if (labels.All(label => Matches(definition, label)))
            {
                yield return Json(writer =>
                {
                    writer.WriteString("id", definition.Id.Value);
                    writer.WriteString("source", definition.Source.StartsWith(Encrypted, StringComparison.Ordinal) ? "(encrypted)" : Credentials.Mask(definition.Source));
                    writer.WriteString("desired", JsonNamingPolicy.CamelCase.ConvertName(definition.Desired.ToString()));
                    writer.WriteString("mimeType", definition.Options.MimeType);
                    writer.WriteStartObject("labels");
                    foreach (var (name, value) in definition.Labels)
                    {
                        writer.WriteString(name, value);
                    }

                    writer.WriteEndObject();
                });
            }
        }
    }

    /// <summary>The recordings, newest first, with the JSON that the API has for them.</summary>
    public static IEnumerable<JsonElement> Recordings(
        string data, IReadOnlySet<RecorderId> recorders, DateTimeOffset? from, DateTimeOffset? to, CommandOutput console) =>
        Folders(Path.Combine(data, "recordings"))
            .Where(folder => recorders.Count == 0 || (RecorderId.TryParse(Path.GetFileName(folder), out var id) && recorders.Contains(id)))
            .SelectMany(Folders)
            .Select(folder => (folder, description: Describe(folder, console)))
            .Where(found => found.description is { } known
                && (to is null || known.StartedAt < to) && (from is null || known.EndedAt is null || known.EndedAt > from))
            .OrderByDescending(found => found.description!.StartedAt)
            .Select(found => Json(writer => Write(writer, found.folder, found.description!)));

    private static void Write(Utf8JsonWriter writer, string folder, Actors.Storage.RecordingDescription description)
    {
        var recorder = Path.GetFileName(Path.GetDirectoryName(folder))!;
        writer.WriteString("key", $"{recorder}~{Path.GetFileName(folder)}");
        writer.WriteString("recorder", recorder);
        writer.WriteString("recording", Path.GetFileName(folder));
        writer.WriteString("mimeType", description.MimeType);
        writer.WriteString("startedAt", description.StartedAt.UtcDateTime);
        if (description.EndedAt is { } ended)
        {
            writer.WriteString("endedAt", ended.UtcDateTime);
        }

        if (description.StopReason is { } reason)
        {
            writer.WriteString("stopReason", reason);
        }

        // A running recording has no duration yet: the last blob of its index says how far it is.
        var last = description.DurationMs is null ? RecordingReader.Open(folder).LastBlob() : null;
        writer.WriteNumber("duration", description.DurationMs ?? (last is null ? 0 : (last.MediaTime + last.Duration).TotalMilliseconds));
        writer.WriteNumber("blobs", description.Blobs ?? last?.Number ?? 0);
        if (description.Bytes is { } bytes)
        {
            writer.WriteNumber("bytes", bytes);
        }
    }

    private static Actors.Storage.RecordingDescription? Describe(string folder, CommandOutput console)
    {
        try
        {
            return RecordingReader.Open(folder).Description;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            console.Error($"Cannot read '{folder}': {unreadable.Message}");
            return null;
        }
    }

    private static IEnumerable<string> Folders(string folder) =>
        Directory.EnumerateDirectories(folder).Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal);

    private static bool Matches(RecorderDefinition definition, string label)
    {
        var (name, wanted) = RecorderSelection.SplitLabel(label);
        return definition.Labels.TryGetValue(name, out var value) && (wanted is null || value == wanted);
    }

    private static JsonElement Json(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(bytes.ToArray());
        return document.RootElement.Clone();
    }

    /// <summary>Leaves encrypted texts as they are.</summary>
    private sealed class NoDecryption : Actors.Fleet.ISecretSeal
    {
        public static readonly NoDecryption Instance = new();

        public string Seal(string text) => text;

        public string Open(string text) => text;
    }
}
