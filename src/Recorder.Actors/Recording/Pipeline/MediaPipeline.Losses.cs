using Recorder.Contracts;

namespace Recorder.Actors.Recording;

// What is lost on the way here, and what a full volume costs.
internal sealed partial class MediaPipeline
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

    /// <summary>The source is lost, and reconnects by itself.</summary>
    public void Lose(DateTimeOffset since, string detail) => _selection.Lose(since, detail);

    /// <summary>
    /// An interval was lost on the way here, and is over: what follows begins with a key frame. A recording that had not begun begins
    /// after it.
    /// </summary>
    public void AddGap(GapCause cause, DateTimeOffset from, DateTimeOffset to, long packets, string detail, TimeSpan? missing = null)
    {
        if (_output is not null)
        {
            _selection.AddGap(cause, from, to, packets, detail, missing);
        }
        else
        {
            _start.Clear();
        }
    }
}
