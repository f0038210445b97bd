using System.Text;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Storage;

public sealed class RecordingFilesSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-files-").FullName;
    private readonly RecordingId _recording = new("20260101T000000.000Z-1");
    private readonly RecordingLayout _layout;
    private readonly RecordingFiles _files;

    public RecordingFilesSpecs()
    {
        _layout = RecordingLayout.For(new RecordingTarget(_folder), new RecorderId("cam"), _recording);
        _files = new RecordingFiles(_layout, LocalDisk.Instance);
    }

    public void Dispose()
    {
        _files.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Crc32C_is_the_Castagnoli_checksum() =>
        Crc32C.Append(Crc32C.Empty, "123456789"u8).ShouldBe(0xE3069283);

    [Fact]
    public void Crc32C_of_consecutive_parts_equals_that_of_the_whole()
    {
        var bytes = Enumerable.Range(0, 1000).Select(number => (byte)number).ToArray();

        Crc32C.Append(Crc32C.Append(Crc32C.Empty, bytes.AsSpan(0, 333)), bytes.AsSpan(333)).ShouldBe(Crc32C.Append(Crc32C.Empty, bytes));
    }

    [Fact]
    public void Invariant_3_a_blob_is_the_bytes_since_the_last_one_with_its_checksum_in_the_index()
    {
        _files.BeginExtent(1, ".mp4");
        Append("first ");
        Append("blob");
        var first = _files.EndBlob(Mark(1), ".mp4");
        Append("second");
        var second = _files.EndBlob(Mark(2), ".mp4");
        _files.Dispose();

        var bytes = File.ReadAllBytes(first.Path);
        Encoding.ASCII.GetString(bytes).ShouldBe("first blobsecond");
        (first.Offset, first.Length, second.Offset, second.Length).ShouldBe((0, 10, 10, 6));
        IndexFile.Read(_layout.Index).Select(line => line.Crc32C)
            .ShouldBe([IndexLine.Hex(Crc32C.Append(0, "first blob"u8)), IndexLine.Hex(Crc32C.Append(0, "second"u8))]);
        second.Crc32C.ShouldBe(Crc32C.Append(0, "second"u8));
    }

    [Fact]
    public void An_empty_blob_leaves_no_index_line()
    {
        _files.BeginExtent(1, ".mp4");
        _files.EndBlob(Mark(1), ".mp4").Length.ShouldBe(0);

        IndexFile.Read(_layout.Index).ShouldBeEmpty();
    }

    [Fact]
    public void Each_extent_is_a_file_whose_blobs_count_from_its_beginning()
    {
        _files.BeginExtent(1, ".mp4");
        Append("one");
        _files.EndBlob(Mark(1), ".mp4");
        _files.BeginExtent(2, ".mp4");
        Append("two");
        var second = _files.EndBlob(Mark(2), ".mp4");

        (second.Extent, second.Offset, Path.GetFileName(second.Path)).ShouldBe((2, 0L, "000002.mp4"));
        Directory.GetFiles(_layout.Folder, "*.mp4").Length.ShouldBe(2);
    }

    [Fact]
    public void Completing_a_header_writes_new_checksums_of_the_blobs_it_changes()
    {
        _files.BeginExtent(1, ".webm");
        Append("header....body");
        _files.EndBlob(Mark(1), ".webm");
        Append("more");
        _files.EndBlob(Mark(2), ".webm");
        _files.Finalise([new MediaPatch(6, "DONE"u8.ToArray())]);
        _files.Dispose();

        File.ReadAllText(_layout.Extent(1, ".webm")).ShouldBe("headerDONEbodymore");
        var finalise = IndexFile.Read(_layout.Index)[^1].Finalise.ShouldNotBeNull();
        finalise.Blobs.ShouldBe([new IndexLine.ChecksumLine(1, IndexLine.Hex(Crc32C.Append(0, "headerDONEbody"u8)))]);
        finalise.Patches[0].Bytes.ToArray().ShouldBe("DONE"u8.ToArray());
    }

    [Fact]
    public void An_existing_file_is_not_touched_unless_it_may_be_overwritten()
    {
        var path = Path.Combine(_folder, "take.mp4");
        File.WriteAllText(path, "precious");
        using var refused = new RecordingFiles(RecordingLayout.For(new RecordingTarget(null, path), new RecorderId("cam"), _recording), LocalDisk.Instance);
        using var allowed = new RecordingFiles(RecordingLayout.For(new RecordingTarget(null, path, true), new RecorderId("cam"), _recording), LocalDisk.Instance);

        Should.Throw<IOException>(() => refused.BeginExtent(1, ".mp4"));
        File.ReadAllText(path).ShouldBe("precious");
        allowed.BeginExtent(1, ".mp4");
        new FileInfo(path).Length.ShouldBe(0);
    }

    [Theory]
    [InlineData("take.mp4.recording.json")]
    [InlineData("take.mp4.index.jsonl")]
    public void No_file_is_created_where_a_file_of_another_recording_exists(string part)
    {
        File.WriteAllText(Path.Combine(_folder, part), "precious");
        using var refused = new RecordingFiles(
            RecordingLayout.For(new RecordingTarget(null, Path.Combine(_folder, "take.mp4")), new RecorderId("cam"), _recording), LocalDisk.Instance);

        Should.Throw<IOException>(() => refused.BeginExtent(1, ".mp4")).Message.ShouldContain(part);
        refused.AreOurs.ShouldBeFalse();
        Directory.GetFiles(_folder).Select(Path.GetFileName).ShouldBe([part]);
    }

    [Fact]
    public void Files_are_closed_even_if_they_cannot_be_made_durable()
    {
        var files = new RecordingFiles(_layout, new UnflushableDisk());
        files.BeginExtent(1, ".mp4");

        Should.Throw<IOException>(files.Dispose);
        OpenFiles().ShouldBeEmpty();
        Should.NotThrow(files.Dispose);
    }

    [Fact]
    public void A_description_is_replaced_as_a_whole()
    {
        var description = new RecordingDescription { Recorder = "cam", Recording = _recording.Value, Source = "test:", Node = "n", StartedAt = DateTimeOffset.UnixEpoch };
        _files.Describe(description);
        _files.Describe(description with { StopReason = "Requested" });

        File.ReadAllText(_layout.Description).ShouldContain("\"stopReason\": \"Requested\"");
        Directory.GetFiles(_layout.Folder).ShouldBe([_layout.Description]);
    }

    /// <summary>This machine's disk, on which nothing becomes durable.</summary>
    private sealed class UnflushableDisk : IDisk
    {
        public void CreateFolder(string path) => LocalDisk.Instance.CreateFolder(path);

        public bool Exists(string path) => LocalDisk.Instance.Exists(path);

        public IDiskFile Create(string path, bool overwrite) => new UnflushableFile(LocalDisk.Instance.Create(path, overwrite));

        public void Replace(string path, ReadOnlySpan<byte> content) => LocalDisk.Instance.Replace(path, content);

        public void Remove(IReadOnlyList<string> files, string? folder) => LocalDisk.Instance.Remove(files, folder);

        public long FreeBytes(string folder) => LocalDisk.Instance.FreeBytes(folder);

        public void FlushFolder(string path) => throw new IOException("The disk broke.");
    }

    private sealed class UnflushableFile(IDiskFile file) : IDiskFile
    {
        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> segments, long offset) => file.Write(segments, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => file.Write(bytes, offset);

        public int Read(Span<byte> into, long offset) => file.Read(into, offset);

        public void SetLength(long length) => file.SetLength(length);

        public void BeginFlush() => file.BeginFlush();

        public void Flush() => throw new IOException("The disk broke.");

        public void Dispose() => file.Dispose();
    }

    private IEnumerable<string> OpenFiles() =>
        new DirectoryInfo("/proc/self/fd").GetFiles().Select(file => file.LinkTarget ?? "").Where(path => path.StartsWith(_folder, StringComparison.Ordinal));

    private BlobMark Mark(long number) =>
        new(_recording, number, "video/mp4", TimeSpan.FromSeconds(number - 1), TimeSpan.FromSeconds(1), DateTimeOffset.UnixEpoch, Key: true);

    private void Append(string text)
    {
        using var bytes = MediaBytes.CopyOf(Encoding.ASCII.GetBytes(text));
        _files.Append(bytes);
    }
}
