using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>What a node asks of its recorders, besides the commands of their users.</summary>
internal static class RecorderControl
{
    /// <summary>The tracks were modified. Sent by way of the parent, as commands are, so that commands sent before are carried out before.</summary>
    public sealed record Modified(RecordingId Recording, string Message);

    /// <summary>A recorder that was made to take over, and has recorded nothing yet, continues from here. Answered with <see cref="Warmth"/>.</summary>
    public sealed record TakeOver(RecorderHistory History);

    /// <summary>Asks whether it keeps a key frame of its source to continue from; answered with <see cref="Warmth"/>.</summary>
    public sealed record GetWarmth;

    /// <param name="IsWarm">Whether a recorder that is started now begins with its pre-roll.</param>
    public sealed record Warmth(bool IsWarm);

    /// <summary>Ends the recording; the recorder's actor stops when its last event is out.</summary>
    /// <param name="Keep">Whether the recording stays open, to be continued at the next start of its node.</param>
    public sealed record Retire(bool Keep = false);

    /// <summary>The system clock jumped, or is trusted again: every recorder raises an event.</summary>
    public sealed record ClockNotice(ClockStatus Status, string Detail);
}
