using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Repair;
using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Recovery;

namespace Recorder.Node.Cli;

/// <summary>
/// <c>recorder verify</c> and <c>recorder repair</c>: recordings in their folders, whether a node runs on them or not, also those that
/// <c>recorder record --out</c> made.
/// </summary>
internal sealed class FolderCommands(CommandOutput console)
{
    public const string VerifyDescription =
        "Compare recordings with their index, every blob with its checksum, and a node's catalogue with its recordings.";

    public const string RepairDescription =
        "Make recordings whole again that a crash cut off, and a node's catalogue from their folders. Deletes nothing.";

    private const string Catalogue = "catalogue.db";

    private readonly Option<string> _data = new("--data") { HelpName = "DIR", Description = "A node's data folder, or any folder with recordings in it." };

    private readonly Option<bool> _json = new("--json") { Description = "Print one line of JSON a recording.", Arity = ArgumentArity.Zero };

    private readonly Argument<string[]> _which = new("RECORDER[/RECORDING]")
    {
        Description = "Only recordings of a recorder, or only one (all).",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>The command that changes nothing.</summary>
    public Command CreateVerify()
    {
        var command = new Command("verify", VerifyDescription) { _which, _data, _json };
        command.SetAction((line, cancellationToken) => Task.Run(() => RunAsync(line, VerifyOne, VerifyCatalogueAsync, cancellationToken), CancellationToken.None));
        return command;
    }

    /// <summary>The command that makes whole again.</summary>
    public Command CreateRepair()
    {
        var command = new Command("repair", RepairDescription) { _which, _data, _json };
        command.SetAction((line, cancellationToken) => Task.Run(() => RunAsync(line, RepairOne, RepairCatalogueAsync, cancellationToken), CancellationToken.None));
        return command;
    }

    private async Task<int> RunAsync(
        ParseResult line, Func<string, RecordingLayout, Progress, CancellationToken, Finding> look,
        Func<string, CancellationToken, Task<Finding>> lookAtCatalogue, CancellationToken cancellationToken)
    {
        var data = new OptionReader(line).Text(_data) ?? Environment.GetEnvironmentVariable("RECORDER_DATA");
        if (string.IsNullOrEmpty(data) || !Directory.Exists(data))
        {
            console.Error(string.IsNullOrEmpty(data)
                ? "Which? Say --data DIR: a node's data folder, or any folder with recordings in it."
                : $"--data '{data}' is no folder: say the one that the recordings are in.");
            return CommandLine.Usage;
        }

        var root = Path.GetFullPath(Directory.Exists(Path.Combine(data, "recordings")) ? Path.Combine(data, "recordings") : data);
        var json = line.GetValue(_json);
        var progress = new Progress(json ? null : console);
        var (found, wrong, blobs, bytes) = (0, 0, 0L, 0L);
        try
        {
            string[] which = line.GetValue(_which) ?? [];
            foreach (var layout in Chosen(root, which))
            {
                var finding = look(NameOf(root, layout), layout, progress, cancellationToken);
                (found, wrong) = (found + 1, wrong + (finding.Problems.Count > 0 ? 1 : 0));
                (blobs, bytes) = (blobs + finding.Blobs, bytes + finding.Bytes);
                Say(finding, json, progress);
            }

            if (which.Length == 0 && IsOfNode(data, root))
            {
                var finding = await lookAtCatalogue(data, cancellationToken);
                wrong += finding.Problems.Count > 0 ? 1 : 0;
                Say(finding, json, progress);
            }
        }
        catch (OperationCanceledException)
        {
            progress.Clear();
            return CommandLine.Aborted;
        }
        catch (DirectoryNotFoundException missing)
        {
            console.Error(missing.Message);
            return CommandLine.Usage;
        }

        progress.Clear();
        if (!json)
        {
            console.Line($"{found} recordings, {blobs} blobs, {Quantity.Size(bytes)}: {(wrong == 0 ? "all is well" : $"{wrong} with problems")}");
        }

        return wrong == 0 ? CommandLine.Done : CommandLine.Failed;
    }

    private static IEnumerable<RecordingLayout> Chosen(string root, string[] which)
    {
        if (which.Length == 0)
        {
            return RecordingTree.Find(root);
        }

        return which.SelectMany(name =>
        {
            var path = Path.GetFullPath(Path.Combine(root, name.Replace('~', '/')));
            return path.StartsWith(root, StringComparison.Ordinal) && (Directory.Exists(path) || File.Exists(path + ".index.jsonl"))
                ? Directory.Exists(path) ? RecordingTree.Find(path) : [RecordingLayout.At(path)]
                : throw new DirectoryNotFoundException($"There is no '{name}' in '{root}': say RECORDER or RECORDER/RECORDING.");
        });
    }

    private static string NameOf(string root, RecordingLayout layout)
    {
        var path = layout.IsSingleFile ? layout.Index[..^".index.jsonl".Length] : layout.Folder;
        return path == root ? Path.GetFileName(path) : Path.GetRelativePath(root, path);
    }

    private static Finding VerifyOne(string name, RecordingLayout layout, Progress progress, CancellationToken cancellationToken)
    {
        progress.Begin(name);
        var verified = RecordingVerifier.Verify(layout, progress, cancellationToken);
        return new Finding(name, StateOf(verified), verified.Blobs, verified.Bytes, verified.Problems, []);
    }

    private static Finding RepairOne(string name, RecordingLayout layout, Progress progress, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> repairs = [];
        if (!RecordingRecovery.IsInUse(layout))
        {
            // Of a recorder that a node keeps, the node decides whether it goes on.
            var keepsOpen = File.Exists(Path.Combine(Path.GetDirectoryName(layout.Folder) ?? "/", "recorder.json"));
            repairs = RecordingRecovery.Recover(layout, toContinue: keepsOpen && IsOpen(layout), again: true).Repairs;
        }

        return VerifyOne(name, layout, progress, cancellationToken) with { Repairs = repairs };
    }

    // The folder of `record --out` has no catalogue and needs none.
    private static bool IsOfNode(string data, string root) =>
        File.Exists(Path.Combine(data, Catalogue)) || File.Exists(Path.Combine(data, "node.lock"))
        || Directory.EnumerateFiles(root, "recorder.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }).Any();

    private static Task<Finding> VerifyCatalogueAsync(string data, CancellationToken cancellationToken)
    {
        var found = CatalogueCheck.Run(data);
        List<string> problems = [.. found.Wrong.Select(it => $"{it.Recording}: {it.Problem}")];
        if (found.Unusable is { } unusable)
        {
            problems.Add($"{unusable}: 'recorder repair' makes it again from the folders");
        }

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
            return new Finding(Catalogue, "unusable", 0, 0, [$"it was left as it is: {failed.Message.TrimEnd('.')}"], []);
        }
    }

    private static bool IsOpen(RecordingLayout layout) => StorageJson.ReadDescription(layout.Description)?.StopReason is null;

    private static string StateOf(VerifiedRecording verified) =>
        verified.IsInUse ? "recording" : verified.Description?.StopReason is null ? "interrupted" : "complete";

    private void Say(Finding finding, bool json, Progress progress)
    {
        progress.Clear();
        if (json)
        {
            console.Line(JsonSerializer.Serialize(finding, FindingJsonContext.Default.Finding));
            return;
        }

        foreach (var repair in finding.Repairs)
        {
            console.Line($"{finding.Recording}: {repair}");
        }

        foreach (var problem in finding.Problems)
        {
            console.ErrorLine($"{finding.Recording}: {problem}.");
        }
    }

    /// <summary>How far it is, on a terminal.</summary>
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

/// <summary>What was found of one recording.</summary>
/// <param name="Recording">Its path below the folder.</param>
/// <param name="State">recording, interrupted or complete.</param>
/// <param name="Blobs">Blobs that are as the index says.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Problems">What is wrong, a sentence each.</param>
/// <param name="Repairs">What was done, a sentence each.</param>
internal sealed record Finding(
    string Recording, string State, long Blobs, long Bytes, IReadOnlyList<string> Problems, IReadOnlyList<string> Repairs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Finding))]
internal sealed partial class FindingJsonContext : JsonSerializerContext;
