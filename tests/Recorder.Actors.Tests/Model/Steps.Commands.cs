using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Model;

internal sealed record StartStep(TimeSpan? Timeslice = null, TimeSpan? Duration = null) : Asking
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

    // Which of two reasons to refuse comes first is not the model's business.
    public override bool Fits(RecorderModel model) => model.Source.IsAlive || !IsWrong;
}

internal sealed record StopStep : Asking
{
    public override string Code => "recorder.Stop();";

    protected override string CommandCode => "new RecorderProtocol.Stop(recorder.Id)";

    public override ICommand Command(RecorderId recorder) => new Stop(recorder);

    public override Answer Ask(RecorderModel model) => model.Stop();
}

internal sealed record PauseStep : Asking
{
    public override string Code => "recorder.Pause();";

    protected override string CommandCode => "new RecorderProtocol.Pause(recorder.Id)";

    public override ICommand Command(RecorderId recorder) => new Pause(recorder);

    public override Answer Ask(RecorderModel model) => model.Pause();
}

internal sealed record ResumeStep : Asking
{
    public override string Code => "recorder.Resume();";

    protected override string CommandCode => "new RecorderProtocol.Resume(recorder.Id)";

    public override ICommand Command(RecorderId recorder) => new Resume(recorder);

    public override Answer Ask(RecorderModel model) => model.Resume();
}

internal sealed record RequestDataStep : Asking
{
    public override string Code => "recorder.RequestData();";

    protected override string CommandCode => "new RecorderProtocol.RequestData(recorder.Id)";

    public override ICommand Command(RecorderId recorder) => new RequestData(recorder);

    public override Answer Ask(RecorderModel model) => model.RequestData();
}

/// <summary>Two commands wait in the mailbox together.</summary>
internal sealed record TogetherStep(Asking First, Asking Second) : Step
{
    public override string Code => $"{First.CodePosted} {Second.CodePosted} world.Settle();";

    // What a source says at once, or a disk that fails, comes before or after the second command, as the seed decides.
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

/// <summary>A command waits in the mailbox while something becomes of the source: which comes first, the seed decides.</summary>
internal sealed record RaceStep(Asking Command, int Turns, Step Other) : Step
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
