using Recorder.Contracts;
using Recorder.Node.Cli.Recording;

namespace Recorder.Node.Tests.Cli;

/// <summary>What the user sees of a recorder: state, recorded time, size, bitrate, blobs, lost.</summary>
public sealed class ProgressSpecs
{
    private readonly Report _test = new("test");

    private RecorderProgress New => new(_test.Id, "test:", "take.mp4");

    [Fact]
    public void A_recorder_waits_until_media_arrives()
    {
        New.Phase.ShouldBe(Phase.Waiting);
        New.Apply(_test.Source(SourceStatus.Connecting)).Phase.ShouldBe(Phase.Waiting);
        New.Apply(_test.Started()).Phase.ShouldBe(Phase.Recording);
    }

    [Fact]
    public void Figures_come_from_blobs_and_from_the_status_between_them()
    {
        var progress = New.Apply(_test.Started()).Apply(_test.Data(1, 250_000));
        progress = progress.Apply(_test.Status(1.5, 375_000));

        ProgressText.Line(progress, 4, 100).ShouldBe("test  recording  0:00:01.5    375 kB  2.00 Mbit/s    1 blob  0 lost");

        progress = progress.Apply(_test.Data(1, 250_000, from: 1));
        ProgressText.Line(progress, 4, 100).ShouldBe("test  recording  0:00:02.0    500 kB  2.00 Mbit/s   2 blobs  0 lost");
    }

    [Fact]
    public void A_status_that_is_older_than_the_last_blob_takes_nothing_back()
    {
        var progress = New.Apply(_test.Started()).Apply(_test.Data(2, 1_000)).Apply(_test.Status(1, 500));

        progress.Duration.ShouldBe(TimeSpan.FromSeconds(2));
        progress.Bytes.ShouldBe(1_000);
    }

    [Fact]
    public void Pause_resume_loss_and_return_are_shown()
    {
        var progress = New.Apply(_test.Started()).Apply(_test.Paused());
        progress.Phase.ShouldBe(Phase.Paused);
        progress = progress.Apply(_test.Resumed());
        progress.Phase.ShouldBe(Phase.Recording);
        progress = progress.Apply(_test.Source(SourceStatus.Lost));
        progress.Phase.ShouldBe(Phase.Lost);
        progress = progress.Apply(_test.Source(SourceStatus.Connected)).Apply(_test.Gap(3, 75));
        progress.Phase.ShouldBe(Phase.Recording);
        progress.LostPackets.ShouldBe(75);
        ProgressText.Line(progress, 4, 100).ShouldEndWith("75 lost");
    }

    [Fact]
    public void A_loss_that_a_status_told_first_is_counted_once()
    {
        var progress = New.Apply(_test.Started()).Apply(_test.Status(1, 500, lost: 12)).Apply(_test.Gap(1, 12));
        progress.LostPackets.ShouldBe(12);
        progress.Apply(_test.Gap(1, 5)).Apply(_test.Status(2, 900, lost: 17)).LostPackets.ShouldBe(17);
    }

    [Fact]
    public void What_is_being_stopped_stays_so_until_it_is_stopped()
    {
        var progress = New.Apply(_test.Started()).Stopping().Apply(_test.Resumed());

        progress.Phase.ShouldBe(Phase.Stopping);
        progress.Apply(_test.Stopped(5, 9, 1)).Phase.ShouldBe(Phase.Stopped);
    }

    [Fact]
    public void Late_reports_change_nothing_that_is_over()
    {
        var progress = New.Apply(_test.Started()).Apply(_test.Stopped(5, 1_600_000, 5));

        progress.Apply(_test.Status(9, 9_000_000)).ShouldBe(progress);
        progress.Stopping().ShouldBe(progress);
        ProgressText.Ending(progress).ShouldBe("test: recorded 5.0 s, 1.60 MB, 5 blobs in take.mp4");
    }

    [Fact]
    public void An_ending_tells_gaps_and_why_unless_the_user_asked_for_it()
    {
        var progress = New.Apply(_test.Started()).Apply(_test.Gap(1.5, 0)).Apply(_test.Gap(2, 3)).Apply(_test.Stopped(60, 15_000_000, 1, StopReason.SourceEnded));

        ProgressText.Ending(progress).ShouldBe("test: recorded 60.0 s, 15.0 MB, 1 blob in take.mp4, with 2 gaps of 3.5 s together; the source ended");
    }

    [Fact]
    public void An_ending_before_any_media_says_that_there_is_nothing() =>
        ProgressText.Ending(New.Stopping().Apply(_test.Started()).Apply(_test.Data(0, 0)).Apply(_test.Stopped(0, 0, 1)))
            .ShouldBe("test: stopped before any media arrived; nothing was recorded");

    [Fact]
    public void A_failure_tells_why_and_what_is_kept()
    {
        var progress = New.Apply(_test.Started()).Apply(_test.Error("The disk of take.mp4 is full: free some space"))
            .Apply(_test.Data(3.2, 800_000)).Apply(_test.Stopped(3.2, 800_000, 1, StopReason.Failed));

        progress.Phase.ShouldBe(Phase.Failed);
        ProgressText.Failing(progress).ShouldBe("test: The disk of take.mp4 is full: free some space. Kept 3.2 s in take.mp4.");
    }

    [Fact]
    public void A_failure_before_any_media_kept_nothing() =>
        ProgressText.Failing(New.Apply(_test.Error("No such file.")).Apply(_test.Stopped(0, 0, 0, StopReason.Failed)))
            .ShouldBe("test: No such file. Nothing was recorded.");

    [Fact]
    public void A_refusal_is_a_failure()
    {
        var progress = New.Refused(new MediaError(ErrorName.NotSupportedError, "It has no track."));

        progress.IsOver.ShouldBeTrue();
        ProgressText.Failing(progress).ShouldBe("test: It has no track. Nothing was recorded.");
    }

    [Fact]
    public void A_recording_in_a_folder_names_its_file_once_it_is_known()
    {
        var progress = new RecorderProgress(_test.Id, "test:", "").Apply(_test.Started()).Apply(_test.Data(1, 10));

        progress.Target.ShouldBe("takes/test/20261122T150405.000Z-1/000001.mp4");
    }

    [Theory]
    [InlineData(40)]
    [InlineData(10)]
    [InlineData(1)]
    public void A_line_never_wraps(int width) =>
        ProgressText.Line(New.Apply(_test.Started()), 4, width).Length.ShouldBeLessThan(width);

    [Fact]
    public void A_terminal_that_is_too_low_counts_the_others()
    {
        var all = Enumerable.Range(1, 64).Select(n => new RecorderProgress(RecorderId.Parse($"camera-{n}"), "test:", "")).ToList();
        all[63] = all[63].Apply(_test.Started());

        var lines = ProgressText.Lines(all, (100, 24));

        lines.Count.ShouldBe(23);
        lines[0].ShouldStartWith("camera-1   waiting  ");
        lines[^1].ShouldBe("and 42 more: 41 waiting, 1 recording");
        ProgressText.Lines(all, (100, 65)).Count.ShouldBe(64);
    }
}
