using Recorder.Contracts;
using Recorder.Media.Interchange;

namespace Recorder.Media.Tests.Interchange;

public sealed class EditTakeCheckSpecs
{
    private static readonly Dictionary<string, (EditProblemKind Kind, Func<EditTake, EditTake> Change)> Changes = new()
    {
        ["a take without a name"] = (EditProblemKind.NoName, take => take with { Name = " " }),
        ["an angle without a name"] = (EditProblemKind.NoName, take => First(take, angle => angle with { Name = "" })),
        ["a take without frames"] = (EditProblemKind.NoFrames, take => take with { Frames = 0 }),
        ["an angle without frames"] = (EditProblemKind.NoFrames, take => First(take, angle => angle with { Frames = 0, Holes = [] })),
        ["a take of more than a day"] = (EditProblemKind.LongerThanADay, take => take with { Frames = 24L * 60 * 60 * 25 + 1 }),
        ["no angle"] = (EditProblemKind.NoAngle, take => take with { Angles = [] }),
        ["two angles of one name"] = (EditProblemKind.DuplicateAngle, take => First(take, angle => angle with { Name = "B" })),
        ["two angles of one file"] = (EditProblemKind.DuplicateFile, take => First(take, angle => angle with { FileName = "WIDE/12A3_B.mov" })),
        ["an absolute file"] = (EditProblemKind.BadFileName, take => First(take, angle => angle with { FileName = "/media/a.mov" })),
        ["a file outside the folder"] = (EditProblemKind.BadFileName, take => First(take, angle => angle with { FileName = "a/../../b.mov" })),
        ["no file"] = (EditProblemKind.BadFileName, take => First(take, angle => angle with { FileName = "" })),
        ["an angle of another rate"] =
            (EditProblemKind.OtherRate, take => First(take, angle => angle with { Start = Takes.At("10:20:30:00", TimeCodeRate.Find(50)!.Value) })),
        ["an angle that begins before the take"] =
            (EditProblemKind.OutsideTake, take => First(take, angle => angle with { Start = Takes.At("10:20:29:24") })),
        ["an angle that ends after the take"] = (EditProblemKind.OutsideTake, take => First(take, angle => angle with { Frames = 15_001 })),
        ["an angle without a picture"] = (EditProblemKind.NoPicture, take => First(take, angle => angle with { Width = 0 })),
        ["sound without channels"] = (EditProblemKind.BadSound, take => First(take, angle => angle with { Sound = new AngleSound(0, 48_000) })),
        ["a hole of no frames"] = (EditProblemKind.BadHole, take => Holes(take, new AngleHole(5, 0, "", true))),
        ["a hole after the end"] = (EditProblemKind.BadHole, take => Holes(take, new AngleHole(14_999, 2, "", true))),
        ["holes that overlap"] = (EditProblemKind.BadHole, take => Holes(take, new AngleHole(5, 10, "", true), new AngleHole(14, 10, "", false))),
        ["nothing but holes"] = (EditProblemKind.NothingRecorded, take => Holes(take, new AngleHole(0, 10, "", true), new AngleHole(10, 14_990, "", false))),
        ["a mark before the take"] = (EditProblemKind.BadMark, take => take with { Marks = [new EditMark(-1, "", MarkColour.Red)] }),
        ["a mark after the take"] = (EditProblemKind.BadMark, take => take with { Marks = [new EditMark(15_000, "", MarkColour.Red)] }),
        ["a mark without end"] = (EditProblemKind.BadMark, take => take with { Marks = [new EditMark(1, "", MarkColour.Red, Frames: long.MaxValue)] }),
        ["a mark of no colour"] = (EditProblemKind.BadMark, take => take with { Marks = [new EditMark(1, "", (MarkColour)11)] }),
        ["a mark on another's angle"] = (EditProblemKind.UnknownAngle, take => take with { Marks = [new EditMark(1, "", MarkColour.Red, Angle: "C")] }),
    };

    public static TheoryData<string> Names() => new(Changes.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_take_with_a_problem_is_refused_by_every_writer_before_it_writes(string name)
    {
        var (kind, change) = Changes[name];
        EditTakeCheck.Problems(Takes.Example()).ShouldBeEmpty();
        var take = change(Takes.Example());
        using var output = new MemoryStream();
        using var text = new StringWriter();

        EditTakeCheck.Problems(take).Select(problem => problem.Kind).ShouldContain(kind);
        EditTakeCheck.Problems(take).ShouldAllBe(problem => problem.Message.Length > 20 && problem.Message.EndsWith('.'));
        Should.Throw<EditTakeException>(() => OtioWriter.Write(take, output)).Message.ShouldNotBeEmpty();
        Should.Throw<EditTakeException>(() => FcpxmlWriter.Write(take, Takes.Folder, output));
        Should.Throw<EditTakeException>(() => ManifestWriter.Write(take, [], output));
        Should.Throw<EditTakeException>(() => MarkerEdlWriter.Write(take, text));
        (output.Length, text.ToString()).ShouldBe((0, ""));
    }

    [Fact]
    public void An_angle_that_drops_frames_in_a_take_that_does_not_is_refused()
    {
        var take = OtioWriterSpecs.OneAngleAt("29.97", "10:00:00:00");
        var other = First(take, angle => angle with { Start = Takes.At("10:00:00;00", take.Start.Rate) });

        EditTakeCheck.Problems(other).Single().Message.ShouldBe(
            "Angle A counts 29.97 frames per second with drop-frame and the take 29.97 frames per second without drop-frame; export the angle at the take's rate.");
    }

    [Fact]
    public void A_take_of_exactly_a_day_is_written()
    {
        var day = OtioWriterSpecs.OneAngleAt("59.94", "10:00:00;00");
        var take = First(day, angle => angle with { Frames = 5_178_816 }) with { Frames = 5_178_816 };

        take.PassesMidnight.ShouldBeTrue();
        OtioRules.Check(Takes.Otio(take)).ShouldBeEmpty();
        FcpxmlRules.Check(Takes.Fcpxml(take)).ShouldBeEmpty();
    }

    private static EditTake First(EditTake take, Func<EditAngle, EditAngle> change) => take with { Angles = take.Angles.SetItem(0, change(take.Angles[0])) };

    private static EditTake Holes(EditTake take, params AngleHole[] holes) => First(take, angle => angle with { Holes = [.. holes] });
}
