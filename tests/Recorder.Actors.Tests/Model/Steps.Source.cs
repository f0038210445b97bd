using Recorder.Contracts;
using Recorder.Testing;

namespace Recorder.Actors.Tests.Model;

internal sealed record AdvanceStep(TimeSpan By) : Step
{
    public override string Code => $"world.Clock.Advance({Text(By)});";

    public override void Do(Stage stage) => stage.World.Clock.Advance(By);

    public override RecorderModel Next(RecorderModel model) => model.Advance(By);
}

internal sealed record EmitStep(int Frames) : Step
{
    public override string Code => $"camera.Emit({Frames});";

    public override bool Fits(RecorderModel model) => model.Source is { IsAlive: true, IsLost: false };

    public override void Do(Stage stage) => stage.Camera.Emit(Frames);

    public override RecorderModel Next(RecorderModel model) => model.Emit(Frames);
}

/// <summary>The connection or the flow of media changes.</summary>
internal enum Turn
{
    None = 0,
    Stall = 1,
    Play = 2,
    RefuseConnection = 3,
    AllowConnection = 4,
    Lose = 5,
    Restore = 6,
    End = 7,
    Fail = 8,
    Forbid = 9,
    Crash = 10,
    Drop = 11,
    Add = 12,
}

internal sealed record SourceStep(Turn Turn) : Step
{
    private static readonly TimeSpan Dropped = TimeSpan.FromMilliseconds(200);

    public override string Code => Turn switch
    {
        Turn.RefuseConnection => "camera.RefuseConnection(\"Nobody answers.\");",
        Turn.Fail => "camera.Fail(ErrorName.UnknownError, \"It broke.\");",
        Turn.Drop => $"camera.Drop(GapCause.RecorderOverrun, 5, {Text(Dropped)});",
        Turn.Add => "camera.Add(ScriptedTrack.Audio());",
        _ => $"camera.{Turn}();",
    };

    public override bool Fits(RecorderModel model) => Turn switch
    {
        Turn.Restore => model.Source is { IsAlive: true, IsLost: true },
        Turn.Stall or Turn.Play or Turn.Lose or Turn.Drop => model.Source is { IsAlive: true, IsLost: false },
        Turn.Add => model.Source is { IsAlive: true, IsLost: false, Tracks.Count: < 4 },
        Turn.RefuseConnection or Turn.AllowConnection => true,
        _ => model.Source.IsAlive,
    };

    public override void Do(Stage stage)
    {
        var camera = stage.Camera;
        Action act = Turn switch
        {
            Turn.Stall => camera.Stall,
            Turn.Play => camera.Play,
            Turn.RefuseConnection => () => camera.RefuseConnection("Nobody answers."),
            Turn.AllowConnection => camera.AllowConnection,
            Turn.Lose => () => camera.Lose(),
            Turn.Restore => camera.Restore,
            Turn.End => camera.End,
            Turn.Fail => () => camera.Fail(ErrorName.UnknownError, "It broke."),
            Turn.Forbid => () => camera.Forbid(),
            Turn.Crash => camera.Crash,
            Turn.Drop => () => camera.Drop(GapCause.RecorderOverrun, 5, Dropped),
            _ => () => camera.Add(ScriptedTrack.Audio()),
        };
        act();
    }

    public override RecorderModel Next(RecorderModel model) => Turn switch
    {
        Turn.Stall => model.Play(false),
        Turn.Play => model.Play(true),
        Turn.RefuseConnection => model.RefuseConnection(),
        Turn.AllowConnection => model.AllowConnection(),
        Turn.Lose => model.Lose(),
        Turn.Restore => model.Restore(),
        Turn.End => model.EndSource(),
        Turn.Fail => model.Fail(ErrorName.UnknownError),
        Turn.Forbid => model.Forbid(),
        Turn.Crash => model.Crash(),
        Turn.Drop => model.Drop(GapCause.RecorderOverrun),
        _ => model.Add(TrackKind.Audio),
    };
}

/// <summary>A track changes.</summary>
internal enum TrackTurn
{
    None = 0,
    Mute = 1,
    Unmute = 2,
    Remove = 3,
    EndTrack = 4,
    Resize = 5,
    Recode = 6,
}

internal sealed record TrackStep(TrackTurn Turn, TrackKind Kind) : Step
{
    public override string Code => Turn switch
    {
        TrackTurn.Resize => "camera.Resize(camera.Video, 96, 64);",
        TrackTurn.Recode => "camera.Recode(camera.Video, \"vp8\");",
        _ => $"camera.{Turn}(camera.{Kind});",
    };

    public override bool Fits(RecorderModel model) =>
        model.Source.Has(Kind) &&
        (Turn is not (TrackTurn.Resize or TrackTurn.Recode) || (Kind == TrackKind.Video && !model.Source.IsRecoded));

    public override void Do(Stage stage)
    {
        var (camera, track) = (stage.Camera, stage.Track(Kind));
        Action act = Turn switch
        {
            TrackTurn.Mute => () => camera.Mute(track),
            TrackTurn.Unmute => () => camera.Unmute(track),
            TrackTurn.Remove => () => camera.Remove(track),
            TrackTurn.EndTrack => () => camera.EndTrack(track),
            TrackTurn.Resize => () => camera.Resize(track, 96, 64),
            _ => () => camera.Recode(track, "vp8"),
        };
        act();
    }

    public override RecorderModel Next(RecorderModel model) => Turn switch
    {
        TrackTurn.Mute or TrackTurn.Unmute => model.Mute(),
        TrackTurn.Remove => model.Remove(Kind),
        TrackTurn.EndTrack => model.EndTrack(Kind),
        TrackTurn.Resize => model.Resize(),
        _ => model.Recode(),
    };
}
