using System.Text;
using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Reading;
using Recorder.Actors.Storage.Recovery;
using Recorder.Actors.Tests.Conformance;
using Recorder.Contracts;
using Recorder.Testing;

namespace Recorder.Actors.Tests.Storage;

/// <summary>Recovery of recordings in real containers that are cut off like after a crash.</summary>
public sealed class RecordingRecoverySpecs : RecorderSpec
{
    private readonly string _root = Directory.CreateTempSubdirectory("recorder-recovery-").FullName;
    private string _folder = "";

    [Theory]
    [InlineData("video/mp4", "h264", "aac")]
    [InlineData("video/webm", "vp8", "opus")]
    [InlineData("video/x-matroska", "h264", "aac")]
    public void Invariant_6_wherever_a_recording_is_cut_all_blobs_announced_before_are_whole_and_play(string type, string video, string audio)
    {
        var blobs = RecordUntilKilled(type, video, audio);
        var (extent, index) = (Extent(2), File.ReadAllBytes(Path.Combine(_folder, "index.jsonl")));
        var whole = File.ReadAllBytes(extent);
        var indexed = blobs.Where(blob => blob.Extent == 2).ToList();
        var random = new Random(1);
        foreach (var cut in Enumerable.Range(0, 40).Select(_ => random.Next(whole.Length + 1)).Append(0).Append(whole.Length))
        {
            Restore(extent, whole[..cut], index[..^random.Next(200)]);

            var recovered = RecordingRecovery.Recover(RecordingLayout.At(_folder));

            var found = RecordingReader.Open(_folder).Read().Blobs;
            CheckAll(found);
            var kept = found.Where(blob => blob.Extent == 2).Sum(blob => blob.Length);
            kept.ShouldBeGreaterThanOrEqualTo(indexed.Where(blob => blob.Offset + blob.Length <= cut).Sum(blob => blob.Length), $"cut at {cut}");
            kept.ShouldBe(File.Exists(extent) ? new FileInfo(extent).Length : 0, $"cut at {cut}");
            (kept + (File.Exists(extent + ".torn") ? new FileInfo(extent + ".torn").Length : 0)).ShouldBe(cut, "nothing is deleted");
            found.Where(blob => blob.Extent == 1).ShouldBe(blobs.Where(blob => blob.Extent == 1));
            recovered.Description.StopReason.ShouldBe("Crashed");
            if (kept > 0)
            {
                var plays = Decoded.Of(File.ReadAllBytes(extent));
                plays.Video.Packets.ShouldNotBeEmpty($"cut at {cut}");
                (plays.Video.DecodeErrors, plays.Audio.DecodeErrors).ShouldBe((0, 0), $"cut at {cut}");
                var end = plays.Video.Packets.Max(packet => packet.Time) - plays.Video.Packets[0].Time + TimeSpan.FromMilliseconds(40);
                (found[^1].MediaTime + found[^1].Duration - TimeSpan.FromSeconds(2)).ShouldBe(end, TimeSpan.FromMilliseconds(30), $"cut at {cut}");
            }
        }
    }

    [Fact]
    public void Recovery_can_be_killed_at_any_step_and_run_again()
    {
        RecordUntilKilled();
        var (extent, index) = (Extent(2), File.ReadAllBytes(Path.Combine(_folder, "index.jsonl")));
        var whole = File.ReadAllBytes(extent);
        Restore(extent, whole[..^5], index[..^30]);
        RecordingRecovery.Recover(RecordingLayout.At(_folder)).Repairs.ShouldNotBeEmpty();
        var wanted = Files();
        var content = Directory.GetFiles(_folder).ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes);
        // Recovery is killed after it wrote the torn bytes, cut the extent, kept the lines, or wrote the index file.
        foreach (var done in new[] { 1, 2, 3, 4 })
        {
            Restore(extent, whole[..^5], index[..^30]);
            foreach (var name in new[] { "000002.mp4.torn", "000002.mp4", "index.jsonl.torn", "index.jsonl" }.Take(done))
                File.WriteAllBytes(Path.Combine(_folder, name), content[name]);

            RecordingRecovery.Recover(RecordingLayout.At(_folder));
            Files().ShouldBe(wanted, $"after step {done}");
        }

        RecordingRecovery.Recover(RecordingLayout.At(_folder)).Repairs.ShouldBeEmpty();
        RecordingRecovery.Recover(RecordingLayout.At(_folder), again: true).Repairs.ShouldBeEmpty();
        Files().ShouldBe(wanted);

