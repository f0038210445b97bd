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

    /// <summary>What became of it.</summary>
    public static void Answered(this Activity? activity, object answer)
    {
        switch (answer)
        {
            case RecorderProtocol.Accepted accepted:
                activity?.SetTag("recorder.state", accepted.State.ToString());
                break;
            case RecorderProtocol.Refused refused:
                activity?.SetTag("recorder.state", refused.State.ToString());
                activity?.SetTag("error.type", refused.Error.Name.ToString());
                activity?.SetStatus(ActivityStatusCode.Error, refused.Error.Message);
                break;
        }
    }
}
