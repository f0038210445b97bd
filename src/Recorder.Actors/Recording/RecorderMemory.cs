using Recorder.Contracts;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Recording;

/// <summary>The state of a recorder that outlives a restart of its actor, such as its waiting events and their numbers.</summary>
/// <param name="history">The history of the recorder before its node started; null for a new recorder.</param>
internal sealed class RecorderMemory(RecorderHistory? history)
{
    public EventOutbox Outbox { get; } = CreateOutbox(history);

    /// <summary>The epoch of its blobs, which rises whenever another node owns the recorder.</summary>
    public int Epoch { get; private set; } = history?.Epoch ?? 0;

    /// <summary>Whether the recorder is prepared for a hand-over and keeps a pre-roll, so that no frame is lost.</summary>
    public bool IsPreparedForHandOver { get; set; }

    /// <summary>The take that the recorder is armed for; null for none.</summary>
    public TakeId? ArmedFor { get; set; }

    /// <summary>The latest takes that have ended for this recorder.</summary>
    public Queue<TakeId> EndedTakes { get; } = [];

    /// <summary>The last recorded key frames, by which another node finds where to continue.</summary>
    public RecordedKeyFrames KeyFrames { get; } = new();

    /// <summary>Recordings begun; distinguishes the ids of two recordings in one millisecond.</summary>
    public long Recordings { get; set; } = history?.Recordings ?? 0;

    /// <summary>The interrupted recording that the next start continues; null for none.</summary>
    public InterruptedRecording? Interrupted { get; set; } = history?.Continue;

    /// <summary>Why it was interrupted.</summary>
    public string Interruption { get; private set; } = Describe(history);

    public Status? LastStatus { get; set; }

    public bool IsRetiring { get; set; }

    public void ContinueFrom(RecorderHistory history)
    {
        Outbox.ContinueFrom(history);
        (Recordings, Interrupted, Epoch, Interruption) = (history.Recordings, history.Continue, history.Epoch, Describe(history));
    }

    private static string Describe(RecorderHistory? history) => history switch
    {
        { Continue.KeyPictures: not null } => "The recorder moved here from another node.",
        // The same tenure goes on, for example after the node had closed its only connection to a camera for another node.
        { Epoch: > 0, IsClaim: false } => "The recorder had no connection to its source for a while.",
        _ => "The node was not running.",
    };

    private static EventOutbox CreateOutbox(RecorderHistory? history)
    {
        var outbox = new EventOutbox();
        if (history is not null)
            outbox.ContinueFrom(history);

        return outbox;
    }
}
