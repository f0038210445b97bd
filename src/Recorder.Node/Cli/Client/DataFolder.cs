using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Recorder.Actors.Secrets;
using Recorder.Actors.Storage.Reading;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Node.Cli.Client;

/// <summary>What a data folder holds, read from its files: no node is needed, and nothing is written.</summary>
internal static class DataFolder
{
    // As SecretSeal writes what it sealed; to open it would need the key, and nobody asked for credentials.
    private const string Sealed = "sealed";

    /// <summary>The folder of <c>--data</c>; null when it is not said. Complaints go to the reader.</summary>
    public static string? Read(OptionReader reader, Option<string> option, string? named)
    {
        if (reader.Text(option) is not { } text)
        {
            return null;
        }

        reader.Complain(named is not null ? $"{option.Name} and {named} contradict each other: say one of them." : null);
        var folder = text.Length == 0 ? "." : Path.GetFullPath(text);
        reader.Complain(Directory.Exists(Path.Combine(folder, "recordings")) ? null
            : $"{option.Name} '{text}' is no data folder: it holds no 'recordings'.");
        return folder;
    }

    /// <summary>The recorders that are defined, as the API would list them.</summary>
    public static IEnumerable<JsonElement> Recorders(string data, IReadOnlyList<string> labels, CommandOutput console)
    {
        foreach (var file in Folders(Path.Combine(data, "recordings")).Select(folder => Path.Combine(folder, "recorder.json")).Where(File.Exists))
        {
            RecorderDefinition definition;
            try
            {
                definition = EncryptedDefinition.Read(File.ReadAllText(file), AsItIs.Instance);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException or FormatException)
            {
                console.Error($"'{file}' cannot be read: {unreadable.Message}");
                continue;
            }

            if (labels.All(label => Matches(definition, label)))
            {
                yield return Json(writer =>
                {
                    writer.WriteString("id", definition.Id.Value);
                    writer.WriteString("source", definition.Source.StartsWith(Sealed, StringComparison.Ordinal) ? "(sealed)" : Credentials.Mask(definition.Source));
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

    /// <summary>The recordings, newest first, as the API would list them.</summary>
    public static IEnumerable<JsonElement> Recordings(
        string data, IReadOnlySet<RecorderId> recorders, DateTimeOffset? from, DateTimeOffset? to, CommandOutput console) =>
        Folders(Path.Combine(data, "recordings"))
            .Where(folder => recorders.Count == 0 || (RecorderId.TryParse(Path.GetFileName(folder), out var id) && recorders.Contains(id)))
            .SelectMany(Folders)
            .Select(folder => (folder, description: Describe(folder, console)))
            .Where(it => it.description is { } known && (to is null || known.StartedAt < to) && (from is null || known.EndedAt is null || known.EndedAt > from))
            .OrderByDescending(it => it.description!.StartedAt)
            .Select(it => Json(writer => Write(writer, it.folder, it.description!)));

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

        // Under way: as far as the index goes.
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
            console.Error($"'{folder}' cannot be read: {unreadable.Message}");
            return null;
        }
    }

    private static IEnumerable<string> Folders(string folder) =>
        Directory.EnumerateDirectories(folder).Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal);

    private static bool Matches(RecorderDefinition definition, string label)
    {
        var at = label.IndexOf('=', StringComparison.Ordinal);
        return definition.Labels.TryGetValue(at < 0 ? label : label[..at], out var value) && (at < 0 || value == label[(at + 1)..]);
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

    /// <summary>Leaves sealed what is.</summary>
    private sealed class AsItIs : Actors.Secrets.ISecretCipher
    {
        public static readonly AsItIs Instance = new();

        public string Encrypt(string text) => text;

        public string Decrypt(string text) => text;
    }
}
