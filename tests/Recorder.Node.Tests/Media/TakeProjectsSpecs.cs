using System.Text;
using Recorder.Contracts;
using Recorder.Media.Export.Editing;
using Recorder.Media.Interchange;
using Recorder.Node.Media;

namespace Recorder.Node.Tests.Media;

/// <summary>What editors import, beside what is in the folder already.</summary>
public sealed class TakeProjectsSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-projects-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_long_slate_is_cut_between_characters_and_keeps_the_take_s_number()
    {
        var written = Write(new Slate { Project = new string('ä', 100), Scene = new string('景', 100), Take = 17 });

        foreach (var file in written.Where(file => Path.GetExtension(file.Name) is ".otio" or ".json"))
        {
            file.Problem.ShouldBeNull();
            Encoding.UTF8.GetByteCount(file.Name + ".part").ShouldBeInRange(240, 255);
            Path.GetFileNameWithoutExtension(file.Name).ShouldMatch("^ä{100}_景+_17$");
            File.Exists(Path.Combine(_folder, file.Name)).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_part_of_somebody_else_is_neither_written_nor_deleted()
    {
        var part = Path.Combine(_folder, "12A_1.otio.part");
        File.WriteAllText(part, "mine");

        var written = Write(new Slate { Scene = "12A", Take = 1 });

        written.Single(file => file.Name == "12A_1.otio").Problem!.ShouldContain($"'{part}' already exists");
        written.Single(file => file.Name == "12A_1.json").Problem.ShouldBeNull();
        File.ReadAllText(part).ShouldBe("mine");
    }

    private List<ExportedFile> Write(Slate slate)
    {
        var at = new DateTimeOffset(2026, 12, 1, 10, 20, 30, TimeSpan.Zero);
        var take = new Take { Id = new TakeId("20261201T102030Z-1"), State = TakeState.Done, Slate = slate, At = at, TimeCode = "10:20:30:00" };
        var timeCode = new TakeTimeCode(take);
        var angle = new EditAngle { Name = "A", CameraId = "left", CameraName = "left", Reel = "1", FileName = "a.mov", Start = timeCode.Of(at), Frames = 25, Width = 160, Height = 120 };
        using var ledger = ExportLedger.Open(_folder, take.Id);
        return new TakeProjects(take, timeCode, _folder, new TakeExportOptions(EditContainer.Mov, EditHoles.Stated, Overwrite: false), ledger).Write([angle], [new ManifestFile("a.mov", 1, new string('0', 64))]);
    }
}
