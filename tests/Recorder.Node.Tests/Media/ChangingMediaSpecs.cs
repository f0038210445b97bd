using System.Globalization;
using System.Net;
using Recorder.Actors.Catalogue;
using Recorder.Media;
using Recorder.Media.Fragments;
using Recorder.Media.VirtualFiles;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Media;

/// <summary>What players get where a recording changes, or something of it begins later.</summary>
public sealed class ChangingMediaSpecs(ChangingMedia changing) : IClassFixture<ChangingMedia>
{
    private RecordedMedia Media => changing.Media;

    [Fact]
    public async Task Pictures_of_another_size_go_on_in_the_same_file_and_all_decode()
    {
        var file = Build(changing.Large, changing.Small, changing.Large);

        var pictures = await RecordedMedia.PicturesAsync(await Media.WriteAsync(file));

        pictures.Select(picture => picture.Size).ShouldBe(
            [.. Enumerable.Repeat("320,240", 50), .. Enumerable.Repeat("480,360", 50), .. Enumerable.Repeat("320,240", 50)]);
        pictures.ShouldBe([.. await ApartAsync(changing.Large), .. await ApartAsync(changing.Small), .. await ApartAsync(changing.Large)]);
        (file.To - file.From).TotalSeconds.ShouldBe(6, 0.05);
    }

    [Fact]
    public async Task Pictures_with_other_parameter_sets_go_on_in_the_same_file_and_seeking_finds_them()
    {
        var path = await Media.WriteAsync(Build(changing.Large, changing.Retuned, changing.Large));

        (await RecordedMedia.PicturesAsync(path)).ShouldBe(
            [.. await ApartAsync(changing.Large), .. await ApartAsync(changing.Retuned), .. await ApartAsync(changing.Large)]);
        // A key frame in the middle of a fragment, and one behind the change back: a decoder that begins there knows nothing of what was before.
        foreach (var (at, key) in new[] { (3.1, changing.Retuned), (5.1, changing.Large) })
        {
            var found = await RecordedMedia.RunAsync("ffmpeg", string.Create(CultureInfo.InvariantCulture, $"-v error -xerror -ss {at:0.0} -i {path} -map v -frames:v 1 -f framemd5 -"));
            (await ApartAsync(key)).Select(picture => picture.Hash).ShouldContain(found.Trim().Split(',')[^1].Trim());
        }
    }

    [Fact]
    public async Task Sound_that_begins_later_is_at_its_place_and_silence_stands_before_it()
    {
        var path = await Media.WriteAsync(Build(changing.Large, changing.Sounding, changing.Large));

        var sound = await RecordedMedia.PacketsAsync(path, "a");
        var own = await RecordedMedia.PacketsAsync(RecordedMedia.Rows(Media.FolderOf(changing.Sounding))[0].Path, "a");
        var first = sound.ToList().FindIndex(packet => packet.Hash == own[0].Hash);

        first.ShouldBeGreaterThan(80);
        sound.Skip(first).Take(own.Count).Select(packet => packet.Hash).ShouldBe(own.Select(packet => packet.Hash));
        sound[first].Dts.ShouldBe(2, 0.05);
        sound[0].Dts.ShouldBe(0, 0.03);
        sound[^1].Dts.ShouldBe(6, 0.06);
        sound.Zip(sound.Skip(1), (one, next) => next.Dts - one.Dts).ShouldAllBe(step => step > 0.001 && step < 0.044);
        // Decodes as silence.
        var volume = await RecordedMedia.RunAsync("ffprobe", $"-v error -f lavfi -i amovie={path},atrim=end=1.8,astats=metadata=1:reset=0 -show_entries frame_tags=lavfi.astats.Overall.Peak_level -of csv=p=0");
        volume.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Trim(',').ShouldBe("-inf");
        (await RecordedMedia.PicturesAsync(path)).Count.ShouldBe(150);
    }

