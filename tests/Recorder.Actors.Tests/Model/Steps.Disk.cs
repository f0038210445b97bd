namespace Recorder.Actors.Tests.Model;

/// <summary>The disk stalls, continues, or is repaired.</summary>
internal enum DiskTurn
{
    None = 0,
    Stall = 1,
    Continue = 2,
    Repair = 3,
}

internal sealed record DiskStep(DiskTurn Turn) : Step
{
    public override string Code => $"world.Disk.{Turn}();";

    public override bool Fits(RecorderModel model) => Turn == DiskTurn.Stall || model.Disk != new ModelDisk();

    public override void Do(Stage stage)
    {
        var disk = stage.World.Disk;
        Action act = Turn switch { DiskTurn.Stall => disk.Stall, DiskTurn.Continue => disk.Continue, _ => disk.Repair };
        act();
    }

    public override RecorderModel Next(RecorderModel model) => model.WithDisk(Turn switch
    {
        DiskTurn.Stall => model.Disk with { IsStalled = true },
        DiskTurn.Continue => model.Disk with { IsStalled = false },
        _ => new ModelDisk(),
    });
}

internal sealed record SlowDiskStep(TimeSpan Delay) : Step
{
    public override string Code => $"world.Disk.Delay = {Text(Delay)};";

    public override void Do(Stage stage) => stage.World.Disk.Delay = Delay;

    public override RecorderModel Next(RecorderModel model) => model.WithDisk(model.Disk with { Delay = Delay });
}

internal sealed record FillDiskStep(long Bytes) : Step
{
    public override string Code => $"world.Disk.Fill({Bytes});";

    public override void Do(Stage stage) => stage.World.Disk.Fill(Bytes);

    public override RecorderModel Next(RecorderModel model) =>
        model.WithDisk(model.Disk with { IsFaulty = true, IsFull = Bytes == 0 });
}

internal sealed record FailDiskStep(long After, bool Torn) : Step
{
    public override string Code => $"world.Disk.FailAt(world.Disk.Written + {After}{(Torn ? ", torn: true" : "")});";

    public override void Do(Stage stage) => stage.World.Disk.FailAt(stage.World.Disk.Written + After, Torn);

    public override RecorderModel Next(RecorderModel model) => model.WithDisk(model.Disk with { IsFaulty = true });
}
