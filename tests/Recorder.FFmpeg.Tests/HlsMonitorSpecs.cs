namespace Recorder.FFmpeg.Tests;

public sealed class HlsMonitorSpecs
{
    private readonly HlsMonitor _monitor = new();

    public HlsMonitorSpecs() => Open();

    [Fact]
    public void Packets_that_FFmpeg_marks_before_a_segment_boundary_are_intact()
    {
        Packets(video: 50, flagged: false);
        Open();
        Packets(video: 3, flagged: false).ShouldBeTrue();

        _monitor.IsIntact(0, isFlagged: true).ShouldBeTrue();
        _monitor.IsIntact(1, isFlagged: true).ShouldBeTrue();
        _monitor.IsIntact(1, isFlagged: true).ShouldBeTrue();
        _monitor.IsIntact(0, isFlagged: false).ShouldBeTrue();
        _monitor.IsIntact(1, isFlagged: true).ShouldBeTrue("the other stream is still before the boundary");
    }

    [Fact]
    public void Packets_that_FFmpeg_marks_behind_the_boundary_are_damaged()
    {
        Open();
        _monitor.IsIntact(0, isFlagged: true).ShouldBeTrue();
        _monitor.IsIntact(0, isFlagged: false).ShouldBeTrue();

        _monitor.IsIntact(0, isFlagged: true).ShouldBeFalse();
    }

    [Fact]
    public void Packets_that_FFmpeg_marks_inside_a_segment_are_damaged_even_if_none_was_marked_at_the_boundary()
    {
        Open();
        // More packets than FFmpeg reads ahead while it opens the stream.
        Packets(video: 1025, flagged: false);
        Open();
        Packets(video: 65, flagged: false);

        _monitor.IsIntact(0, isFlagged: true).ShouldBeFalse();
    }

    [Theory]
    [InlineData("PES packet size mismatch\n")]
    [InlineData("Packet had TEI flag set; marking as corrupt\n")]
    [InlineData("Stream ends prematurely at %lu, should be %lu\n")]
    public void Packets_marked_at_the_boundary_of_a_damaged_segment_are_damaged(string log)
    {
        Packets(video: 3, flagged: false);
        _monitor.OnLog(System.Text.Encoding.UTF8.GetBytes(log));
        Open();

        _monitor.IsIntact(0, isFlagged: true).ShouldBeFalse();
        Open();
        _monitor.IsIntact(0, isFlagged: true).ShouldBeTrue("the next segment was not damaged");
    }

    [Fact]
    public void Boundaries_that_FFmpeg_read_ahead_while_it_opened_the_stream_are_passed_one_after_another()
    {
        Open();
        Open();
        for (var boundary = 0; boundary < 2; boundary++)
        {
            Packets(video: 100, flagged: false);
            _monitor.IsIntact(0, isFlagged: true).ShouldBeTrue();
            _monitor.IsIntact(0, isFlagged: false).ShouldBeTrue();
        }

        _monitor.IsIntact(0, isFlagged: true).ShouldBeFalse();
    }

    [Fact]
    public void Packets_that_FFmpeg_marks_before_the_first_boundary_are_damaged() => _monitor.IsIntact(0, isFlagged: true).ShouldBeFalse();

    [Fact]
    public void A_playlist_that_failed_to_reload_has_not_ended()
    {
        _monitor.HasFailed.ShouldBeFalse();
        _monitor.OnLog("Failed to reload playlist %d\n"u8);
        _monitor.HasFailed.ShouldBeTrue();

        _monitor.IsIntact(0, isFlagged: false);

        _monitor.HasFailed.ShouldBeFalse();
    }

    private void Open() => _monitor.OnLog("HLS request for url '%s', offset %ld, playlist %d\n"u8);

    private bool Packets(int video, bool flagged) =>
        Enumerable.Range(0, video).Select(_ => _monitor.IsIntact(0, flagged)).ToList().TrueForAll(isIntact => isIntact);
}
