using System.Text;
using System.Text.Json;
using Recorder.Actors.Storage;
using Recorder.Actors.Tests.Conformance;
using Recorder.Contracts;
using Recorder.Testing;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>A volume without space: the recording waits, and continues by itself.</summary>
public sealed class FullDiskSpecs(ITestOutputHelper output) : RecorderSpec(output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Slice = Second / 5;
    private static readonly RecorderOptions Short = new() { FragmentDuration = Slice };

    [Theory]
    [InlineData("video/mp4")]
    [InlineData("video/x-matroska")]
    public void A_full_disk_costs_whole_GOPs_that_are_in_a_gap_and_nothing_else(string mimeType)
    {
        var recorder = CreateRecorder(Source(), Short with { MimeType = mimeType });
        recorder.Start(Slice);
        Clock.Advance(2.5 * Second);
        Disk.Fill(100);
        Clock.Advance(4 * Second);
        recorder.State.ShouldBe(RecorderState.Recording);
        Disk.Fill(null);
        Clock.Advance(4 * Second);
        recorder.Stop();

        var events = recorder.Events;
        events.OfType<ErrorRaised>().ShouldBeEmpty();
        events.OfType<StorageChanged>().Select(storage => storage.Status).ShouldBe([StorageStatus.Full, StorageStatus.Writing]);
        var gap = events.OfType<GapRecorded>().ShouldHaveSingleItem();
        gap.Cause.ShouldBe(GapCause.DiskFull);
        gap.MediaTime.ShouldBeInRange(2.3 * Second, 2.6 * Second);
        (gap.MediaTime + gap.Duration).ShouldBe(7 * Second);
        (gap.To - gap.From - gap.Duration).Duration().ShouldBeLessThan(Second / 5);
        events.OfType<Stopped>().Single().Reason.ShouldBe(StopReason.Requested);

        // Every frame is either recorded or counted as lost; audio is lost for the same time.
        var played = Decoded.Of(Disk, [.. recorder.Blobs.Where(blob => blob.Length > 0)]);
        var lostFrames = (int)(gap.Duration / (Second / 25));
        played.Video.DecodeErrors.ShouldBe(0);
        played.Video.Frames.Count.ShouldBeInRange(262 - lostFrames - 1, 263 - lostFrames);
        gap.Packets.ShouldBeGreaterThan(lostFrames);
        recorder.Status.LostPackets.ShouldBeGreaterThanOrEqualTo(gap.Packets);
        CheckIndex(recorder);
        Index(recorder).ShouldContain(line => line.Gap != null && line.Gap.Cause == "DiskFull");
    }

    [Fact]
    public void An_extent_that_lacks_its_beginning_is_not_continued()
    {
        var recorder = CreateRecorder(Source(), Short with { ExtentDuration = Second });
        recorder.Start(Slice);
        Clock.Advance(1.9 * Second);
        Disk.Stall();
        Disk.Fill(10);
        Clock.Advance(0.5 * Second);
        Disk.Continue();
        Clock.Advance(Second);
        Disk.Fill(null);
        Clock.Advance(3 * Second);
        recorder.Stop();

        recorder.Events.OfType<Stopped>().Single().Reason.ShouldBe(StopReason.Requested);
        var extents = recorder.Blobs.Where(blob => blob.Length > 0).GroupBy(blob => blob.Extent).ToList();
        extents.Select(extent => extent.Key).ShouldBe(Enumerable.Range(1, extents.Count));
        extents.ForEach(extent => Decoded.Of(Disk, [.. extent]).Video.DecodeErrors.ShouldBe(0));
        CheckIndex(recorder);
    }

    [Fact]
    public void A_blob_whose_index_line_does_not_fit_is_joined_to_the_next()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera, Short);
        recorder.Start();
        Clock.Advance(1.5 * Second);
        Disk.Fill(3_000);
        Clock.Advance(0.1 * Second);
        // The free bytes are enough for a fragment, and not for a fragment with its index line.
        recorder.Send(new RequestData(recorder.Id));
        for (var call = 0; call < 30; call++)
        {
            Clock.Advance(0.04 * Second);
            recorder.Send(new RequestData(recorder.Id));
        }

        Clock.Advance(Second);
        Disk.Fill(null);
        Clock.Advance(2 * Second);
        recorder.Stop();

        recorder.Events.OfType<Stopped>().Single().Reason.ShouldBe(StopReason.Requested);
        CheckIndex(recorder);
    }

    [Fact]
    public void A_recording_that_is_stopped_while_the_disk_is_full_reports_it_and_keeps_the_announced_blobs()
    {
        var recorder = CreateRecorder(Source(), Short);
        recorder.Start(Slice);
        Clock.Advance(2 * Second);
        Disk.Fill();
        Clock.Advance(Second);
        recorder.Stop();
        Disk.Fill(null);

        recorder.Events.OfType<ErrorRaised>().Single().Error.Message.ShouldContain("full");
        recorder.Events.OfType<GapRecorded>().Single().Cause.ShouldBe(GapCause.DiskFull);
        recorder.Events.OfType<Stopped>().Single().Reason.ShouldBe(StopReason.Failed);
        CheckIndex(recorder);
    }

    [Fact]
    public void A_disk_that_is_full_at_start_is_an_error()
    {
        var recorder = CreateRecorder(Source());
        Disk.Fill();
        recorder.Start();
        Clock.Advance(2 * Second);

        recorder.ExpectStarted();
        recorder.ExpectError(ErrorName.UnknownError).Message.ShouldContain("full");
        recorder.ExpectBlob(empty: true);
        recorder.ExpectStopped(StopReason.Failed);
    }

    [Fact]
    public void Pausing_while_the_disk_is_full_ends_the_gap_and_resuming_begins_another()
    {
        var recorder = CreateRecorder(Source(), Short);
        recorder.Start(Slice);
        Clock.Advance(2 * Second);
        Disk.Fill();
        Clock.Advance(Second);
        recorder.Pause();
        Clock.Advance(Second);
        recorder.Resume();
        Clock.Advance(2 * Second);
        Disk.Fill(null);
        Clock.Advance(3 * Second);
        recorder.Stop();

        recorder.Events.OfType<GapRecorded>().Select(gap => gap.Cause).ShouldBe([GapCause.DiskFull, GapCause.DiskFull]);
        recorder.Events.OfType<Stopped>().Single().Reason.ShouldBe(StopReason.Requested);
        CheckIndex(recorder);
    }

    [Fact]
    public void A_stalled_disk_raises_an_event_when_it_stalls_and_when_it_writes_again()
    {
        var recorder = CreateRecorder(Source(), Short with { MemoryLimit = 256 << 10 });
        recorder.Start();
        Clock.Advance(Second);
        Disk.Stall();
        Clock.Advance(10 * Second);
        Disk.Continue();
        Clock.Advance(3 * Second);

        recorder.Events.OfType<StorageChanged>().Select(storage => storage.Status).ShouldBe([StorageStatus.Stalled, StorageStatus.Writing]);
        recorder.Events.OfType<GapRecorded>().ShouldHaveSingleItem().Cause.ShouldBe(GapCause.DiskStalled);
    }

    // Every announced blob is complete on disk and has an index line.
    private void CheckIndex(TestRecorder recorder)
    {
        var blobs = recorder.Blobs.Where(blob => blob.Length > 0).ToList();
        recorder.Blobs.Select(blob => blob.Number).ShouldBe(Enumerable.Range(1, recorder.Blobs.Count).Select(number => (long)number));
        blobs.ShouldAllBe(blob => Disk.Read(blob).Length == blob.Length);
        var finished = Index(recorder).Where(line => line.Finalise != null).SelectMany(line => line.Finalise!.Blobs).ToLookup(line => line.Seq);
        foreach (var blob in blobs)
        {
            var known = finished[blob.Number].LastOrDefault()?.Crc32C ?? IndexLine.Hex(blob.Crc32C);
            IndexLine.Hex(Crc32C.Append(Crc32C.Empty, Disk.Read(blob))).ShouldBe(known);
        }

        Index(recorder).Where(line => line.Seq != null).Select(line => (line.Seq!.Value, line.Extent!.Value, line.Offset!.Value, line.Length!.Value))
            .ShouldBe(blobs.Select(blob => (blob.Number, blob.Extent, blob.Offset, blob.Length)));
    }

    private List<IndexLine> Index(TestRecorder recorder) =>
        [.. Encoding.UTF8.GetString(Disk.Read(Disk.Paths.Single(path => path.EndsWith("index.jsonl", StringComparison.Ordinal))))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize(line, StorageJsonContext.Default.IndexLine)!)];
}
