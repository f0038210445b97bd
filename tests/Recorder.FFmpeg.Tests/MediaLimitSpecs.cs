namespace Recorder.FFmpeg.Tests;

/// <summary>Sources beyond the limits are refused by their header, or by the decoder, before they use much memory.</summary>
[Collection(nameof(FFmpegCollection))]
public sealed class MediaLimitSpecs(MediaFixture media)
{
    [Theory]
    [InlineData("mp4")]
    [InlineData("mkv")]
    [InlineData("ts")]
    public void A_file_of_many_tracks_is_refused(string extension)
    {
        var path = media.New(extension);
        string[] maps = [.. Enumerable.Repeat((string[])["-map", "0"], 40).SelectMany(map => map)];
        Tool.FFmpeg(["-f", "lavfi", "-i", "sine=440:r=8000:d=0.2", .. maps, "-c:a", "aac", path]);

        var error = Should.Throw<FFmpegException>(() => Demuxer.Open(new DemuxerOptions { Url = path }));

        error.ExceedsLimit.ShouldBeTrue(error.Message);
        error.Message.ShouldBe($"{path} has more than 32 tracks.");
        using var allowed = Demuxer.Open(new DemuxerOptions { Url = path, Limits = new MediaLimits { Tracks = 40 } });
        allowed.Streams.Count.ShouldBe(40);
    }

    [Fact]
    public void A_file_whose_header_states_frames_that_are_too_large_is_refused()
    {
        // Change the size in the file's header from 260×260 to 16,000×16,000.
        var path = media.New("mkv");
        Tool.FFmpeg("-f", "lavfi", "-i", "testsrc2=s=260x260:r=25:d=0.2", "-c:v", "mjpeg", path);
        var bytes = File.ReadAllBytes(path);
        Replace(bytes, [0xb0, 0x82, 0x01, 0x04], [0xb0, 0x82, 0x3e, 0x80]);
        Replace(bytes, [0xba, 0x82, 0x01, 0x04], [0xba, 0x82, 0x3e, 0x80]);
        File.WriteAllBytes(path, bytes);

        var error = Should.Throw<FFmpegException>(() => Demuxer.Open(new DemuxerOptions { Url = path }));

        error.ExceedsLimit.ShouldBeTrue(error.Message);
        error.Message.ShouldBe($"{path} has pictures of 16000×16000, more than 67,108,864 pixels.");
    }

    [Fact]
    public void A_frame_that_only_the_decoder_finds_too_large_is_refused()
    {
        var path = media.New("avi");
        Tool.FFmpeg("-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=0.2", "-c:v", "png", path);
        Enlarge(path);

        var error = Should.Throw<FFmpegException>(() => Demuxer.Open(new DemuxerOptions { Url = path }));

        error.ExceedsLimit.ShouldBeTrue(error.Message);
        error.Message.ShouldBe($"{path} has pictures of more than 67,108,864 pixels.");
    }

    [Fact]
    public void An_audio_file_with_a_large_cover_can_be_read()
    {
        var path = media.New("mp3");
        Tool.FFmpeg(
            "-f", "lavfi", "-i", "sine=440:d=0.5", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=1:d=1", "-map", "0", "-map", "1", "-frames:v", "1",
            "-c:v", "png", "-c:a", "libmp3lame", "-disposition:v", "attached_pic", path);
        Enlarge(path);

        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = path });

        demuxer.Streams[0].Parameters.Codec.ShouldBe("mp3");
        demuxer.Streams[1].AttachedPicture.ShouldBeTrue();
    }

    [Fact]
    public void Transcoders_and_snapshots_apply_the_limit_too()
    {
        using var input = CodecParameters.RawVideo(16000, 16000, "yuv420p", new Rational(25, 1));
        var timeBase = new Rational(1, 25);
        Should.Throw<FFmpegException>(() => new VideoTranscoder(input, timeBase, new VideoEncoding { Codec = "h264", BitsPerSecond = 1000 }))
            .ExceedsLimit.ShouldBeTrue();
        Should.Throw<FFmpegException>(() => new PictureTaker(input, timeBase, 0)).ExceedsLimit.ShouldBeTrue();
    }

    [Fact]
    public void Reading_fails_when_the_frames_grow_beyond_the_limit()
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = media["size-changes.ts"], Limits = new MediaLimits { Pixels = 400 * 300 } });
        var batch = PacketBatch.Rent();

        var error = Should.Throw<FFmpegException>(() =>
        {
            while (demuxer.Read(batch) != ReadResult.EndOfStream)
            {
            }
        });

        error.ExceedsLimit.ShouldBeTrue(error.Message);
        error.Message.ShouldContain("640×480");
        batch.Count.ShouldBe(50);
        batch.Release();
    }

    // The header of a PNG image has width and height behind its name.
    private static void Enlarge(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var changed = 0;
        for (var at = 0; at + 12 < bytes.Length; at++)
        {
            if (bytes.AsSpan(at).StartsWith("IHDR\0\0\0@\0\0\0@"u8))
            {
                ((ReadOnlySpan<byte>)[0, 0, 0x3e, 0x80, 0, 0, 0x3e, 0x80]).CopyTo(bytes.AsSpan(at + 4));
                changed++;
            }
        }
        changed.ShouldBeGreaterThan(0);
        File.WriteAllBytes(path, bytes);
    }

    private static void Replace(Span<byte> bytes, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        var at = bytes.IndexOf(from);
        at.ShouldBeGreaterThan(0);
        to.CopyTo(bytes[at..]);
    }
}
