using System.Diagnostics;

namespace Recorder.Node.Telemetry;

/// <summary>The spans of a request's commands. Without a listener no span is made.</summary>
internal static class NodeTrace
{
    public const string Name = "Recorder";

    public static readonly ActivitySource Source = new(Name);

    public static Activity? Command(RecorderProtocol.ICommand command) =>
        Source.StartActivity("recorder.command", ActivityKind.Internal) is { } activity
            ? activity.SetTag("recorder.id", command.Recorder.ToString()).SetTag("recorder.command", command.GetType().Name)
            : null;

    public static RecorderState Reached(this Activity? activity, RecorderState state)
    {
        activity?.SetTag("recorder.state", state.ToString());
        return state;
    }

    public static void Refused(this Activity? activity, string error, string detail) =>
        activity?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error, detail);
}
