using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Storage;
using Recorder.Actors.Takes;
using Recorder.Media.Export.Editing;
using Recorder.Node.Api;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;
using Recorder.Node.Configuration;
using Recorder.Node.Media;

namespace Recorder.Node.Cli.Takes;

/// <summary><c>recorder take export</c>: a take's files for an editor, made by its node, or from its data folder.</summary>
internal sealed class TakeExportCommand(CommandOutput console)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly NodeOptions _node = new();
    private readonly Argument<string?> _take = new("TAKE") { Description = "The take's id (default: the newest one).", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _data = DataFolder.Option();
    private readonly Option<string?> _out = CliOption.Text("--out", "DIR", "Write the files to this folder (default: .). An export that was interrupted goes on there.", "-o");
    private readonly Option<EditContainer?> _container = CliOption.Choice(
        "--container", "mov|mp4", "The container of the angles' files (default: mov).", ("mov", EditContainer.Mov), ("mp4", EditContainer.Mp4));
    private readonly Option<EditHoles?> _holes = CliOption.Choice(
        "--holes", "held|black", "Where nothing was recorded: hold the frame before, or show black where that can be encoded (default: held).",
        ("held", EditHoles.Stated), ("black", EditHoles.Black));
    private readonly Option<TimeCodeRate?> _rate = CliOption.Choice(
        "--rate", "FPS", "The rate of the files (default: the take's, or the camera's own where that is another).",
        [.. TimeCodeRate.All.Select(rate => (rate.ToString(), rate))]);

    private readonly Option<bool> _encode = CliOption.Flag("--encode", "Encode the video of cameras of another rate anew, as H.264; otherwise they are refused.");
    private readonly Option<int?> _quality = CliOption.Number("--quality", $"With --encode: the constant rate factor of x264, 0 to {EditEncoding.Worst} (default: {EditEncoding.Usual}).", 0);
    private readonly Option<bool> _force = CliOption.Flag("--force", "Replace files that are there.");

    public Command Create() =>
        _node.AddTo(new Command("export", "Write a take for an editor: a file an angle at constant rate with time code, and .otio, .fcpxml, .edl and a manifest.") { _take }
            .With(_data, _out, _container, _holes, _rate, _encode, _quality, _force)).Runs(RunAsync);

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        if (line.GetValue(_quality) is { } quality && (quality > EditEncoding.Worst || !line.GetValue(_encode)))
            throw new UsageException(quality > EditEncoding.Worst ? $"--quality '{quality}' is not valid; expected 0 to {EditEncoding.Worst}." : "Option '--quality' needs '--encode'.");

        var folder = Path.GetFullPath(line.GetValue(_out) ?? ".");
        try
        {
            var failed = DataFolder.Read(line, _data, _node) is { } data
                ? await FromFolderAsync(data, folder, line, cancellationToken)
                : await FromNodeAsync(folder, line, cancellationToken);
            return failed == 0 ? ExitCode.Done : ExitCode.Failed;
        }
        catch (Exception failed) when (failed is EditExportException or IOException or UnauthorizedAccessException)
        {
            throw new NodeException(failed.Message, failed);
        }
        finally
        {
            console.SetLive([]);
        }
    }

    private async Task<int> FromFolderAsync(string data, string folder, ParseResult line, CancellationToken cancellationToken)
    {
        var take = Find(data, line.GetValue(_take));
        if (take.At is null)
            throw new UsageException($"Take {take.Id} was not recorded; there is nothing to export.");

        var library = new MediaLibrary(new ServeOptions { DataFolder = data });
        var options = new TakeExportOptions(line.GetValue(_container) ?? EditContainer.Mov, line.GetValue(_holes) ?? EditHoles.Stated, line.GetValue(_force))
        {
            Rate = line.GetValue(_rate),
            Encode = line.GetValue(_encode) ? new EditEncoding(line.GetValue(_quality) ?? EditEncoding.Usual) : null,
        };
        var failed = 0;
        await foreach (var file in new TakeExport(take, library, folder, options).WriteAsync(Show, cancellationToken))
        {
            console.SetLive([]);
            failed += file.Problem is null ? 0 : 1;
            Print(TakeExportJob.Describe(file), line);
            if (file.IsOutOfRoom)
                console.Error("The rest was not written. When there is room, start the same command again to go on.");
        }

        return failed;
    }

    private async Task<int> FromNodeAsync(string folder, ParseResult line, CancellationToken cancellationToken)
    {
        using var client = new NodeClient(_node.Read(line));
        var take = await TakeCommand.FindAsync(client, line.GetValue(_take), cancellationToken);
        Directory.CreateDirectory(folder);
        var body = new JsonObject
        {
            ["container"] = line.GetValue(_container) is EditContainer.Mp4 ? "mp4" : "mov",
            ["holes"] = line.GetValue(_holes) is EditHoles.Black ? "black" : "held",
            ["encode"] = line.GetValue(_encode),
            ["quality"] = line.GetValue(_quality) ?? EditEncoding.Usual,
            ["folder"] = folder,
        };
        if (line.GetValue(_rate) is { } rate)
            body["rate"] = rate.ToString();

        using var ledger = ExportLedger.Open(folder, TakeId.TryParse(take, out var id) ? id : throw new NodeException($"'{TextTable.Clean(take)}' is not the id of a take."));
        var failed = -1;
        try
        {
            return failed = await FetchAsync(client, take, body, folder, line, ledger, cancellationToken);
        }
        finally
        {
            ledger.End(isComplete: failed == 0);
        }
    }

    private async Task<int> FetchAsync(
        NodeClient client, string take, JsonObject body, string folder, ParseResult line, ExportLedger ledger, CancellationToken cancellationToken)
    {
        var export = Read(await client.SendAsync(HttpMethod.Post, $"v1/takes/{take}:export", body, cancellationToken));
        var (path, download) = ($"v1/takes/{take}/exports/{Uri.EscapeDataString(export.Id)}", new TakeDownload(client, console, folder, line.GetValue(_force), ledger));
        var (printed, failed) = (new HashSet<string>(StringComparer.Ordinal), 0);
        while (true)
        {
            // Its files are deleted. Those that failed before it say why.
            if (export.State == TakeExportState.Failed)
            {
                foreach (var file in export.Files.Where(file => file.Problem != export.Problem && printed.Add(file.File)))
                    Print(file, line);

                throw new NodeException(TextTable.Clean(export.Problem ?? "The export failed."));
            }

            foreach (var file in export.Files.Where(file => file.State is TakeFileState.Done or TakeFileState.Failed && printed.Add(file.File)))
            {
                var problem = file.State == TakeFileState.Failed ? file.Problem
                    : await download.FetchAsync(path, file.File, file.Bytes ?? 0, file.Sha256 ?? "", cancellationToken);
                failed += problem is null ? 0 : 1;
                Print(problem is null ? file : new TakeExportFile { File = file.File, State = TakeFileState.Failed, Problem = problem }, line);
            }

            if (export.State != TakeExportState.Making)
                break;

            if (export.Files.FirstOrDefault(file => file.State == TakeFileState.Making) is { } making)
                Show(making.File, making.Progress ?? 0, "the node is making the file");

            await Task.Delay(Interval, cancellationToken);
            export = Read(await client.SendAsync(HttpMethod.Get, path, null, cancellationToken));
        }

        console.SetLive([]);
        // The node keeps what could not be fetched.
        if (failed == 0)
            await client.SendAsync(HttpMethod.Delete, path, null, cancellationToken);

        return failed;
    }

    private static TakeExportAnswer Read(JsonElement answer) =>
        answer.Deserialize(ApiJsonContext.Default.TakeExportAnswer) is { Id: not null, Files: not null } export && export.Files.All(file => file is { File: not null })
            ? export
            : throw new NodeException("The node's answer is not an export of a take.");

    private static Take Find(string data, string? text)
    {
        var files = new TakeFiles(Path.Combine(data, "takes"), LocalDisk.Instance, NullLogger.Instance);
        if (text is null)
            return files.ReadNewest() is [.., var newest] ? newest : throw new UsageException($"There is no take in the data folder '{data}'.");

        return TakeId.TryParse(text, out var id) && files.Find(id) is { } take
            ? take
            : throw new UsageException($"There is no take '{text}' in the data folder '{data}'; 'recorder take ls' lists the takes.");
    }

    private void Show(string name, EditProgress done)
    {
        if (done.Of > 0)
            Show(name, Math.Min(1, (double)done.Frames / done.Of), $"{done.Frames} of {done.Of} frames");
    }

    private void Show(string name, double share, string what)
    {
        if (console.IsTerminal)
            console.SetLive([Download.Bar(TextTable.Clean(name), share, $"{share * 100,3:0} %  {what}", console.Size.Width)]);
    }

    private void Print(TakeExportFile file, ParseResult line)
    {
        if (_node.IsJson(line))
            console.Line(JsonSerializer.Serialize(file, ApiJsonContext.Default.TakeExportFile));
        else if (file.Problem is not null)
            console.Error(TextTable.Clean($"{file.File}: {file.Problem}"));
        else if (file.Frames is null)
            console.Line(TextTable.Clean(file.File));
        else
        {
            console.Line(TextTable.Clean(string.Create(
                CultureInfo.InvariantCulture,
                $"{file.File}: {file.Frames} frames at {file.Rate} from {file.TimeCode}, {file.Bytes / 1e6:0.0} MB; a frame was moved by {file.LargestShift?.TotalMilliseconds:0.0} ms at most") +
                (file.Holes > 0 ? $", {file.Holes} holes" : "") + (file.Quality is { } quality ? $"; encoded anew with quality {quality}" : "") + "."));
        }
    }
}
