using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

// A recording that goes on with one which was under way when its node ended. The session counts from 0 as always; what it says is moved
// behind what is there: extents, blobs, bytes and the timeline, on which the time in between is a gap.
internal sealed partial class RecordingSession
{
    private Func<(RecordingDescription Description, RecordingLayout Layout)>? _beginAnother;
    private TimeSpan _offset;
    private bool _isDecided = true;

    /// <summary>Whether it takes over from a node that recorded until just now: then it may begin before that one ended.</summary>
    public bool MayOverlap { get; init; }

    /// <summary>The key frame that it begins with, where that node recorded it, too: then nobody's clock is asked.</summary>
    public KeyPicture? Seam { get; set; }

    /// <summary>Takes down what another node can go on from; null on a node of its own.</summary>
    public RecordedKeyFrames? Pictures { get; init; }

    /// <summary>What it goes on with; null for a recording that is new.</summary>
    public InterruptedRecording? Continued { get; private set; }

    /// <summary>Media time on the recording's timeline.</summary>
    public TimeSpan Duration => HasBegun ? _session!.Duration + _offset : Continued?.Duration ?? TimeSpan.Zero;

    /// <summary>Bytes produced over all extents.</summary>
    public long Bytes => (_session?.Bytes ?? 0) + (Continued?.Bytes ?? 0);

    /// <summary>A moment of the recording's timeline as the session counts.</summary>
    public TimeSpan InSession(TimeSpan time) => time > _offset ? time - _offset : TimeSpan.Zero;

    /// <summary>Goes on with a recording. If what comes does not fit into it, it is closed and another begins.</summary>
    /// <param name="interrupted">The recording.</param>
    /// <param name="beginAnother">Makes what another needs.</param>
    public void Continue(InterruptedRecording interrupted, Func<(RecordingDescription Description, RecordingLayout Layout)> beginAnother)
    {
        (Continued, _beginAnother, _isDecided) = (interrupted, beginAnother, false);
        (_blobs, _mimeType) = (interrupted.LastBlob, interrupted.MimeType);
        // Its start event was raised before its node ended.
        _started = true;
    }

    private void DecideHowToGoOn(string mimeType)
    {
        if (_isDecided)
        {
            return;
        }

        _isDecided = true;
        if (CodecTable.Continues(Continued!.MimeType, mimeType))
        {
            GoOn(Continued);
        }
        else
        {
            BeginAnother(Continued);
        }
    }

    private void GoOn(InterruptedRecording interrupted)
    {
        var (from, to) = (interrupted.EndedAt, _session!.FirstCapturedAt);
        BeginWriting();
        if (Seam is { } seam)
        {
            _offset = seam.MediaTime;
            return;
        }

        if (to < from && MayOverlap && from - to < interrupted.Duration)
        {
            // What the recorder's last node recorded too: its end and this beginning are the same moments of the timeline, in two epochs.
            _offset = interrupted.Duration - (from - to);
            return;
        }

        // A clock that was set back meanwhile does not take the recording back.
        to = to > from ? to : from;
        ((IPipelineSink)this).Gap(GapCause.NodeDown, interrupted.Duration, to - from, from, to, packets: 0, "The node was not running.");
        _offset = interrupted.Duration + (to - from);
    }

    private void BeginAnother(InterruptedRecording interrupted)
    {
        Close(StopReason.Crashed, error: null, interrupted.EndedAt);
        (_description, _layout) = _beginAnother!();
        Id = new RecordingId(_description.Recording);
        (Continued, _store, _isClosed, _blobs, _started) = (null, null, false, 0, false);
        BeginWriting();
    }

    private void BeginWriting()
    {
        _store = _createStore(this, CodecTable.Extension(Container));
        _store.BeginExtent((Continued?.LastExtent ?? 0) + 1);
    }
}
