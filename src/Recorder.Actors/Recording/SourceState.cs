using Recorder.Actors.Capture;
using Recorder.Contracts;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Recording;

/// <summary>What a recorder knows of its source: its status, its tracks, and which messages belong to the present attachment.</summary>
/// <param name="source">The source.</param>
/// <param name="memoryLimit">Bytes that may wait for the disk.</param>
internal sealed class SourceState(SourceUri source, long memoryLimit)
{
    // Counted across restarts of the actor: messages of an earlier attachment may still wait in its mailbox.
    private static long _attachments;

    private readonly Queue<MediaArrived> _withheld = new();
    private long _attachment;

    public SourceUri Uri => source;

    public SourceStatus Status { get; set; }

    /// <summary>What is known of it without opening it.</summary>
    public Described Known { get; set; } = new(null, Ended: false);

    /// <summary>Its tracks, once it was opened.</summary>
    public IReadOnlyList<SourceTrack> Tracks { get; private set; } = [];

    /// <summary>Whether a message belongs to an earlier attachment.</summary>
    public bool IsStale(ISourceMessage message) => message.Attachment != _attachment;

    /// <summary>The request that begins another attachment.</summary>
    public Attach Attach()
    {
        _attachment = Interlocked.Increment(ref _attachments);
        return new Attach(source, _attachment);
    }

    /// <summary>The source is open.</summary>
    public void Open(SourceOpened opened) => (Tracks, Status) = (opened.Tracks, SourceStatus.Connected);

    /// <summary>The tracks with one of them in its new form.</summary>
    public IReadOnlyList<SourceTrack> With(SourceTrack changed) => [.. Tracks.Select(track => track.Id == changed.Id ? changed : track)];

    /// <summary>Replaces the tracks.</summary>
    /// <returns>Whether that is worth an event: parameter sets that change all the time, as those of some cameras do, are not.</returns>
    public bool Replace(IReadOnlyList<SourceTrack> tracks)
    {
        var isNews = tracks.Count != Tracks.Count || tracks.Zip(Tracks).Any(pair => !pair.First.Parameters.Continues(pair.Second.Parameters));
        Tracks = tracks;
        return isNews;
    }

    /// <summary>
    /// Returns a batch and its credit to the source. A source that reads as fast as its subscribers take must wait for the disk: its credit is
    /// withheld while too much waits there.
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

    /// <summary>Returns the withheld credit as far as the disk has caught up.</summary>
    /// <returns>False when some is withheld still.</returns>
    public bool ReturnWithheld(long backlog)
    {
        while (_withheld.TryPeek(out _))
        {
            if (backlog > memoryLimit / 2)
            {
                return false;
            }

            _withheld.Dequeue().Done();
        }

        return true;
    }
}