    [Fact]
    public async Task Pictures_that_begin_after_the_sound_are_at_their_place()
    {
        var path = await Media.WriteAsync(Build(changing.Spoken, changing.Sounding));

        var pictures = await RecordedMedia.PacketsAsync(path, "v");
        var sound = await RecordedMedia.PacketsAsync(path, "a");

        pictures.Count.ShouldBe(50);
        pictures[0].Pts.ShouldBe(2, 0.06);
        sound[0].Dts.ShouldBe(0, 0.03);
        sound[^1].Dts.ShouldBe(4, 0.06);
    }

    [Fact]
    public async Task Sound_with_another_configuration_is_a_track_of_its_own_and_the_pictures_are_one()
    {
        var path = await Media.WriteAsync(Build(changing.Sounding, changing.Resampled));

        var streams = await RecordedMedia.RunAsync("ffprobe", $"-v error -show_entries stream=codec_type,sample_rate -of csv=p=0 {path}");

        streams.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim(',')).ShouldBe(["video", "audio,48000", "audio,16000"]);
        (await RecordedMedia.PicturesAsync(path)).Count.ShouldBe(100);
    }

    [Fact]
    public async Task A_track_that_never_spoke_is_in_no_header()
    {
        var row = await MuteAsync();
        var file = VirtualMp4.Build([new FragmentMaps().Open(row)!], null, null, "mute")!;
        var path = await Media.WriteAsync(file);

        (await RecordedMedia.RunAsync("ffprobe", $"-v error -show_entries stream=codec_type -of csv=p=0 {row.Path}")).ShouldContain("audio");
        (await RecordedMedia.RunAsync("ffprobe", $"-v error -show_entries stream=codec_type -of csv=p=0 {path}")).Trim().ShouldBe("video");
        (await RecordedMedia.PicturesAsync(path)).Count.ShouldBe(50);
    }

    [Fact]
    public async Task Another_codec_is_refused_with_what_can_be_asked_for_and_plays_from_a_playlist()
    {
        var key = await Media.JoinAsync("recoded", TimeSpan.Zero, changing.Large, changing.Hevc);
        await using var node = await ServedNode.StartAsync(options => options with { DataFolder = Media.Folder });

        var (status, problem) = await node.SendAsync(HttpMethod.Get, $"/v1/recordings/{key}/media.mp4");
        var playlist = await node.Client.GetStringAsync($"/v1/recordings/{key}/index.m3u8");

        status.ShouldBe(HttpStatusCode.NotAcceptable);
        var detail = problem!["detail"]!.GetValue<string>();
        detail.ShouldContain("H.264 before 2.000 s and HEVC");
        detail.ShouldContain("index.m3u8");
        (await node.Client.GetAsync($"/v1/recordings/{key}/media.mp4?to=2.000")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await node.Client.GetAsync($"/v1/recordings/{key}/media.mp4?from=2.000")).StatusCode.ShouldBe(HttpStatusCode.OK);
        playlist.Split("#EXT-X-MAP").Length.ShouldBe(3);
    }

    /// <summary>A file with a track of sound that its header declares and that never speaks, as recordings of earlier versions have it.</summary>
    private async Task<Extent> MuteAsync()
    {
        var path = Path.Combine(Media.Folder, $"{Guid.NewGuid():n}.mp4");
        await RecordedMedia.RunAsync(
            "ffmpeg", "-v error -f lavfi -i testsrc2=size=320x240:rate=25 -f lavfi -i anullsrc=r=16000:cl=mono -filter_complex [1]atrim=end=0[a] -map 0:v -map [a] " +
            $"-t 2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -c:a aac -movflags frag_keyframe+empty_moov+default_base_moof {path}");
        return RecordedMedia.Rows(Media.FolderOf(changing.Large))[0] with { Path = path, Bytes = new FileInfo(path).Length };
    }

    private VirtualMp4 Build(params RecordingKey[] keys)
    {
        var file = VirtualMp4.Build(changing.Parts(keys), null, null, "changing")!;
        file.Change.ShouldBeNull();
        return file;
    }

    private async Task<IReadOnlyList<(string Size, string Hash)>> ApartAsync(RecordingKey key) =>
        await RecordedMedia.PicturesAsync(RecordedMedia.Rows(Media.FolderOf(key)).ShouldHaveSingleItem().Path);
}
