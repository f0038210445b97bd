namespace Recorder.FFmpeg.Tests;

public sealed class SegmentSeamsSpecs
{
    private readonly SegmentSeams _seams = new();

    public SegmentSeamsSpecs() => Open();

    [Fact]
    public void What_FFmpeg_calls_damaged_before_a_seam_is_whole()
    {
        Packets(video: 50, flagged: false);
        Open();
        Packets(video: 3, flagged: false).ShouldBeTrue();

        _seams.IsWhole(0, isFlagged: true).ShouldBeTrue();
        _seams.IsWhole(1, isFlagged: true).ShouldBeTrue();
        _seams.IsWhole(1, isFlagged: true).ShouldBeTrue();
        _seams.IsWhole(0, isFlagged: false).ShouldBeTrue();
        _seams.IsWhole(1, isFlagged: true).ShouldBeTrue("the other stream is not past the seam yet");
    }

    [Fact]
    public void Damage_behind_the_seam_is_damage()
    {
        Open();
        _seams.IsWhole(0, isFlagged: true).ShouldBeTrue();
        _seams.IsWhole(0, isFlagged: false).ShouldBeTrue();

        _seams.IsWhole(0, isFlagged: true).ShouldBeFalse();
    }

    [Fact]
    public void Damage_in_the_middle_of_a_segment_is_damage_although_no_counter_jumped_at_the_seam()
    {
        Open();
        // What was read while the stream was opened is past.
        Packets(video: 1025, flagged: false);
        Open();
        Packets(video: 65, flagged: false);

        _seams.IsWhole(0, isFlagged: true).ShouldBeFalse();
    }

    [Theory]
    [InlineData("PES packet size mismatch\n")]
    [InlineData("Packet had TEI flag set; marking as corrupt\n")]
    [InlineData("Stream ends prematurely at %lu, should be %lu\n")]
    public void A_segment_that_had_more_than_a_jump_of_its_counters_is_damaged_at_its_seam(string log)
    {
        Packets(video: 3, flagged: false);
        _seams.Hear(System.Text.Encoding.UTF8.GetBytes(log));
        Open();

        _seams.IsWhole(0, isFlagged: true).ShouldBeFalse();
        Open();
        _seams.IsWhole(0, isFlagged: true).ShouldBeTrue("the next seam is another");
    }

    [Fact]
    public void Seams_that_were_read_ahead_while_the_stream_was_opened_are_passed_one_after_another()
    {
        Open();
        Open();
        for (var seam = 0; seam < 2; seam++)
        {
            Packets(video: 100, flagged: false);
            _seams.IsWhole(0, isFlagged: true).ShouldBeTrue();
            _seams.IsWhole(0, isFlagged: false).ShouldBeTrue();
        }

        _seams.IsWhole(0, isFlagged: true).ShouldBeFalse();
    }

    [Fact]
    public void What_is_flagged_before_any_seam_is_damage() => _seams.IsWhole(0, isFlagged: true).ShouldBeFalse();

    [Fact]
    public void A_playlist_that_could_not_be_read_again_has_not_ended()
    {
        _seams.HasFailed.ShouldBeFalse();
        _seams.Hear("Failed to reload playlist %d\n"u8);
        _seams.HasFailed.ShouldBeTrue();

        _seams.IsWhole(0, isFlagged: false);

        _seams.HasFailed.ShouldBeFalse();
    }

    private void Open() => _seams.Hear("HLS request for url '%s', offset %ld, playlist %d\n"u8);

    private bool Packets(int video, bool flagged) =>
        Enumerable.Range(0, video).Select(_ => _seams.IsWhole(0, flagged)).ToList().TrueForAll(isWhole => isWhole);
}
