using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Model;

internal sealed record StartStep(TimeSpan? Timeslice = null, TimeSpan? Duration = null) : CommandStep
{
    public override string Code => (Timeslice, Duration) switch
    {
        (null, null) => "recorder.Start();",
        (_, null) => $"recorder.Start({Text(Timeslice)});",
        _ => $"recorder.Start({Text(Timeslice)}, {Text(Duration)});",
    };

    private bool IsWrong => Timeslice < TimeSpan.Zero || Duration <= TimeSpan.Zero;

    protected override string CommandCode =>
        $"new RecorderProtocol.Start(recorder.Id, {Text(Timeslice)})" +
        $"{(Duration is null ? "" : $" {{ Duration = {Text(Duration)} }}")}";

    public override ICommand Command(RecorderId recorder) => new Start(recorder, Timeslice) { Duration = Duration };

    public override Answer Ask(RecorderModel model) =>
        IsWrong ? model.StartWrongly() : model.Start(Duration);

    // The model does not say which of two reasons to refuse comes first.
    public override bool Fits(RecorderModel model) => model.Source.IsAlive || !IsWrong;
}

internal sealed record StopStep : CommandStep
{
    public override string Code => "recorder.Stop();";

    protected override string CommandCode => "new RecorderProtocol.Stop(recorder.Id)";

    public override ICommand Command(RecorderId recorder) => new Stop(recorder);

    public override Answer Ask(RecorderModel model) => model.Stop();
}

internal sealed record PauseStep : CommandStep
{
    public override string Code => "recorder.Pause();";

    protected override string CommandCode => "new RecorderProtocol.Pause(recorder.Id)";

    public override ICommand Command(RecorderId recorder) => new Pause(recorder);

    public override Answer Ask(RecorderModel model) => model.Pause();
}

internal sealed record ResumeStep : CommandStep
{
    public override string Code => "recorder.Resume();";

    protected override string CommandCode => "new RecorderProtocol.Resume(recorder.Id)";

    public override ICommand Command(RecorderId recorder) => new Resume(recorder);

    public override Answer Ask(RecorderModel model) => model.Resume();
}

internal sealed record RequestDataStep : CommandStep
{
    public override string Code => "recorder.RequestData();";

    protected override string CommandCode => "new RecorderProtocol.RequestData(recorder.Id)";

    public override ICommand Command(RecorderId recorder) => new RequestData(recorder);

    public override Answer Ask(RecorderModel model) => model.RequestData();
}

/// <summary>Two commands that wait in the mailbox together.</summary>
internal sealed record TogetherStep(CommandStep First, CommandStep Second) : Step
{
    public override string Code => $"{First.CodePosted} {Second.CodePosted} world.Settle();";

    // Else the seed would decide whether a message of the source or a disk fault comes before the second command.
    public override bool Fits(RecorderModel model) =>
        model.Source is { IsAlive: true, Tracks.IsEmpty: false } && !model.Disk.IsFaulty &&
        !(model.IsActive && model.Recordings[^1].IsDoubtful);

    public override void Do(Stage stage)
    {
        stage.Recorder.Post(First.Command(stage.Recorder.Id));
        stage.Recorder.Post(Second.Command(stage.Recorder.Id));
        stage.World.Settle();
    }

    public override RecorderModel Next(RecorderModel model) => Second.Next(First.Next(model));
}

/// <summary>A command that waits in the mailbox while the source changes: the seed decides which comes first.</summary>
internal sealed record RaceStep(CommandStep Command, int Turns, Step Other) : Step
{
    public override string Code => $"{Command.CodePosted} world.Turn({Turns}); {Other.Code}";

    public override bool Fits(RecorderModel model) =>
        model is { IsActive: true, Disk.IsFaulty: false } && !model.Recordings[^1].IsDoubtful && Other.Fits(model) &&
        Orders(model) is var (one, other) && (one.State, one.Deadline) == (other.State, other.Deadline);

    public override void Do(Stage stage)
    {
        stage.Recorder.Post(Command.Command(stage.Recorder.Id));
        stage.World.Turn(Turns);
        Other.Do(stage);
    }

    public override RecorderModel Next(RecorderModel model)
    {
        var (one, other) = Orders(model);
        return one.Or(other) with { MayHaveMedia = one.MayHaveMedia || other.MayHaveMedia || Other.Next(model).MayHaveMedia };
    }

    private (RecorderModel One, RecorderModel Other) Orders(RecorderModel model) =>
        (Other.Next(Command.Next(model)), Command.Next(Other.Next(model)));
}
