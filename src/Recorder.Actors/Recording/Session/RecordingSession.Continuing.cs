using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

// Continues a recording that was interrupted when its node ended or handed it over. The pipeline counts from 0; extents, blobs, bytes and the
// timeline are moved behind those of the interrupted recording, and the time in between is a gap.
internal sealed partial class RecordingSession
{
    private Func<(RecordingDescription Description, RecordingLayout Layout)>? _describeAnother;
    private TimeSpan _offset;
    // Whether it is decided, from the MIME type, that the interrupted recording continues or another begins.
    private bool _isDecided = true;

    /// <summary>Whether another node has just handed the recording over: then its media may overlap with that of this node.</summary>
    public bool MayOverlap { get; init; }

    /// <summary>Why the recording that continues was interrupted.</summary>
    public string Interruption { get; init; } = "The node was not running.";

    /// <summary>The first key frame, where the previous node recorded it too: then no clock decides where the recording continues.</summary>
    public KeyPicture? Seam { get; set; }

    /// <summary>Collects the last key frames for a hand-over; null on a node outside a cluster.</summary>
    public RecordedKeyFrames? KeyFrames { get; init; }

    /// <summary>The interrupted recording that continues; null for a new recording.</summary>
    public InterruptedRecording? Continued { get; private set; }

    public TimeSpan Duration => HasBegun ? Pipeline!.Duration + _offset : Continued?.Duration ?? TimeSpan.Zero;

    public long Bytes => (Pipeline?.Bytes ?? 0) + (Continued?.Bytes ?? 0);

    public TimeSpan ToPipelineTime(TimeSpan time) => time > _offset ? time - _offset : TimeSpan.Zero;

    /// <summary>Continues an interrupted recording. If the media has another type, that recording is closed and another begins.</summary>
    public void Continue(InterruptedRecording interrupted, Func<(RecordingDescription Description, RecordingLayout Layout)> describeAnother)
    {
        (Continued, _describeAnother, _isDecided) = (interrupted, describeAnother, false);
        (Blobs, MimeType) = (interrupted.LastBlob, interrupted.MimeType);
        // The start event was raised before the interruption.
        _isStartRaised = true;
    }

    private void DecideHowToContinue(string mimeType)
    {
        if (_isDecided)
            return;

        _isDecided = true;
        if (CodecTable.Continues(Continued!.MimeType, mimeType))
            ContinueTimeline(Continued);
        else
            BeginAnother(Continued);
    }

    private void ContinueTimeline(InterruptedRecording interrupted)
    {
        var (from, to) = (interrupted.EndedAt, Pipeline!.FirstCapturedAt);
        BeginWriting();
        if (Seam is { } seam)
        {
            _offset = seam.MediaTime;
            return;
        }

        if (to < from && MayOverlap && from - to < interrupted.Duration)
        {
            // The previous node recorded these moments too: they appear twice on the timeline, in two epochs.
            _offset = interrupted.Duration - (from - to);
            return;
        }

        // The timeline does not step back when the clock was set back.
        to = to > from ? to : from;
        ((IPipelineSink)this).AddGap(GapCause.NodeDown, interrupted.Duration, to - from, from, to, packets: 0, Interruption);
        _offset = interrupted.Duration + (to - from);
    }

    private void BeginAnother(InterruptedRecording interrupted)
    {
        Close(StopReason.Crashed, error: null, interrupted.EndedAt);
        (_description, Layout) = _describeAnother!();
        Id = new RecordingId(_description.Recording);
        (Continued, _store, _isClosed, Blobs, _isStartRaised) = (null, null, false, 0, false);
        BeginWriting();
    }

    private void BeginWriting()
    {
        _store = _createStore(this, CodecTable.Extension(Container));
        _store.BeginExtent((Continued?.LastExtent ?? 0) + 1);
    }
}
