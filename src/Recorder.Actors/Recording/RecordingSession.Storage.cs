namespace Recorder.Actors.Recording;

// What a full volume costs.
internal sealed partial class RecordingSession
{
    /// <summary>Packets written so far.</summary>
    public long Packets => _output?.Packets ?? 0;

    /// <summary>Whether packets are left out because the volume is full.</summary>
    public bool IsFull => _selection.IsFull;

    /// <summary>The volume is full: what comes is left out.</summary>
    /// <param name="reached">Where what is written ends.</param>
    /// <param name="written">Packets that are.</param>
    public void Fill(TimeSpan reached, long written) => _selection.Fill(reached, Packets - written);

    /// <summary>The volume has space again: goes on at a key frame, in another extent if it must.</summary>
    public void Empty(bool needsExtent)
    {
        _selection.Empty();
        _output?.GoOn(needsExtent);
    }
}
