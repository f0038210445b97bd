using Recorder.Actors.Capture;
using Recorder.Contracts;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Recording;

/// <summary>A recorder's view of its source: its status, its tracks, and which messages belong to the present attachment.</summary>
internal sealed class SourceState(SourceUri source, long memoryLimit)
{
    // Counted across restarts of the actor: messages of an earlier attachment may still wait in its mailbox.
    private static long _attachments;

    private readonly Queue<MediaArrived> _withheld = new();
    private long _attachment;

    public SourceUri Uri => source;

    public SourceStatus Status { get; set; }

    /// <summary>What was said with the status: why it is lost or not reached; "" for nothing.</summary>
    public string Detail { get; set; } = "";

    public Described Known { get; set; } = new(null, Ended: false);

    public IReadOnlyList<SourceTrack> Tracks { get; private set; } = [];

    public bool IsStale(ISourceMessage message) => message.Attachment != _attachment;

    public static void Drop(ISourceMessage message) => (message as MediaArrived)?.Done();

    public Attach Attach()
    {
        _attachment = Interlocked.Increment(ref _attachments);
        return new Attach(source, _attachment);
    }

    public void Open(SourceOpened opened) => (Tracks, Status) = (opened.Tracks, SourceStatus.Connected);

    public IReadOnlyList<SourceTrack> With(SourceTrack changed) => [.. Tracks.Select(track => track.Id == changed.Id ? changed : track)];

    /// <returns>
    /// Whether to raise an event. New parameter sets in the stream, which some cameras send all the time, are not worth one.
    /// </returns>
    public bool Replace(IReadOnlyList<SourceTrack> tracks)
    {
        var isChanged = tracks.Count != Tracks.Count || tracks.Zip(Tracks).Any(pair => !pair.First.Parameters.Continues(pair.Second.Parameters));
        Tracks = tracks;
        return isChanged;
    }

    /// <summary>
    /// Returns a batch and its credit to the source. A source that waits for its subscribers gets no credit while too many bytes wait for the
    /// disk.
    /// </summary>
    /// <returns>False when the credit is withheld: call <see cref="ReturnWithheld"/> soon.</returns>
    public bool Return(MediaArrived media, long backlog)
    {
        if (source.WaitsForSubscribers && backlog > memoryLimit / 2)
        {
            _withheld.Enqueue(media);
            return false;
        }

        media.Done();
        return true;
    }

    /// <summary>Returns withheld credit while the disk has caught up.</summary>
    /// <returns>False when some credit is still withheld.</returns>
    public bool ReturnWithheld(long backlog)
    {
        while (_withheld.TryPeek(out _))
        {
            if (backlog > memoryLimit / 2)
                return false;

            _withheld.Dequeue().Done();
        }

        return true;
    }
}
