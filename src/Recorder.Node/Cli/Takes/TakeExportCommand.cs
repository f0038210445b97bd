using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Storage;
using Recorder.Actors.Takes;
using Recorder.Media.Export.Editing;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;
using Recorder.Node.Configuration;
using Recorder.Node.Media;

namespace Recorder.Node.Cli.Takes;

/// <summary><c>recorder take export</c>: a take's files for an editor, made from its data folder.</summary>
internal sealed class TakeExportCommand(CommandOutput console)
{
    private readonly Argument<string?> _take = new("TAKE") { Description = "The take's id (default: the newest one).", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _data = CliOption.Text("--data", "DIR", "The data folder of the node (default: RECORDER_DATA). A node may be running on it.");
    private readonly Option<string?> _out = CliOption.Text("--out", "DIR", "Write the files to this folder (default: .).", "-o");
    private readonly Option<EditContainer?> _container = CliOption.Choice(
        "--container", "mov|mp4", "The container of the angles' files (default: mov).", ("mov", EditContainer.Mov), ("mp4", EditContainer.Mp4));
    private readonly Option<EditHoles?> _holes = CliOption.Choice(
        "--holes", "held|black", "Where nothing was recorded: hold the frame before, or show black where that can be encoded (default: held).",
        ("held", EditHoles.Stated), ("black", EditHoles.Black));
    private readonly Option<bool> _force = CliOption.Flag("--force", "Replace files that are there.");
    private readonly Option<bool> _json = CliOption.Flag("--json", "Print one line of JSON per file.");

    public Command Create() =>
        new Command("export", "Write a take for an editor: a file an angle at constant rate with time code, and .otio, .fcpxml, .edl and a manifest.") { _take }
            .With(_data, _out, _container, _holes, _force, _json).Runs(RunAsync);

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var data = line.RequireDataFolder(_data);
        var take = Find(data, line.GetValue(_take));
        if (take.At is null)
            throw new UsageException($"Take {take.Id} was not recorded; there is nothing to export.");

        var folder = line.GetValue(_out) ?? ".";
        var library = new MediaLibrary(new ServeOptions { DataFolder = data });
        var options = new TakeExportOptions(line.GetValue(_container) ?? EditContainer.Mov, line.GetValue(_holes) ?? EditHoles.Stated, line.GetValue(_force));
        var failed = 0;
        await foreach (var file in new TakeExport(take, library, folder, options).WriteAsync(Show, cancellationToken))
        {
            console.SetLive([]);
            failed += file.Problem is null ? 0 : 1;
            Print(file, line.GetValue(_json));
        }

        return failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

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
        const int Width = 30;
        if (!console.IsTerminal || done.Of == 0)
            return;

        var part = (int)Math.Clamp(done.Frames * Width / done.Of, 0, Width);
        console.SetLive([$"{TextTable.Clean(name)}  [{new string('#', part)}{new string('.', Width - part)}] {done.Frames} of {done.Of} frames"]);
    }

    private void Print(ExportedFile file, bool json)
    {
        var report = file.Report;
        if (json)
        {
            var text = new JsonObject { ["file"] = file.Name };
            if (file.Problem is not null)
                text["problem"] = file.Problem;
            if (report is not null)
            {
                text["timeCode"] = report.TimeCode.ToString();
                text["rate"] = report.Rate.ToString();
                text["frames"] = report.Length;
                text["sourceFrames"] = report.SourceFrames;
                text["largestShift"] = report.LargestShift.TotalMilliseconds;
                text["drift"] = Math.Round(report.DriftPpm, 1);
                text["holes"] = report.Holes.Count;
                text["isConstantRate"] = report.IsConstantRate;
            }

            console.Line(text.ToJsonString());
        }
        else if (file.Problem is not null)
        {
            console.Error($"{file.Name}: {file.Problem}");
        }
        else
        {
            console.Line(report is null ? file.Name : string.Create(
                CultureInfo.InvariantCulture,
                $"{file.Name}: {report.Length} frames at {report.Rate} from {report.TimeCode}, {report.Bytes / 1e6:0.0} MB; a frame was moved by {report.LargestShift.TotalMilliseconds:0.0} ms at most") +
                (report.Holes.Count > 0 ? $", {report.Holes.Count} holes" : "") + ".");
        }
    }
}
