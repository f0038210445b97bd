using System.Globalization;
using System.Text.Json.Nodes;
using Recorder.Contracts;
using Recorder.Media.Export;
using Recorder.Media.Export.Editing;
using Recorder.Media.Fragments;

namespace Recorder.Media.Tests.Export.Editing;

/// <summary>Writes files for editors, and checks what must hold for each.</summary>
public abstract class EditSpecs(RecordedExtents media) : IClassFixture<RecordedExtents>
{
    private protected const string Plain = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -bf 0";
    private protected const string Sound = "-f lavfi -i sine=440:sample_rate=48000";

    // As a camera sends it: frames in the order in which they are shown.
    private protected Extent Camera => Media.Record("camera.mp4", $"-f lavfi -i testsrc2=size=64x64:rate=25 {Sound} {Plain} -c:a aac");

    private protected RecordedExtents Media => media;

    private protected static void ShouldBeForEditors(string path, string rate, string timeCode, int frames)
    {
        var boxes = EditedFile.Boxes(path).Select(box => box.Path).ToList();
        boxes.IndexOf("moov").ShouldBeInRange(0, boxes.IndexOf("mdat"));
        boxes.ShouldNotContain(box => box.Contains("moof") || box.Contains("mvex") || box.Contains("mfra") || box.Contains("edts"));
        var probe = Programs.FFprobe(path);
        var video = probe["streams"]![0]!;
        video["r_frame_rate"]!.GetValue<string>().ShouldBe(rate);
        video["avg_frame_rate"]!.GetValue<string>().ShouldBe(rate);
        video["nb_frames"]!.GetValue<string>().ShouldBe(frames.ToString(CultureInfo.InvariantCulture));
        video["nb_read_packets"]!.GetValue<string>().ShouldBe(frames.ToString(CultureInfo.InvariantCulture));
        video["start_pts"]!.GetValue<int>().ShouldBe(0);
        video["tags"]!["timecode"]!.GetValue<string>().ShouldBe(timeCode);
        TimeCodeStream(probe)["tags"]!["timecode"]!.GetValue<string>().ShouldBe(timeCode);
        var tracks = Programs.MediaInfo(path);
        TrackOf("General")["IsStreamable"]!.GetValue<string>().ShouldBe("Yes");
        TrackOf("Video")["FrameRate_Mode"]!.GetValue<string>().ShouldBe("CFR");
        TrackOf("Video")["FrameCount"]!.GetValue<string>().ShouldBe(frames.ToString(CultureInfo.InvariantCulture));
        var other = TrackOf("Other");
        other["Type"]!.GetValue<string>().ShouldBe("Time code");
        other["TimeCode_FirstFrame"]!.GetValue<string>().ShouldBe(timeCode);
        Programs.ShouldDecode(path);

        JsonNode TrackOf(string type) => tracks.Single(track => track!["@type"]!.GetValue<string>() == type)!;
    }

    private protected static JsonNode TimeCodeStream(string path) => TimeCodeStream(Programs.FFprobe(path));

    private static JsonNode TimeCodeStream(JsonNode probe) =>
        probe["streams"]!.AsArray().Single(stream => stream!["codec_tag_string"]!.GetValue<string>() == "tmcd")!;

    /// <summary>When frames are shown, in milliseconds.</summary>
    private protected static IReadOnlyList<double> Times(string path) =>
    [
        .. Programs.Run("ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0", path)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => Math.Round(double.Parse(line.TrimEnd(','), CultureInfo.InvariantCulture) * 1000, 3)).Order(),
    ];

    private protected byte[] Decoded(string path, string format, int size, double from = 0)
    {
        var raw = Media.New(".raw");
        Programs.Run(
            "ffmpeg", "-v", "error", "-nostdin", "-ss", from.ToString(CultureInfo.InvariantCulture), "-i", path, "-map", "0:v", "-vf", $"scale={size}:{size},format={format}", "-fps_mode", "passthrough", "-f", "rawvideo", raw);
        return File.ReadAllBytes(raw);
    }

    private protected static Func<TimeCodeRate, TimeSpan, TimeCode> Parse(string text) =>
        (rate, _) => TimeCode.TryParse(text, rate, out var timeCode) ? timeCode : throw new ArgumentException(text);

    private protected static EditFileOptions Options() => new() { TimeCode = Parse("10:20:30:12") };

    private protected static ExportPlan PlanOf(params Extent[] extents) => ExportPlan.Of(RecordedExtents.Sequence(extents), null, null)!;

    private protected static ExportPlan PlanOfMatroska(Extent extent, TimeSpan? from, TimeSpan? to) =>
        ExportPlan.Of([new WantedExtent(extent, new LocalMedia(extent.Path))], from, to)!;

    // The camera was away, by default for three seconds.
    private protected ExportPlan WithHole(Extent? extent = null, TimeSpan? every = null)
    {
        var parts = RecordedExtents.Sequence(extent ?? Camera, extent ?? Camera).Select((part, index) => part with
        {
            Extent = part.Extent with { MediaTime = index * (every ?? TimeSpan.FromSeconds(6)) },
            Zero = index * (every ?? TimeSpan.FromSeconds(6)),
        });
        return ExportPlan.Of([.. parts], null, null)!;
    }

    private protected (string Path, EditFileReport Report) Export(ExportPlan plan, string extension, Func<EditFileOptions, EditFileOptions>? with = null)
    {
        var path = Media.New($".{extension}");
        var options = Options() with { Container = extension == "mov" ? EditContainer.Mov : EditContainer.Mp4 };
        return (path, EditExport.Write(plan, with?.Invoke(options) ?? options, path, null, default));
    }

    private protected EditExportException ShouldRefuse(EditError error, ExportPlan plan, Func<EditFileOptions, EditFileOptions>? with = null)
    {
        var path = Media.New(".mov");
        var refused = Should.Throw<EditExportException>(() => EditExport.Write(plan, with?.Invoke(Options()) ?? Options(), path, null, default));
        refused.Error.ShouldBe(error);
        Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + "*").ShouldBeEmpty();
        return refused;
    }

    private protected sealed class Reports(Action<EditProgress> take) : IProgress<EditProgress>
    {
        public void Report(EditProgress value) => take(value);
    }
}
