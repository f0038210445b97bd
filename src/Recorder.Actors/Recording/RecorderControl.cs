using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>The messages that a node sends to its recorders, besides the commands of their users.</summary>
internal static class RecorderControl
{
    /// <summary>The tracks were modified. Sent through the parent, as commands are, so that commands sent before are carried out first.</summary>
    public sealed record Modified(RecordingId Recording, string Message);

    /// <summary>Gives a prepared recorder the history from which it continues. Answered with <see cref="PreRollStatus"/>.</summary>
    public sealed record TakeOver(RecorderHistory History);

    /// <summary>Asks whether the recorder's pre-roll has a key frame to continue from. Answered with <see cref="PreRollStatus"/>.</summary>
    public sealed record GetPreRollStatus;

    /// <summary>Answered with <see cref="RecorderCondition"/>.</summary>
    public sealed record GetCondition
    {
        public static readonly GetCondition Instance = new();
    }

    /// <summary>The node's tenure counts from now on: the recorder raises its events under it.</summary>
    /// <param name="Before">The last event before the tenure's first.</param>
    /// <param name="Floor">Below the numbers of the tenure's events.</param>
    public sealed record BeginTenure(EventTenure Tenure, EventBefore? Before, long Floor);

    /// <summary>Another node recorded after this one had taken over: the recorder raises an event that says so.</summary>
    public sealed record NoteLateMedia(RecorderProtocol.LateMedia Late);

    /// <param name="HasKeyFrame">Whether a recording that is started now begins with the pre-roll.</param>
    public sealed record PreRollStatus(bool HasKeyFrame);

    /// <summary>Ends the recording; the actor stops when its last event is published.</summary>
    /// <param name="Keep">Whether the recording stays open, to be continued at the next start of the node.</param>
    public sealed record Retire(bool Keep = false);

    /// <summary>The system clock jumped, or is trusted again: every recorder raises an event.</summary>
    public sealed record ClockNotice(ClockStatus Status, string Detail);
}
