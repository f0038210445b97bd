using System.CommandLine.Parsing;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Library;

internal sealed class ExportCommand(CommandOutput console)
{
    public const string Description = "Export a recording, or a part of it, to a file.";

    private static readonly string[] Extensions = [".mp4", ".mkv", ".webm"];

    private readonly NodeOptions _node = new();

    private readonly Argument<string> _recording = new("RECORDING")
    {
        Description = "The recording, as 'recorder recordings' lists it; a recorder's id means its newest recording.",
    };

    private readonly Option<string?> _file = CliOption.Text(
        "--output", "FILE", "The file to write: .mp4, .mkv or .webm (default: RECORDING with the extension of its container).",
        "-o");

    private readonly Option<string?> _from = CliOption.Text(
        "--from", "TIME",
        "Start at the key frame at or before this time: 12.5 (seconds) or 2026-11-22T15:00:00Z (default: its start).");

    private readonly Option<string?> _to =
        CliOption.Text("--to", "TIME", "End at this time (default: its end, or now if it is still recording).");
    private readonly Option<string?> _data = DataFolder.Option();
    private readonly Option<bool> _force = CliOption.Flag("--force", "Replace an existing file.");
    private readonly Option<bool> _transcode =
        CliOption.Flag("--transcode", "Encode video and audio again, to one size and one codec.");

    public Command Create() =>
        _node.AddTo(new Command("export", Description) { _recording, _file, _from, _to, _transcode, _force, _data }).Runs(RunAsync);

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var name = line.GetValue(_recording)!;
        CheckName(name, line.CommandResult);
        var (from, to, transcode, force) =
            (ReadTime(line, _from), ReadTime(line, _to), line.GetValue(_transcode), line.GetValue(_force));
        var data = DataFolder.Read(line, _data, _node);
        var file = line.GetValue(_file);
        if (file is not null)
            CheckFile(file, force);

        using var client = data is null ? new NodeClient(_node.Read(line)) : null;
        var key = name;
        if (file is null || !name.Contains('~', StringComparison.Ordinal))
        {
            var recording = client is null ? Find(data!, name) : await FindAsync(client, name, cancellationToken);
            key = RecorderTable.KeyOf(recording);
            if (file is null)
            {
                file = key + ExtensionOf(recording);
                CheckFile(file, force);
            }
        }

        // Nodes of earlier versions end the file where the video format changes.
        Task<long> ExportFolderAsync() =>
            FolderExport.ToFileAsync(data!, key, (from, to), file, (force, transcode), cancellationToken);
        var (bytes, endsEarly) = client is null ? (await Task.Run(ExportFolderAsync, cancellationToken), false)
            : await new Download(client, console)
                .ToFileAsync(PathOf(key, file, from, to, transcode), file, force, cancellationToken);
        var result = new JsonObject { ["recording"] = key, ["file"] = file, ["bytes"] = bytes, ["complete"] = !endsEarly };
        console.Line(_node.IsJson(line) ? result.ToJsonString() : $"{key}: {Quantity.Size(bytes)} in {file}");
        if (endsEarly)
            console.Error($"'{file}' ends where the format of the recording changes; export the rest with --from.");

        return ExitCode.Done;
    }

    private static string PathOf(string key, string file, string? from, string? to, bool transcode)
    {
        var query = string.Join('&', new[] { ("from", from), ("to", to), ("transcode", transcode ? "true" : null) }
            .Where(parameter => parameter.Item2 is not null)
            .Select(parameter => $"{parameter.Item1}={Uri.EscapeDataString(parameter.Item2!)}"));
        return $"v1/recordings/{Uri.EscapeDataString(key)}/export{Path.GetExtension(file).ToLowerInvariant()}?{query}";
    }

    private JsonElement Find(string data, string name)
    {
        var recorder = name.Split('~')[0];
        var found = DataFolder.Recordings(data, new HashSet<RecorderId> { new(recorder) }, null, null, console)
            .FirstOrDefault(recording => name == recorder || RecorderTable.KeyOf(recording) == name);
        return found.ValueKind == JsonValueKind.Object ? found
            : throw new NodeException(
                $"There is no recording '{name}' in '{data}'; 'recorder recordings --data {data}' lists the recordings.");
    }

    private static async Task<JsonElement> FindAsync(NodeClient client, string name, CancellationToken cancellationToken)
    {
        if (name.Contains('~', StringComparison.Ordinal))
            return await client.SendAsync(HttpMethod.Get, $"v1/recordings/{Uri.EscapeDataString(name)}", null, cancellationToken);

        await foreach (var newest in client.ListAsync($"v1/recordings?limit=1&recorder={name}", cancellationToken))
            return newest;

        throw new NodeException($"'{name}' has no recordings; 'recorder recordings' lists the recordings.");
    }

    private static string ExtensionOf(JsonElement recording) =>
        recording.Text("mimeType") is { } type && type.Contains("webm", StringComparison.Ordinal) ? ".webm"
        : recording.Text("mimeType")?.Contains("matroska", StringComparison.Ordinal) is true ? ".mkv"
        : ".mp4";

    private static void CheckName(string name, CommandResult command)
    {
        var parts = name.Split('~');
        if (parts.Length == 1)
            RecorderSelection.CheckId(name, command);
        else if (parts.Length > 2 || !parts.All(part => RecorderId.TryParse(part, out _)))
            throw new UsageException($"'{name}' is not a recording; expected RECORDER~RECORDING, or the id of a recorder.");
    }

    private static void CheckFile(string file, bool force)
    {
        OutputPaths.CheckName(file, "choose a file in it");
        if (!Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            throw new UsageException($"-o '{file}' has no known extension; expected {CliOption.Join(Extensions)}.");

        OutputPaths.CheckFile(file, force, withSidecars: false);
    }

    // The API takes seconds of the recording's timeline, and times of day in UTC.
    private static string? ReadTime(ParseResult line, Option<string?> option)
    {
        var text = line.GetValue(option);
        return text is null || double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _) ? text
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time)
                ? time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)
            : throw new UsageException(
                $"{option.Name} '{text}' is not a time; expected seconds of the recording (12.5), or for example 2026-11-22T15:00:00Z.");
    }
}
