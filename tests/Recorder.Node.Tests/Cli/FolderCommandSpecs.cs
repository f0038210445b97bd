using System.Text;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Node.Cli;

namespace Recorder.Node.Tests.Cli;

/// <summary><c>recorder verify</c> and <c>recorder repair</c> over folders.</summary>
public sealed class FolderCommandSpecs : IDisposable
{
    private const string Recording = "20260101T000000.000Z-1";

    private readonly Folder _folder = new();
    private readonly RecordingLayout _layout;
    private readonly RecordingFiles _files;

    public FolderCommandSpecs()
    {
        _layout = RecordingLayout.For(new RecordingTarget(_folder["recordings"]), new RecorderId("cam"), new RecordingId(Recording));
        _files = new RecordingFiles(_layout, LocalDisk.Instance);
        _files.BeginExtent(1, ".mp4");
        Record(1);
        Record(2);
        _files.BeginExtent(2, ".mp4");
        Record(3);
        Describe(null);
    }

    public void Dispose()
    {
        _files.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_running_recording_and_a_complete_one_have_no_problems()
    {
        (await RunAsync("verify")).ShouldBe((0, "1 recording, 3 blobs, 18 B: all is well\n", ""));
        // The recorder has begun the next blob, and the next extent.
        Append("blob 4");
        _files.BeginExtent(3, ".mp4");
        (await RunAsync("verify", "--json")).Output.ShouldContain("\"state\":\"recording\"");
        (await RunAsync("verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task The_catalogue_of_a_node_is_verified_and_rebuilt()
    {
        Complete();
        File.WriteAllText(_folder["recordings/cam/recorder.json"], "{}");

        var verified = await RunAsync("verify");
        var (code, output, _) = await RunAsync("repair");

        verified.ShouldBe((
            1, "1 recording, 3 blobs, 18 B: 1 with problems\n",
            "catalogue.db: catalogue.db is missing; 'recorder repair' rebuilds it from the recordings.\n"));
        code.ShouldBe(0);
        output.ShouldContain("catalogue.db: 1 recordings were entered from their folders\n");
        (await RunAsync("verify")).ExitCode.ShouldBe(0);
        (await RunAsync("repair")).Output.ShouldBe("1 recording, 3 blobs, 18 B: all is well\n");
    }

    [Fact]
    public async Task A_catalogue_in_use_by_a_node_is_not_repaired()
    {
        Complete();
        File.WriteAllText(_folder["recordings/cam/recorder.json"], "{}");
        using var node = FolderLock.Take(_folder.Path);

        var (code, _, error) = await RunAsync("repair");

        code.ShouldBe(1);
        error.ShouldStartWith("catalogue.db: not repaired: The data folder");
    }

    [Fact]
    public async Task Each_problem_is_a_sentence_and_the_exit_code_is_1()
    {
        Complete();
        var bytes = File.ReadAllBytes(_layout.Extent(1, ".mp4"));
        bytes[7] ^= 1;
        File.WriteAllBytes(_layout.Extent(1, ".mp4"), bytes);
        File.AppendAllText(_layout.Extent(2, ".mp4"), "rest");
        File.AppendAllText(_layout.Index, "{\"seq\":4,\"ext");

        var (code, output, error) = await RunAsync("verify");

        code.ShouldBe(1);
        output.ShouldBe("1 recording, 2 blobs, 12 B: 1 with problems\n");
        var name = $"cam/{Recording}: ";
        var lines = error.TrimEnd('\n').Split('\n');
        lines.Length.ShouldBe(3);
        lines.ShouldContain(line => line.StartsWith(name + "blob 2 in 000001.mp4 is damaged: its checksum is", StringComparison.Ordinal));
        lines.ShouldContain($"{name}index.jsonl ends with an incomplete line.");
        lines.ShouldContain($"{name}000002.mp4 has 4 bytes after its last blob.");
    }

    [Fact]
    public async Task A_file_that_retention_deleted_is_not_missing_but_one_in_the_middle_is()
    {
        Complete();
        File.Delete(_layout.Extent(1, ".mp4"));
        (await RunAsync("verify")).ShouldBe((0, "1 recording, 1 blob, 6 B: all is well\n", ""));
        File.Move(_layout.Extent(2, ".mp4"), _layout.Extent(1, ".mp4"));

        (await RunAsync("verify")).Error.ShouldContain("extent 2 with blob 3 is missing.");
    }

    // In a cluster: the node continued a recording of another one, which was paused, and it was stopped.
    [Fact]
    public async Task A_recording_that_ended_here_before_anything_of_it_was_stored_here_is_well()
    {
        Complete();
        File.Delete(_layout.Extent(1, ".mp4"));
        File.Delete(_layout.Extent(2, ".mp4"));
        File.Delete(_layout.Index);

        (await RunAsync("verify")).ShouldBe((0, "1 recording, 0 blobs, 0 B: all is well\n", ""));
    }

    [Fact]
    public async Task Repair_fixes_a_recording_after_a_crash_and_reports_the_repairs()
    {
        _files.Dispose();
        File.AppendAllText(_layout.Extent(2, ".mp4"), "rest");
        (await RunAsync("verify")).ExitCode.ShouldBe(1);

        var (code, output, error) = await RunAsync("repair");

        (code, error).ShouldBe((0, ""));
        output.ShouldContain($"cam/{Recording}: 000002.mp4: 4 bytes of an incomplete fragment were moved to 000002.mp4.torn.\n");
        File.ReadAllText(_layout.Extent(2, ".mp4") + ".torn").ShouldBe("rest");
        StorageJson.ReadDescription(_layout.Description)!.StopReason.ShouldBe("Crashed");
        (await RunAsync("verify", "--json")).Output.ShouldContain("\"state\":\"complete\"");
    }

    [Fact]
    public async Task Repair_skips_a_running_recording_and_keeps_one_open_that_a_node_may_continue()
    {
        File.AppendAllText(_layout.Extent(2, ".mp4"), "rest");
        (await RunAsync("repair")).ExitCode.ShouldBe(0);
        File.Exists(_layout.Extent(2, ".mp4") + ".torn").ShouldBeFalse();
        _files.Dispose();
        File.WriteAllText(Path.Combine(_folder["recordings"], "cam", "recorder.json"), "{}");

        (await RunAsync("repair")).ExitCode.ShouldBe(0);

        File.Exists(_layout.Extent(2, ".mp4") + ".torn").ShouldBeTrue();
        StorageJson.ReadDescription(_layout.Description)!.StopReason.ShouldBeNull();
    }

    [Fact]
    public async Task One_recorder_or_one_recording_can_be_chosen_and_an_unknown_one_is_refused()
    {
        (await RunAsync("verify", "cam")).Output.ShouldStartWith("1 recording,");
        (await RunAsync("verify", $"cam/{Recording}")).Output.ShouldStartWith("1 recording,");
        (await RunAsync("verify", $"cam~{Recording}")).Output.ShouldStartWith("1 recording,");
        (await RunAsync("verify", "hall")).ShouldBe(
            (2, "", $"recorder: There is no 'hall' in '{_folder["recordings"]}'; expected RECORDER or RECORDER/RECORDING.\n"));
        (await RunAsync("verify", "../..")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task A_file_of_record_is_verified_with_the_index_beside_it()
    {
        var layout = RecordingLayout.For(new RecordingTarget(null, _folder["recordings/take.mp4"]), new RecorderId("x"), new RecordingId("y"));
        using var files = new RecordingFiles(layout, LocalDisk.Instance);
        files.BeginExtent(1, ".mp4");
        files.Describe(StorageJson.ReadDescription(_layout.Description)!);

        (await RunAsync("verify", "--json")).Output.ShouldContain("\"recording\":\"take.mp4\"");
    }

    [Fact]
    public async Task A_missing_folder_is_refused()
    {
        (await Terminal.RefusalOfAsync("verify")).ShouldBe("Missing required option '--data DIR'.");
        (await Terminal.RefusalOfAsync("repair", "--data", "/no/such")).ShouldBe("--data '/no/such' is not a folder.");
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string command, params string[] arguments)
    {
        var terminal = new Terminal();
        var code = await CommandLine.RunAsync([command, "--data", _folder.Path, .. arguments], terminal.Console);
        return (code, terminal.Output, terminal.Error);
    }

    private void Complete()
    {
        Describe("Requested");
        _files.Dispose();
    }

    private void Append(string text)
    {
        using var bytes = MediaBytes.CopyOf(Encoding.ASCII.GetBytes(text));
        _files.Append(bytes);
    }

    private void Record(int number)
    {
        Append($"blob {number}");
        _files.EndBlob(
            new BlobMark(
                new RecordingId(Recording), number, "video/mp4", TimeSpan.FromSeconds(number - 1), TimeSpan.FromSeconds(1),
                DateTimeOffset.UnixEpoch, Key: true),
            ".mp4");
    }

    private void Describe(string? reason) => _files.Describe(new RecordingDescription
    {
        Recorder = "cam",
        Recording = Recording,
        Source = "test:",
        Node = "here",
        StartedAt = DateTimeOffset.UnixEpoch,
        MimeType = "video/mp4",
        StopReason = reason,
        Bytes = reason is null ? null : 18,
    });
}