        IReadOnlyList<string> Files() => [.. Directory.GetFiles(_folder).Order(StringComparer.Ordinal)
            .Select(path => $"{Path.GetFileName(path)} {Crc32C.Append(Crc32C.Empty, File.ReadAllBytes(path)):x8}")];
    }

    [Fact]
    public void An_empty_extent_left_by_a_killed_node_is_set_aside()
    {
        var blobs = RecordUntilKilled();
        File.WriteAllBytes(_folder + "/000003.mp4", []);

        RecordingRecovery.Recover(RecordingLayout.At(_folder));

        File.Exists(_folder + "/000003.mp4").ShouldBeFalse();
        File.Exists(_folder + "/000003.mp4" + ".torn").ShouldBeTrue();
        RecordingReader.Open(_folder).Read().Blobs.Take(blobs.Count).ShouldBe(blobs);
    }

    [Fact]
    public void Lines_whose_bytes_a_power_cut_took_are_removed_and_kept_aside()
    {
        var blobs = RecordUntilKilled();
        var extent = Extent(2);
        var bytes = File.ReadAllBytes(extent);
        bytes.AsSpan((int)blobs[^1].Offset).Clear();
        File.WriteAllBytes(extent, bytes);

        RecordingRecovery.Recover(RecordingLayout.At(_folder));

        var found = RecordingReader.Open(_folder).Read().Blobs;
        found.ShouldBe(blobs.SkipLast(1));
        File.ReadAllText(Path.Combine(_folder, "index.jsonl.torn")).ShouldContain($"\"seq\":{blobs[^1].Number},");
        new FileInfo(extent).Length.ShouldBe(blobs[^1].Offset);
    }

    [Fact]
    public void A_lost_index_file_is_rebuilt_from_the_extents()
    {
        var blobs = RecordUntilKilled();
        File.Delete(Path.Combine(_folder, "index.jsonl"));
        File.Delete(Path.Combine(_folder, "recording.json"));

        var recovered = RecordingRecovery.Recover(RecordingLayout.At(_folder));

        var reader = RecordingReader.Open(_folder);
        var found = reader.Read().Blobs;
        CheckAll(found);
        found.Select(blob => (blob.Number, blob.Extent, blob.Offset, blob.MediaTime, blob.StartsWithKeyFrame))
            .ShouldBe([(1L, 1, 0L, TimeSpan.Zero, true), (2L, 2, 0L, TimeSpan.FromSeconds(2), true)]);
        found.Sum(blob => blob.Length).ShouldBeGreaterThanOrEqualTo(blobs.Sum(blob => blob.Length));
        (recovered.Description.Recorder, recovered.Description.Recording).ShouldBe(("recorder-1", blobs[0].Recording.Value));
        recovered.Description.MimeType.ShouldBe("video/mp4");
    }

    [Fact]
    public void A_recording_to_be_continued_is_not_closed_and_its_end_is_reported()
    {
        var blobs = RecordUntilKilled();
        var extent = Extent(2);
        File.WriteAllBytes(extent, File.ReadAllBytes(extent)[..(int)(blobs[^1].Offset + blobs[^1].Length)]);

        var recovered = RecordingRecovery.Recover(RecordingLayout.At(_folder), toContinue: true);

        recovered.Description.StopReason.ShouldBeNull();
        recovered.Repairs.ShouldBeEmpty();
        recovered.Interrupted.ShouldBe(new InterruptedRecording(
            blobs[0].Recording, blobs[0].Type, 2, blobs[^1].Number, blobs.Sum(blob => blob.Length), blobs[^1].MediaTime + blobs[^1].Duration,
            blobs[^1].CapturedAt + blobs[^1].Duration));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_downtime_gap_is_not_repeated_when_the_node_is_killed_before_its_first_blob(bool hasFragments)
    {
        var blobs = RecordUntilKilled();
        RecordingRecovery.Recover(RecordingLayout.At(_folder), toContinue: true);
        var last = RecordingReader.Open(_folder).Read().Blobs[^1];
        var (from, to) = (last.CapturedAt + last.Duration, last.CapturedAt + last.Duration + TimeSpan.FromSeconds(10));
        var end = last.MediaTime + last.Duration + TimeSpan.FromSeconds(10);
        File.AppendAllText(Path.Combine(_folder, "index.jsonl"), Encoding.UTF8.GetString(StorageJson.Line(new IndexLine
        {
            Gap = new(nameof(GapCause.NodeDown), (last.MediaTime + last.Duration).TotalMilliseconds, 10_000, from, to, 0, "The node was not running."),
        })));
        if (hasFragments)
            File.Copy(Extent(1), Path.Combine(_folder, "000003.mp4"));

        var interrupted = RecordingRecovery.Recover(RecordingLayout.At(_folder), toContinue: true).Interrupted!;

        var length = hasFragments ? blobs.Where(blob => blob.Extent == 1).Aggregate(TimeSpan.Zero, (sum, blob) => sum + blob.Duration) : TimeSpan.Zero;
        interrupted.Duration.ShouldBe(end + length, TimeSpan.FromMilliseconds(30));
        interrupted.EndedAt.ShouldBe(to + length, TimeSpan.FromMilliseconds(30));
        if (hasFragments)
        {
            var added = RecordingReader.Open(_folder).Read().Blobs[^1];
            (added.Extent, added.MediaTime, added.CapturedAt).ShouldBe((3, end, to));
        }
    }

    [Fact]
    public void A_header_whose_completion_was_interrupted_is_completed()
    {
        RecordUntilKilled("video/x-matroska");
        var index = Path.Combine(_folder, "index.jsonl");
        var completed = IndexFile.Read(index).Single(line => line.Finalise is not null).Finalise!;
        var extent = Extent(1);
        var wanted = File.ReadAllBytes(extent);
        var bytes = wanted.ToArray();
        completed.Patches.ToList().ForEach(patch => bytes.AsSpan((int)patch.Offset, patch.Bytes.Length).Clear());
        File.WriteAllBytes(extent, bytes);

        RecordingRecovery.Recover(RecordingLayout.At(_folder));

        File.ReadAllBytes(extent).ShouldBe(wanted);
        CheckAll(RecordingReader.Open(_folder).Read().Blobs);
    }

    [Fact]
    public void A_running_recording_is_not_touched()
    {
        RecordUntilKilled();
        using (File.OpenHandle(Extent(2), FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            RecordingRecovery.IsInUse(RecordingLayout.At(_folder)).ShouldBeFalse("who reads is no recorder");
        }

        using var writer = LocalDisk.Instance.Create(Path.Combine(_folder, "000003.mp4"), overwrite: false);

        RecordingRecovery.IsInUse(RecordingLayout.At(_folder)).ShouldBeTrue();
        Should.Throw<RecordingInUseException>(() => RecordingRecovery.Recover(RecordingLayout.At(_folder))).Message.ShouldContain("being recorded");
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_root, recursive: true);
    }

    // The process dies after one complete extent and one with fragments that are not a blob yet.
    private IReadOnlyList<Blob> RecordUntilKilled(string type = "video/mp4", string video = "h264", string audio = "aac")
    {
        var source = Source("camera", ScriptedTrack.Video(video), ScriptedTrack.Audio(audio));
        var recorder = CreateRecorder(source, new RecorderOptions
        {
            MimeType = type,
            ExtentDuration = TimeSpan.FromSeconds(2),
            FragmentDuration = TimeSpan.FromMilliseconds(200),
        });
        recorder.Start(TimeSpan.FromMilliseconds(600));
        source.Emit(25 * 4 - 3);
        var blobs = recorder.Blobs;
        foreach (var path in Disk.Paths)
        {
            var copy = Path.Combine(_root, path.TrimStart('/'));
            Directory.CreateDirectory(_folder = Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, Disk.Read(path));
        }

        var read = RecordingReader.Open(_folder).Read().Blobs;
        read.Select(blob => (blob.Number, blob.Offset)).ShouldBe(blobs.Select(blob => (blob.Number, blob.Offset)));
        return read;
    }

    private string Extent(int number) =>
        Directory.GetFiles(_folder).Single(path => Path.GetFileName(path).StartsWith($"{number:D6}.", StringComparison.Ordinal));

    private void Restore(string extent, byte[] bytes, byte[] index)
    {
        File.Delete(extent + ".torn");
        File.Delete(Path.Combine(_folder, "index.jsonl.torn"));
        File.WriteAllBytes(extent, bytes);
        File.WriteAllBytes(Path.Combine(_folder, "index.jsonl"), index);
        var description = StorageJson.ReadDescription(Path.Combine(_folder, "recording.json"))!;
        File.WriteAllBytes(Path.Combine(_folder, "recording.json"), StorageJson.Document(
            description with { StopReason = null, EndedAt = null, DurationMs = null, Bytes = null, Blobs = null }));
    }

    private static void CheckAll(IReadOnlyList<Blob> blobs) => blobs.ShouldAllBe(
        blob => BlobBytes.Checksum(blob.Path, blob.Offset, blob.Length) == blob.Crc32C);
}
