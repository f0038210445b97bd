using System.Globalization;
using Recorder.Contracts;
using Recorder.Testing;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Model;

/// <summary>One step of a story: applied to a world and to the model, and printed as a statement of a spec.</summary>
internal abstract record Step
{
    /// <summary>The statement of the step.</summary>
    public abstract string Code { get; }

    /// <summary>Whether the step is possible now; else the story skips it.</summary>
    public virtual bool Fits(RecorderModel model) => true;

    public abstract void Do(Stage stage);

    public abstract RecorderModel Next(RecorderModel model);

    public sealed override string ToString() => Code;

    /// <summary>A time span as an expression.</summary>
    protected static string Text(TimeSpan? time) => time is { } span
        ? string.Create(CultureInfo.InvariantCulture, $"TimeSpan.FromMilliseconds({span.TotalMilliseconds})")
        : "null";
}

/// <summary>A step that sends a command and takes its answer.</summary>
internal abstract record CommandStep : Step
{
    /// <summary>The statement that expects this refusal.</summary>
    public string CodeRefused(ErrorName name) => $"recorder.ExpectRefused({CommandCode}, ErrorName.{name});";

    /// <summary>The statement that sends the command without waiting for its answer.</summary>
    public string CodePosted => $"recorder.Post({CommandCode});";

    /// <summary>The command as an expression.</summary>
    protected abstract string CommandCode { get; }

    public abstract ICommand Command(RecorderId recorder);

    public abstract Answer Ask(RecorderModel model);

    public sealed override void Do(Stage stage) => stage.Answer = stage.Recorder.Send(Command(stage.Recorder.Id));

    public sealed override RecorderModel Next(RecorderModel model) => Ask(model).Accepted ?? model;
}

/// <summary>The world, recorder and source of a story.</summary>
internal sealed class Stage(RecorderWorld world, ScriptedSource camera, TestRecorder recorder)
{
    public RecorderWorld World => world;

    public ScriptedSource Camera => camera;

    public TestRecorder Recorder => recorder;

    /// <summary>The answer to the last command.</summary>
    public object? Answer { get; set; }

    public List<Viewer> Viewers { get; } = [];

    public ScriptedTrack Track(TrackKind kind) => kind == TrackKind.Video ? camera.Video : camera.Audio;
}
