using Recorder.Contracts;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Recording;

/// <summary>What of a recorder outlives a restart of its actor: the events that wait and their numbers first of all.</summary>
/// <param name="history">What the recorder was before its node started; null for one that is new.</param>
internal sealed class RecorderMemory(RecorderHistory? history)
{
    public EventOutbox Outbox { get; } = new(history?.LastSequence ?? 0);

    /// <summary>What its blobs carry: rises whenever another node takes the recorder.</summary>
    public int Epoch { get; private set; } = history?.Epoch ?? 0;

    /// <summary>Whether it holds its source's past to take a recording over without a loss.</summary>
    public bool IsWarm { get; set; }

    /// <summary>What another node can go on from.</summary>
    public RecordedKeyFrames Pictures { get; } = new();

    /// <summary>Recordings begun; keeps the ids of two in one millisecond apart.</summary>
    public long Recordings { get; set; } = history?.Recordings ?? 0;

    /// <summary>What the next start goes on with.</summary>
    public InterruptedRecording? Continue { get; set; } = history?.Continue;

    /// <summary>How the last recording ended.</summary>
    public Status? LastStatus { get; set; }

    /// <summary>Whether the recorder stops for good when its last event is out.</summary>
    public bool IsRetiring { get; set; }

    /// <summary>A recorder that has done nothing yet goes on from here.</summary>
    public void ContinueFrom(RecorderHistory history)
    {
        Outbox.ContinueFrom(history.LastSequence);
        (Recordings, Continue, Epoch) = (history.Recordings, history.Continue, history.Epoch);
    }
}
