using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Recording;

/// <summary>What of a recorder outlives a restart of its actor: the events that wait and their numbers first of all.</summary>
internal sealed class RecorderMemory
{
    public EventOutbox Outbox { get; } = new();

    /// <summary>Recordings begun; keeps the ids of two in one millisecond apart.</summary>
    public long Recordings { get; set; }

    /// <summary>How the last recording ended.</summary>
    public Status? LastStatus { get; set; }

    /// <summary>Whether the recorder stops for good when its last event is out.</summary>
    public bool IsRetiring { get; set; }
}
