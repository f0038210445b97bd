using Recorder.Media.Mp4;

namespace Recorder.Media.Tests.Mp4;

public sealed class Mp4HeaderSpecs(RecordedExtents media) : IClassFixture<RecordedExtents>
{
    [Fact]
    public void A_header_says_what_its_tracks_are()
    {
        var header = Read(media.Clip.Path);

        header.Tracks.Select(track => (track.Id, track.IsVideo, track.Entry.Codec)).ShouldBe([(1u, true, "H.264"), (2u, false, "mp4a")]);
        (header.Reference, header.SoundTrack).ShouldBe((0, 1));
        header.Tracks[1].Timescale.ShouldBe(48_000u);
        header.Tracks[1].Entry.Silence!.Name.ShouldBe("aac-48000-1");
        header.Tracks[0].Entry.ParameterSets!.Units.ShouldNotBeEmpty();
        header.Tracks[0].Trex.Length.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void The_first_frame_is_shown_at_zero_when_the_delay_of_the_track_is_subtracted()
    {
        var header = Read(media.Clip.Path);
        var runs = new FragmentRun[header.Tracks.Count];
        var moof = FragmentBytes.First(media.Clip);
        MoofReader.Read(moof, header, runs);

        runs[0].CompositionOffset.ShouldBeGreaterThan(0, "there are B-frames");
        var shown = runs.Zip(header.Tracks, (run, track) => Mp4Time.ToTime(run.Start + run.CompositionOffset - track.Delay, track.Timescale));
        // Sound begins with the 1024 samples of its encoder's delay, which lie before 0 and are not played.
        shown.Select(time => time.TotalMilliseconds).ShouldBe([0, -1024 / 48.0], 0.1);
    }

    [Fact]
    public void Sound_alone_is_the_reference() => Read(media.Sound.Path).Reference.ShouldBe(Read(media.Sound.Path).SoundTrack);

    [Fact]
    public void A_header_that_is_cut_off_anywhere_is_none()
    {
        var bytes = Read(media.Clip.Path).Bytes.ToArray();

        Mp4Header.TryParse(bytes, out _).ShouldBeTrue();
        for (var cut = 0; cut < bytes.Length; cut++)
            Mp4Header.TryParse(bytes.AsSpan(0, cut), out _).ShouldBeFalse($"cut at {cut}");
    }

    [Fact]
    public void A_damaged_byte_anywhere_is_no_exception()
    {
        var bytes = Read(media.Clip.Path).Bytes.ToArray();
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var damage in (ReadOnlySpan<byte>)[0, 1, 8, 0x7f, 0xff])
            {
                var damaged = bytes.ToArray();
                damaged[at] = damage;
                Should.NotThrow(() => Mp4Header.TryParse(damaged, out _), $"{damage} at {at}");
            }
        }
    }

    private static Mp4Header Read(string path)
    {
        using var file = LocalMedia.OpenHandle(path);
        return Mp4Header.Read(file).ShouldNotBeNull();
    }
}
