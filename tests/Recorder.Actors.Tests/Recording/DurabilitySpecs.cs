using Recorder.Contracts;
using Recorder.Testing;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>Blobs are announced as durable in time, and then survive a power cut.</summary>
public sealed class DurabilitySpecs(ITestOutputHelper output) : RecorderSpec(output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Slice = Second / 5;

    [Fact]
    public void A_blob_is_durable_within_a_second_and_after_its_event()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start(Slice);
        Clock.Advance(5 * Second);

        var events = recorder.Events;
        foreach (var data in events.OfType<DataAvailable>().Where(data => data.At < Clock.GetUtcNow() - Second))
        {
            var durable = events.OfType<BlobDurable>().First(durable => durable.Through >= data.Data.Number);
            durable.Sequence.ShouldBeGreaterThan(data.Sequence);
            (durable.At - data.At).ShouldBeLessThanOrEqualTo(Second);
        }

        // One flush covers several blobs.
        events.OfType<BlobDurable>().Count().ShouldBeInRange(8, 11);
    }

    [Fact]
    public void Durable_blobs_survive_a_power_cut_and_later_ones_need_not()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start(Slice);
        Clock.Advance(3.7 * Second);
        var through = recorder.Events.OfType<BlobDurable>().Last().Through;
        var blobs = recorder.Blobs.Where(blob => blob.Number <= through).ToList();
        var before = blobs.Select(Disk.Read).ToList();
        blobs.Count.ShouldBeLessThan(recorder.Blobs.Count);
        Disk.CutPower();

        blobs.Select(Disk.Read).ShouldBe(before);
        var index = System.Text.Encoding.UTF8.GetString(Disk.Read(Disk.Paths.Single(path => path.EndsWith(".jsonl", StringComparison.Ordinal))));
        blobs.ShouldAllBe(blob => index.Contains($"\"seq\":{blob.Number},"));
        Should.Throw<ArgumentOutOfRangeException>(() => Disk.Read(recorder.Blobs[^1]));
    }

    [Fact]
    public void Everything_is_durable_before_the_stop_event()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start();
        Clock.Advance(2 * Second);
        recorder.Stop();

        recorder.ExpectStarted();
        var blob = recorder.ExpectBlob();
        recorder.Expect<BlobDurable>().Through.ShouldBe(blob.Number);
        recorder.ExpectStopped();
        Disk.CutPower();
        Disk.Read(blob).Length.ShouldBe((int)blob.Length);
    }

    [Fact]
    public void Durability_blob_makes_each_durable_at_once()
    {
        var recorder = CreateRecorder(Source(), new RecorderOptions { Durability = Durability.Blob });
        recorder.Start(Slice);
        Clock.Advance(2 * Second);

        foreach (var data in recorder.Events.OfType<DataAvailable>())
            recorder.Events.OfType<BlobDurable>().ShouldContain(durable => durable.Through == data.Data.Number && durable.At == data.At);
    }

    [Fact]
    public void Durability_extent_makes_complete_extents_durable()
    {
        var recorder = CreateRecorder(Source(), new RecorderOptions { Durability = Durability.Extent, ExtentDuration = Second });
        recorder.Start(Slice);
        Clock.Advance(3.5 * Second);

        var ends = recorder.Blobs.GroupBy(blob => blob.Extent).Select(extent => extent.Max(blob => blob.Number)).SkipLast(1);
        recorder.Events.OfType<BlobDurable>().Select(durable => durable.Through).ShouldBe(ends);
    }

    [Fact]
    public void Durability_never_flushes_nothing_and_raises_no_event()
    {
        var recorder = CreateRecorder(Source(), new RecorderOptions { Durability = Durability.Never });
        recorder.Start(Slice);
        Clock.Advance(3 * Second);
        recorder.Stop();

        recorder.Events.ShouldNotContain(raised => raised is BlobDurable);
        recorder.Events.ShouldContain(raised => raised is Stopped);
        Disk.CutPower();
        Disk.Paths.ShouldNotContain(path => path.EndsWith(".mp4", StringComparison.Ordinal) && Disk.Read(path).Length > 0);
    }

    [Fact]
    public void A_flush_that_fails_is_the_recordings_error_and_no_later_one_makes_up_for_it()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start(Slice);
        Clock.Advance(2 * Second);
        var through = recorder.Events.OfType<BlobDurable>().Last().Through;
        Disk.FailFlushes();
        Clock.Advance(Second);
        Disk.Repair();
        Clock.Advance(Second);

        recorder.State.ShouldBe(RecorderState.Inactive);
        recorder.Events.OfType<ErrorRaised>().Single().Error.Message.ShouldContain("Input/output error");
        recorder.Events.OfType<Stopped>().Single().Reason.ShouldBe(StopReason.Failed);
        recorder.Events.OfType<BlobDurable>().Last().Through.ShouldBe(through);
    }

    [Fact]
    public void A_recorder_whose_disk_fails_leaves_others_durable()
    {
        var camera = Source();
        var (one, other) = (CreateRecorder(camera), CreateRecorder(camera, new RecorderOptions { Durability = Durability.Never }));
        one.Start(Slice);
        other.Start(Slice);
        Clock.Advance(Second);
        Disk.FailFlushes();
        Clock.Advance(Second);

        one.State.ShouldBe(RecorderState.Inactive);
        other.State.ShouldBe(RecorderState.Recording);
    }
}
