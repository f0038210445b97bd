using Recorder.Contracts;

namespace Recorder.Testing.Tests;

/// <summary>The faults of the disk, and how a recorder handles them.</summary>
public sealed class FaultyDiskSpecs : RecorderSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void The_concatenation_of_all_blobs_is_the_file()
    {
        var recorder = Record(Second);
        Clock.Advance(3 * Second);
        recorder.Stop();

        recorder.ExpectStarted();
        var blobs = Enumerable.Range(0, 3).Select(_ => recorder.ExpectBlob(empty: false)).ToList();
        recorder.ExpectStopped();
        blobs.SelectMany(Disk.Read).ShouldBe(Disk.Read(blobs[0].Path));
    }

    [Fact]
    public void A_full_disk_keeps_written_data_and_accepts_no_more()
    {
        var recorder = Record(Second);
        Clock.Advance(2.5 * Second);
        Disk.Fill();
        Clock.Advance(3 * Second);

        recorder.ExpectStarted();
        var kept = new[] { recorder.ExpectBlob(empty: false), recorder.ExpectBlob(empty: false) };
        recorder.ExpectBlob(empty: true);
        recorder.Events.OfType<RecorderProtocol.StorageChanged>().Single().Status.ShouldBe(StorageStatus.Full);
        kept.SelectMany(Disk.Read).ShouldBe(Disk.Read(kept[0].Path).Take((int)kept.Sum(blob => blob.Length)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_error_at_a_byte_loses_only_data_after_that_byte(bool torn)
    {
        var recorder = Record(Second);
        Clock.Advance(1.5 * Second);
        Disk.FailAt(Disk.Written + 100, torn);
        Clock.Advance(2 * Second);

        recorder.ExpectStarted();
        var kept = recorder.ExpectBlob(empty: false);
        recorder.ExpectError(ErrorName.UnknownError).Message.ShouldContain("Input/output error");
        recorder.ExpectBlob();
        recorder.ExpectStopped(StopReason.Failed);
        Disk.Read(kept.Path).Length.ShouldBe((int)(kept.Offset + kept.Length), "the torn part is truncated");
    }

    [Fact]
    public void A_slow_disk_delays_blobs_but_loses_none()
    {
        Disk.Delay = Second / 2;
        var recorder = Record(Second);
        Clock.Advance(3 * Second);
        recorder.Stop();
        recorder.Events.OfType<RecorderProtocol.Stopped>().ShouldBeEmpty();
        Clock.Advance(20 * Second);

        recorder.ExpectStarted();
        recorder.ExpectBlob(mediaTime: TimeSpan.Zero, duration: Second);
        recorder.ExpectBlob(mediaTime: Second, duration: Second);
        recorder.ExpectBlob(mediaTime: 2 * Second, duration: Second);
        recorder.ExpectStopped(StopReason.Requested, 3 * Second);
    }

    [Fact]
    public void A_stalled_disk_loses_whole_GOPs_and_a_gap_reports_it()
    {
        var recorder = Record(Second, new RecorderOptions { MemoryLimit = 1 << 20 });
        Clock.Advance(2 * Second);
        Disk.Stall();
        Clock.Advance(120 * Second);
        Disk.Continue();
        Clock.Advance(2 * Second);
        recorder.Stop();

        var gap = recorder.Events.OfType<RecorderProtocol.GapRecorded>().ShouldHaveSingleItem();
        gap.Cause.ShouldBe(GapCause.DiskStalled);
        gap.Packets.ShouldBeGreaterThan(0);
    }

    private TestRecorder Record(TimeSpan timeslice, RecorderOptions? options = null)
    {
        var recorder = CreateRecorder(Source(), options);
        recorder.Start(timeslice);
        return recorder;
    }
}
