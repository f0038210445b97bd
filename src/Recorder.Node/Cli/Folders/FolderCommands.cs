using System.Text.Json.Serialization;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Repair;
using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Recovery;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Folders;

/// <summary><c>recorder verify</c> and <c>recorder repair</c>: check the recordings in a folder. It can be the data folder of a
/// node, which may be running, or a folder of <c>recorder record --out</c>.</summary>
internal sealed class FolderCommands(CommandOutput console)
{
    public const string VerifyDescription =
        "Check recordings against their index and checksums, and the catalogue against the recordings.";

    public const string RepairDescription =
        "Repair recordings after a crash, and rebuild the catalogue from the recordings. Deletes nothing.";

    private const string Catalogue = "catalogue.db";

    private readonly Option<string?> _data = CliOption.Text(
        "--data", "DIR", "The data folder of a node, or any folder with recordings (default: RECORDER_DATA).");

    private readonly Option<bool> _json = CliOption.Flag("--json", "Print one line of JSON per recording.");

    private readonly Argument<string[]> _names = new("RECORDER[/RECORDING]")
    {
        Description = "Only recordings of this recorder, or only this recording (default: all).",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public Command CreateVerify() => Create("verify", VerifyDescription, VerifyRecording, VerifyCatalogueAsync);

    public Command CreateRepair() => Create("repair", RepairDescription, RepairRecording, RepairCatalogueAsync);

    private Command Create(
        string name, string description, Func<string, RecordingLayout, Progress, CancellationToken, Finding> checkRecording,
        Func<string, CancellationToken, Task<Finding>> checkCatalogue)
    {
        var command = new Command(name, description) { _names, _data, _json };
        command.SetAction((line, cancellationToken) =>
            Task.Run(() => RunAsync(line, checkRecording, checkCatalogue, cancellationToken), CancellationToken.None));
        return command;
    }

    private async Task<int> RunAsync(
        ParseResult line, Func<string, RecordingLayout, Progress, CancellationToken, Finding> checkRecording,
        Func<string, CancellationToken, Task<Finding>> checkCatalogue, CancellationToken cancellationToken)
    {
        var data = line.RequireDataFolder(_data);
        if (!Directory.Exists(data))
            throw new UsageException($"--data '{data}' is not a folder.");

        var root = Path.GetFullPath(Directory.Exists(Path.Combine(data, "recordings")) ? Path.Combine(data, "recordings") : data);
        var names = line.GetValue(_names) ?? [];
        var layouts = SelectRecordings(root, names);
        var json = line.GetValue(_json);
        var progress = new Progress(json ? null : console);
        var (recordings, failed, blobs, bytes) = (0, 0, 0L, 0L);
        try
        {
            foreach (var layout in layouts)
            {
                var finding = checkRecording(NameOf(root, layout), layout, progress, cancellationToken);
                recordings++;
                blobs += finding.Blobs;
                bytes += finding.Bytes;
                Add(finding);
            }

            if (names.Length == 0 && IsDataFolder(data, root))
                Add(await checkCatalogue(data, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            progress.Clear();
            return ExitCode.Aborted;
        }

        progress.Clear();
        if (!json)
        {
            var result = failed == 0 ? "all is well" : $"{failed} with problems";
            console.Line(
                $"{Quantity.Counted(recordings, "recording")}, {Quantity.Counted(blobs, "blob")}, {Quantity.Size(bytes)}: {result}");
        }

        return failed == 0 ? ExitCode.Done : ExitCode.Failed;

        void Add(Finding finding)
        {
            failed += finding.Problems.Count > 0 ? 1 : 0;
            Print(finding, json, progress);
        }
    }

    private static IEnumerable<RecordingLayout> SelectRecordings(string root, string[] names) =>
        names.Length == 0 ? RecordingTree.Find(root) : [.. names.SelectMany(name => FindRecordings(root, name))];

    private static IEnumerable<RecordingLayout> FindRecordings(string root, string name)
    {
        var path = Path.GetFullPath(Path.Combine(root, name.Replace('~', '/')));
        var isBelowRoot = path.StartsWith(root, StringComparison.Ordinal);
        return isBelowRoot && Directory.Exists(path) ? RecordingTree.Find(path)
            : isBelowRoot && File.Exists(path + ".index.jsonl") ? [RecordingLayout.At(path)]
            : throw new UsageException($"There is no '{name}' in '{root}'; expected RECORDER or RECORDER/RECORDING.");
    }

    private static string NameOf(string root, RecordingLayout layout)
    {
        var path = layout.IsSingleFile ? layout.Index[..^".index.jsonl".Length] : layout.Folder;
        return path == root ? Path.GetFileName(path) : Path.GetRelativePath(root, path);
    }

    private static Finding VerifyRecording(
        string name, RecordingLayout layout, Progress progress, CancellationToken cancellationToken)
    {
        progress.Begin(name);
        var verified = RecordingVerifier.Verify(layout, progress, cancellationToken);
        return new Finding(name, StateOf(verified), verified.Blobs, verified.Bytes, verified.Problems, []);
    }

    private static Finding RepairRecording(
        string name, RecordingLayout layout, Progress progress, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> repairs = [];
        if (!RecordingRecovery.IsInUse(layout))
        {
            // The node of a recorder decides whether it continues an open recording.
            var belongsToNode = File.Exists(Path.Combine(Path.GetDirectoryName(layout.Folder) ?? "/", "recorder.json"));
            repairs = RecordingRecovery.Recover(layout, toContinue: belongsToNode && IsOpen(layout), again: true).Repairs;
        }

        return VerifyRecording(name, layout, progress, cancellationToken) with { Repairs = repairs };
    }

    // The folder of `record --out` needs no catalogue.
    private static bool IsDataFolder(string data, string root) =>
        File.Exists(Path.Combine(data, Catalogue)) || File.Exists(Path.Combine(data, "node.lock"))
        || Directory.EnumerateFiles(
            root, "recorder.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }).Any();

    private static Task<Finding> VerifyCatalogueAsync(string data, CancellationToken cancellationToken)
    {
        var found = CatalogueCheck.Run(data);
        List<string> problems = [.. found.Wrong.Select(entry => $"{entry.Recording}: {entry.Problem}")];
        if (found.Unusable is { } unusable)
            problems.Add($"{unusable}; 'recorder repair' rebuilds it from the recordings");

        return Task.FromResult(new Finding(Catalogue, found.Unusable is null ? "complete" : "unusable", 0, 0, problems, []));
    }

    private static async Task<Finding> RepairCatalogueAsync(string data, CancellationToken cancellationToken)
    {
        try
        {
            var repairs = await CatalogueRepair.RunAsync(data, TimeProvider.System, cancellationToken);
            return (await VerifyCatalogueAsync(data, cancellationToken)) with { Repairs = repairs };
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or CatalogueUnavailableException)
        {
            return new Finding(Catalogue, "unusable", 0, 0, [$"not repaired: {failed.Message.TrimEnd('.')}"], []);
        }
    }

    private static bool IsOpen(RecordingLayout layout) => StorageJson.ReadDescription(layout.Description)?.StopReason is null;

    private static string StateOf(VerifiedRecording verified) =>
        verified.IsInUse ? "recording" : verified.Description?.StopReason is null ? "interrupted" : "complete";

    private void Print(Finding finding, bool json, Progress progress)
    {
        progress.Clear();
        if (json)
        {
            console.Line(JsonSerializer.Serialize(finding, FindingJsonContext.Default.Finding));
            return;
        }

        foreach (var repair in finding.Repairs)
            console.Line($"{finding.Recording}: {repair}");

        foreach (var problem in finding.Problems)
            console.ErrorLine($"{finding.Recording}: {problem}.");
    }

    private sealed class Progress(CommandOutput? console) : IProgress<long>
    {
        private const long Step = 64L << 20;

        private readonly CommandOutput? _console = console is { IsTerminal: true } ? console : null;
        private string _name = "";
        private long _bytes;
        private long _shown;

        public void Begin(string name)
        {
            (_name, _bytes, _shown) = (name, 0, 0);
            _console?.SetLive([name]);
        }

        public void Report(long value)
        {
            _bytes += value;
            if (_bytes - _shown >= Step)
            {
                _shown = _bytes;
                _console?.SetLive([$"{_name}  {Quantity.Size(_bytes)}"]);
            }
        }

        public void Clear() => _console?.SetLive([]);
    }
}

/// <summary>The result for one recording, or for the catalogue. Problems and repairs are a sentence each.</summary>
internal sealed record Finding(
    string Recording, string State, long Blobs, long Bytes, IReadOnlyList<string> Problems, IReadOnlyList<string> Repairs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Finding))]
internal sealed partial class FindingJsonContext : JsonSerializerContext;
