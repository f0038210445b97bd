using System.Collections.Immutable;
using System.Text.Json;
using Recorder.Contracts;
using Recorder.Media.Interchange;

namespace Recorder.Media.Tests.Interchange;

public sealed class ManifestWriterSpecs
{
    private static readonly ImmutableArray<ManifestFile> Files =
    [
        new("12A3 #1_A.mov", 1_234_567_890_123, new string('A', 64)),
        new("wide/12A3_B.mov", 5, new string('b', 64)),
        new("12A3.otio", 77, new string('0', 64)),
    ];

    [Fact]
    public void It_lists_every_file_with_its_length_and_its_hash()
    {
        var root = Write(Takes.Example(), Files);

        root.GetProperty("files").EnumerateArray()
            .Select(file => $"{file.GetProperty("name")} {file.GetProperty("bytes")} {file.GetProperty("sha256")}")
            .ShouldBe([$"12A3 #1_A.mov 1234567890123 {new string('a', 64)}", $"wide/12A3_B.mov 5 {new string('b', 64)}", $"12A3.otio 77 {new string('0', 64)}"]);
    }

    [Fact]
    public void It_has_the_slate_the_rate_and_the_marks()
    {
        var root = Write(Takes.Example(), Files);

        root.GetProperty("version").GetInt32().ShouldBe(1);
        root.GetProperty("name").GetString().ShouldBe("12A take 3");
        var slate = root.GetProperty("slate");
        new[] { "project", "scene", "shot", "take", "rating", "notes" }.Select(name => slate.GetProperty(name).ToString())
            .ShouldBe(["Harbour", "12A", "B", "3", "circled", "Best <so far>\nKeep"]);
        new[] { "dropFrame", "startTimeCode", "frames", "passesMidnight" }.Select(name => root.GetProperty(name).ToString())
            .ShouldBe(["False", "10:20:30:00", "15000", "False"]);
        root.GetProperty("angles").EnumerateArray().Append(root)
            .Select(of => (of.GetProperty("rate").GetProperty("numerator").GetInt32(), of.GetProperty("rate").GetProperty("denominator").GetInt32()))
            .ShouldBe([(25, 1), (25, 1), (25, 1)]);
        root.GetProperty("marks").EnumerateArray().Select(mark => $"{mark.GetProperty("timeCode")} {mark.GetProperty("name")} {mark.GetProperty("colour")} {mark.GetProperty("angle")}")
            .ShouldBe(["10:20:35:00 clap red ", "10:21:50:00 look sand B", "10:23:12:00 while B was away cream B"]);
    }

    [Fact]
    public void It_says_of_each_angle_when_it_begins_how_far_frames_were_moved_and_what_it_lacks()
    {
        var angles = Write(Takes.Example(), Files).GetProperty("angles").EnumerateArray().ToList();

        angles.Select(angle => $"{angle.GetProperty("angle")} {angle.GetProperty("file")} {angle.GetProperty("startTimeCode")} {angle.GetProperty("offsetFrames")} "
                + $"{angle.GetProperty("frames")} {angle.GetProperty("largestShiftMs")}")
            .ShouldBe(["A 12A3 #1_A.mov 10:20:30:00 0 15000 7.25", "B wide/12A3_B.mov 10:20:30:08 8 14992 0"]);
        angles.Select(angle => angle.GetProperty("sound").ValueKind).ShouldBe([JsonValueKind.Object, JsonValueKind.Null]);
        angles.SelectMany(angle => angle.GetProperty("holes").EnumerateArray())
            .Select(hole => $"{hole.GetProperty("at")} {hole.GetProperty("frames")} {hole.GetProperty("timeCode")} {hole.GetProperty("reason")} {hole.GetProperty("black")}")
            .ShouldBe(["9000 10 10:26:30:00 the network lost packets True", "4000 100 10:23:10:08 the camera was away False"]);
    }

    [Fact]
    public void It_is_json_for_every_rate_and_every_text()
    {
        foreach (var (rate, dropFrame) in Takes.Countings)
        {
            var take = Takes.Random(7, rate, dropFrame);

            var root = Write(take, [.. take.Angles.Select(angle => new ManifestFile(angle.FileName, 1, new string('1', 64)))]);

            root.GetProperty("angles").EnumerateArray().Select(angle => angle.GetProperty("file").GetString()).ShouldBe(take.Angles.Select(angle => angle.FileName));
            TimeCode.TryParse(root.GetProperty("startTimeCode").GetString()!, rate, out var start).ShouldBeTrue();
            start.ShouldBe(take.Start);
        }
    }

    [Fact]
    public void An_angle_whose_file_was_not_hashed_and_a_hash_that_is_none_are_refused()
    {
        Refused(Files.RemoveAt(1)).ShouldBe(EditProblemKind.MissingHash);
        Refused(Files.SetItem(2, Files[2] with { Sha256 = "d41d8cd98f00b204e9800998ecf8427e" })).ShouldBe(EditProblemKind.BadHash);

        static EditProblemKind Refused(ImmutableArray<ManifestFile> files)
        {
            using var output = new MemoryStream();
            var kind = Should.Throw<EditTakeException>(() => ManifestWriter.Write(Takes.Example(), files, output)).Kind;
            output.Length.ShouldBe(0);
            return kind;
        }
    }

    private static JsonElement Write(EditTake take, ImmutableArray<ManifestFile> files) =>
        JsonDocument.Parse(Takes.Text(stream => ManifestWriter.Write(take, files, stream))).RootElement;
}
