using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;
using Recorder.Node.Media;
using Recorder.Node.Tests.Cli;

namespace Recorder.Node.Tests.Media;

/// <summary>What a viewer gets of sources that are silent, change, or send what browsers do not play.</summary>
public sealed class LiveStreamSpecs : IAsyncLifetime
{
    private const string Encode = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25";

    private readonly Folder _folder = new();

    public async Task InitializeAsync()
    {
        await MakeAsync($"-f lavfi -i testsrc2=size=320x240:rate=25 -f lavfi -i sine=440:sample_rate=48000 -t 8 {Encode} -c:a aac", "both.mp4");
        await MakeAsync($"-f lavfi -i testsrc2=size=64x64:rate=25 -f lavfi -i sine=440:sample_rate=8000 -t 3 {Encode} -c:a pcm_alaw", "telephone.mkv");
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Sound_that_is_declared_and_never_comes_is_silence_and_the_pictures_go_on()
    {
        using var viewer = new Viewer();
        viewer.Feed(_folder["both.mp4"], (info, _) => info.IsVideo);

        viewer.Types.ShouldHaveSingleItem().ShouldStartWith("video/mp4; codecs=\"avc1.");
        var path = await WriteAsync(viewer.Parts.Single());
        (await RecordedMedia.PacketsAsync(path, "v")).Count.ShouldBe(200);
        var sound = await RecordedMedia.PacketsAsync(path, "a");
        sound[0].Dts.ShouldBe(0, 0.03);
        sound[^1].Dts.ShouldBeInRange(7.4, 8);
        sound.ShouldGoOn();
        await RecordedMedia.RunAsync("ffmpeg", $"-v error -xerror -i {path} -f null -");
    }

    [Fact]
    public async Task Sound_that_falls_silent_and_speaks_again_needs_no_other_header_and_leaves_no_hole()
    {
        using var viewer = new Viewer();
        viewer.Feed(_folder["both.mp4"], (info, time) => info.IsVideo || time < 1 || time > 5);

        viewer.Types.Count.ShouldBe(1);
        var path = await WriteAsync(viewer.Parts.Single());
        (await RecordedMedia.PacketsAsync(path, "v")).Count.ShouldBe(200);
        var sound = await RecordedMedia.PacketsAsync(path, "a");
        sound.ShouldGoOn();
        sound.GroupBy(packet => packet.Hash).Max(group => group.Count()).ShouldBeGreaterThan(150, "silence of four seconds");
        sound[^1].Dts.ShouldBe(8, 0.1);
    }

    [Fact]
    public async Task Sound_that_browsers_do_not_play_is_encoded_and_the_pictures_are_as_they_came()
    {
        using var viewer = new Viewer();
        viewer.Feed(_folder["telephone.mkv"], (_, _) => true);

        viewer.Types.ShouldHaveSingleItem().ShouldEndWith(",mp4a.40.2\"");
        var path = await WriteAsync(viewer.Parts.Single());
        var own = await RecordedMedia.PacketsAsync(_folder["telephone.mkv"], "v");
        (await RecordedMedia.PacketsAsync(path, "v")).Select(packet => packet.Hash).ShouldBe(own.Select(packet => packet.Hash));
        var sound = await RecordedMedia.PacketsAsync(path, "a");
        sound.ShouldGoOn(longest: 0.26);
        sound[^1].Dts.ShouldBeGreaterThan(2.5);
        await RecordedMedia.RunAsync("ffmpeg", $"-v error -xerror -i {path} -f null -");
    }

    [Fact]
    public void Pictures_that_never_come_are_left_out_and_come_in_by_a_new_header()
    {
        using var viewer = new Viewer();
        viewer.Feed(_folder["both.mp4"], (info, time) => !info.IsVideo || time >= 4);

        viewer.Types.Count.ShouldBe(2);
        viewer.Types[0].ShouldBe("audio/mp4; codecs=\"mp4a.40.2\"");
        viewer.Types[1].ShouldStartWith("video/mp4");
    }

    [Fact]
    public async Task Parameter_sets_in_the_stream_need_no_other_header_and_another_size_does()
    {
        await MakeAsync($"-f lavfi -i testsrc2=size=320x240:rate=25 -t 2 {Encode} -x264-params fullrange=on:crf=30", "retuned.ts");
        await MakeAsync($"-f lavfi -i testsrc2=size=320x240:rate=25 -t 2 {Encode}", "plain.ts");
        await MakeAsync($"-f lavfi -i testsrc2=size=160x120:rate=25 -t 2 {Encode}", "small.ts");
        using var viewer = new Viewer();

        viewer.Feed(_folder["plain.ts"], (_, _) => true);
        viewer.Change(_folder["retuned.ts"]);
        viewer.Change(_folder["plain.ts"]);
        viewer.Types.Count.ShouldBe(1);
        var path = await WriteAsync(viewer.Parts.Single());
        viewer.Change(_folder["small.ts"]);

        (await RecordedMedia.PicturesAsync(path)).Count.ShouldBe(150);
        viewer.Types.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Sets_that_stand_only_in_the_header_come_by_a_new_one()
    {
        await MakeAsync($"-f lavfi -i testsrc2=size=320x240:rate=25 -t 2 {Encode} -x264-params fullrange=on:crf=30", "retuned.mp4");
        using var viewer = new Viewer();

        viewer.Feed(_folder["both.mp4"], (info, time) => info.IsVideo && time < 2);
        viewer.Change(_folder["retuned.mp4"]);

        viewer.Types.Count.ShouldBe(2);
        (await RecordedMedia.PicturesAsync(await WriteAsync(viewer.Parts[1]))).Count.ShouldBe(50);
    }

    [Fact]
    public void Sound_of_a_broken_description_is_left_out_and_the_pictures_come()
    {
        using var viewer = new Viewer { Describe = track => track.Parameters.Kind == MediaKind.Audio ? track with { Parameters = CodecParameters.Pcm(0, 0, "alaw") } : track };

        viewer.Feed(_folder["both.mp4"], (_, _) => true);

        viewer.Types.ShouldHaveSingleItem().ShouldNotContain("mp4a");
    }

    private Task<string> MakeAsync(string arguments, string file) => RecordedMedia.RunAsync("ffmpeg", $"-v error -y {arguments} {_folder[file]}");

    private async Task<string> WriteAsync(MemoryStream part)
    {
        var path = _folder[$"{Guid.NewGuid():n}.mp4"];
        await File.WriteAllBytesAsync(path, part.ToArray());
        return path;
    }

    /// <summary>Feeds a stream with what a source would send, and keeps what a viewer would get.</summary>
    private sealed class Viewer : IDisposable
    {
        private readonly LiveStream _stream = new(InProcessCodecs.Default);
        private TimeSpan _time;
        private bool _isOpen;

        public Func<SourceTrack, SourceTrack> Describe { get; init; } = track => track;

        /// <summary>What each header said.</summary>
        public List<string> Types { get; } = [];

        /// <summary>Each header with what followed it.</summary>
        public List<MemoryStream> Parts { get; } = [];

        public void Feed(string path, Func<(bool IsVideo, bool Key), double, bool> comes)
        {
            using var demuxer = Demuxer.Open(new DemuxerOptions { Url = path });
            if (!_isOpen)
            {
                _stream.Open([.. demuxer.Streams.Select(TrackOf)]);
                _isOpen = true;
            }

            Read(demuxer, comes);
        }

        /// <summary>The source's pictures go on as another file's.</summary>
        public void Change(string path)
        {
            using var demuxer = Demuxer.Open(new DemuxerOptions { Url = path });
            _stream.Change(TrackOf(demuxer.Streams[0]));
            Read(demuxer, (_, _) => true);
        }

        public void Dispose() => _stream.Dispose();

        private SourceTrack TrackOf(StreamInfo stream) => Describe(new SourceTrack(stream.Index, stream.Parameters, stream.TimeBase, new TrackDescription
        {
            Id = stream.Index,
            Kind = stream.Parameters.Kind == MediaKind.Video ? TrackKind.Video : TrackKind.Audio,
            Codec = stream.Parameters.Codec,
        }));

        private void Read(Demuxer demuxer, Func<(bool IsVideo, bool Key), double, bool> comes)
        {
            var (begin, end) = (_time, _time);
            while (true)
            {
                var batch = PacketBatch.Rent();
                try
                {
                    if (demuxer.Read(batch) == ReadResult.EndOfStream)
                        break;

                    var info = batch[0];
                    var stream = demuxer.Streams[info.Track];
                    var time = stream.TimeBase.ToTimeSpan(info.Dts);
                    var shift = stream.TimeBase.FromTimeSpan(begin);
                    batch.SetTimestamps(0, info.Track, info.Pts + shift, info.Dts + shift, info.Duration);
                    end = time + begin + TimeSpan.FromMilliseconds(40) is var last && last > end ? last : end;
                    if (comes((stream.Parameters.Kind == MediaKind.Video, info.Key), time.TotalSeconds))
                    {
                        _stream.Add(batch);
                        Take();
                    }
                }
                finally
                {
                    batch.Release();
                }
            }

            _time = end;
        }

        private void Take()
        {
            while (_stream.Chunks.TryRead(out var chunk))
            {
                using (chunk.Bytes)
                {
                    if (chunk.MimeType is { } type)
                    {
                        Types.Add(type);
                        Parts.Add(new MemoryStream());
                    }

                    foreach (var segment in chunk.Bytes.Segments)
                        Parts[^1].Write(segment.Span);

                    _stream.Sent(chunk);
                }
            }
        }
    }
}

internal static class SoundAssertions
{
    /// <summary>Sound without holes: a browser that finds a step of more than two frames drops pictures up to the next key frame.</summary>
    public static void ShouldGoOn(this IReadOnlyList<MediaPacket> sound, double longest = 0.0427) =>
        sound.Zip(sound.Skip(1), (one, next) => next.Dts - one.Dts).ShouldAllBe(step => step > 0 && step < longest);
}
