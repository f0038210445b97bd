using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recorder.Contracts;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;
using Recorder.Node.Configuration;

namespace Recorder.Node.Cli.Library;

/// <summary><c>recorder export</c>: an interval of a recording as one finished file on this machine.</summary>
internal sealed class ExportCommand(CommandOutput console)
{
    private static readonly string[] Extensions = [".mp4", ".mkv", ".webm"];

    private readonly NodeOptions _node = new();

    private readonly Argument<string> _what = new("RECORDING")
    {
        Description = "As 'recorder recordings' names it; a recorder's name alone is its newest recording.",
    };

    private readonly Option<string> _file = new("--output", "-o")
    {
        HelpName = "FILE",
        Description = "The file to make: .mp4, .mkv or .webm (named after the recording, as it was recorded).",
    };

    private readonly Option<string> _from = new("--from")
    {
        HelpName = "TIME",
        Description = "Begin at the key frame at or before this: 12.5 s of the recording, or 2026-11-22T15:00:00Z (its beginning).",
    };

    private readonly Option<string> _to = new("--to")
    {
        HelpName = "TIME",
        Description = "End here (its end; of a recording under way, what there is).",
    };

    private readonly Option<string> _data = new("--data") { HelpName = "DIR", Description = "Read this data folder, without a node." };

    private readonly Option<bool> _force = new("--force")
    {
        Description = "Replace the file if it exists.",
        Arity = ArgumentArity.Zero,
    };

    private readonly Option<bool> _transcode = new("--transcode")
    {
        Description = "Encode pictures and sound anew, to one size and one codec.",
        Arity = ArgumentArity.Zero,
    };

    /// <summary>The command with its options.</summary>
    public Command Create()
    {
        var command = new Command("export", "Make one finished file of a recording, or of a part of it.")
        {
            _what, _file, _from, _to, _transcode, _force, _data,
        };
        _node.AddTo(command).SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var reader = new OptionReader(line);
        var node = _node.Read(reader);
        var what = line.GetValue(_what) ?? "";
        ReadWhat(reader, what, line.CommandResult.Command);
        var (from, to) = (ReadTime(reader, _from), ReadTime(reader, _to));
        var named = reader.Text(_file);
        var force = line.GetValue(_force);
        var data = DataFolder.Read(reader, _data, _node.Named(reader));
        reader.Complain(named is null ? null : ProblemOf(named, force));
        if (reader.Problem is { } problem)
        {
            return await console.RefuseAsync(problem);
        }

        using var client = data is null ? new NodeClient(node) : null;
        var (key, file) = (what, named ?? "");
        if (named is null || !what.Contains('~', StringComparison.Ordinal))
        {
            var recording = client is null ? Find(data!, what) : await FindAsync(client, what, cancellationToken);
            key = RecorderTable.KeyOf(recording);
            file = named ?? key + ExtensionOf(recording);
        }

        if (named is null && ProblemOf(file, force) is { } taken)
        {
            return await console.RefuseAsync(taken);
        }

        var transcode = line.GetValue(_transcode);
        // A node of an earlier version may end the file where the picture changes.
        var (bytes, early) = client is null
            ? (await Task.Run(() => FolderExport.ToFileAsync(data!, key, (from, to), file, (force, transcode), cancellationToken), cancellationToken), false)
            : await new Download(client, console).ToFileAsync(PathOf(key, file, from, to, transcode), file, force, cancellationToken);
        if (_node.IsJson(line))
        {
            var said = new JsonObject { ["recording"] = key, ["file"] = file, ["bytes"] = bytes, ["complete"] = !early };
            console.Line(said.ToJsonString());
        }
        else
        {
            console.Line($"{key}: {Quantity.Size(bytes)} in {file}");
        }

        if (early)
        {
            console.Error($"'{file}' ends where the recording's picture or codec changes: export the rest with --from.");
        }

        return ExitCode.Done;
    }

    private static string PathOf(string key, string file, string? from, string? to, bool transcode)
    {
        var query = string.Join('&', new[] { ("from", from), ("to", to), ("transcode", transcode ? "true" : null) }
            .Where(it => it.Item2 is not null).Select(it => $"{it.Item1}={Uri.EscapeDataString(it.Item2!)}"));
        return $"v1/recordings/{Uri.EscapeDataString(key)}/export{Path.GetExtension(file).ToLowerInvariant()}?{query}";
    }

    private JsonElement Find(string data, string what)
    {
        var recorder = what.Split('~')[0];
        var found = DataFolder.Recordings(data, new HashSet<RecorderId> { new(recorder) }, null, null, console)
            .FirstOrDefault(recording => what == recorder || RecorderTable.KeyOf(recording) == what);
        return found.ValueKind == JsonValueKind.Object ? found
            : throw new NodeException($"'{what}' has no recording there: 'recorder recordings --data {data}' lists what there is.");
    }

    private static async Task<JsonElement> FindAsync(NodeClient client, string what, CancellationToken cancellationToken)
    {
        if (what.Contains('~', StringComparison.Ordinal))
        {
            return await client.SendAsync(HttpMethod.Get, $"v1/recordings/{Uri.EscapeDataString(what)}", null, cancellationToken);
        }

        await foreach (var newest in client.ListAsync($"v1/recordings?limit=1&recorder={what}", cancellationToken))
        {
            return newest;
        }

        throw new NodeException($"'{what}' has no recording: 'recorder recordings' lists what there is.");
    }

    private static string ExtensionOf(JsonElement recording) =>
        recording.Text("mimeType") is { } type && type.Contains("webm", StringComparison.Ordinal) ? ".webm"
        : recording.Text("mimeType")?.Contains("matroska", StringComparison.Ordinal) is true ? ".mkv"
        : ".mp4";

    private static void ReadWhat(OptionReader reader, string what, Command command)
    {
        var parts = what.Split('~');
        reader.Complain(parts.Length switch
        {
            1 => RecorderSelection.ProblemOfId(what, command, "recorder export"),
            2 when parts.All(part => RecorderId.TryParse(part, out _)) => null,
            _ => $"'{what}' is no recording: write RECORDER~RECORDING as 'recorder recordings' lists them, or a recorder's name.",
        });
    }

    private static string? ProblemOf(string file, bool force)
    {
        if (OutputPaths.ProblemWithName(file) is { } wrong)
        {
            return wrong.Contains("--out", StringComparison.Ordinal) ? $"-o '{file}' is a folder: name a file in it." : wrong;
        }

        if (!Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
        {
            return $"-o '{file}': an export is an .mp4, .mkv or .webm file.";
        }

        if (!force && Path.Exists(file))
        {
            return $"'{file}' exists already: choose another name with -o, or say --force to replace it.";
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return Directory.Exists(folder) ? null : $"-o '{file}': the folder '{folder}' does not exist; make it first.";
    }

    // Seconds of the recording's timeline, or a time of day: as the API reads them.
    private static string? ReadTime(OptionReader reader, Option<string> option)
    {
        if (reader.Text(option) is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _))
        {
            return text;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time))
        {
            return time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        }

        reader.Complain(
            $"{option.Name} '{text}' is no time: write seconds of the recording (12.5), or for example 2026-11-22T15:00:00Z.");
        return null;
    }
}
