using System.Diagnostics;
using Recorder.Contracts;

namespace Recorder.Node.Telemetry;

/// <summary>Spans of what a node does for a request. Without anybody who listens they are never made.</summary>
internal static class NodeTrace
{
    /// <summary>What listeners know it by.</summary>
    public const string Name = "Recorder";

    public static readonly ActivitySource Source = new(Name);

    /// <summary>A command on its way to its recorder; null when nobody listens.</summary>
    public static Activity? Command(RecorderProtocol.ICommand command) =>
        Source.StartActivity("recorder.command", ActivityKind.Internal) is { } activity
            ? activity.SetTag("recorder.id", command.Recorder.ToString()).SetTag("recorder.command", command.GetType().Name)
            : null;

    /// <summary>It was carried out.</summary>
    public static RecorderState Reached(this Activity? activity, RecorderState state)
    {
        activity?.SetTag("recorder.state", state.ToString());
        return state;
    }

    /// <summary>It was not.</summary>
    public static void Refused(this Activity? activity, string error, string detail) =>
        activity?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error, detail);
}
