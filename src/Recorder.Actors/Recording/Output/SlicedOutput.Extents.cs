using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

// How fragments, blobs and extents end and begin.
internal sealed partial class SlicedOutput
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    /// <summary>After a time without space: what is written next begins with a key frame, in another extent if it must.</summary>
    public void GoOn(bool needsExtent)
    {
        (_awaitsSpace, _needsExtent) = (true, needsExtent);
        _reference.ForceKeyFrame();
    }

    // What the container still held goes the way of what was thrown away before it. A container with a hole is not completed: it would
    // count what is not there.
    private bool GoesOn(RecordedTrack track, PacketInfo packet, TimeSpan time, bool drives)
    {
        if (!drives || (track == _reference && track.IsVideo && !packet.Key))
        {
            return false;
        }

        Flush();
        _sink.GoOn();
        (_awaitsSpace, _hasHole) = (false, true);
        if (_needsExtent)
        {
            BeginNextExtent(Later(time, _blobStart), track == _reference ? time + (_origin ?? TimeSpan.Zero) : time);
        }

        return true;
    }

    private void BeginNextExtent(TimeSpan end, TimeSpan zero)
    {
        FinishExtent(end);
        _slicer.Note(Cut.Extent, end);
        _finishedBytes += _extent.Length;
        _extent.Dispose();
        _extent = NewExtent(_extent.Number + 1, zero, end);
        _sink.BeginExtent(_extent.Number);
        (_extentAsked, _keyFrameAsked, _hasHole) = (false, false, false);
        foreach (var track in _tracks)
        {
            track.AwaitsExtent = false;
        }

        _sink.TracksChanged();
    }

    // A track that sends nothing has no place: players wait for it. It begins the next extent when it speaks.
    private ExtentMuxer NewExtent(int number, TimeSpan zero, TimeSpan now)
    {
        foreach (var track in _tracks)
        {
            track.IsInExtent = _hasAll || track.AwaitsExtent || (!track.IsComplete && track.HeardAt is { } heard && now - heard <= LongestSilence);
            track.WasRecorded |= track.IsInExtent;
        }

        return new ExtentMuxer(number, _container, [.. _tracks.Where(track => track.IsInExtent)], zero);
    }

    private void FinishExtent(TimeSpan end, bool isLast = false)
    {
        IReadOnlyList<MediaPatch> patches = [];
        if (_hasHole || _awaitsSpace)
        {
            Flush();
        }
        else
        {
            patches = _extent.Finish();
            AppendPending();
        }

        EndBlob(end, isLast);
        if (patches.Count > 0)
        {
            _sink.Finalise(patches);
        }
    }

    private void Flush()
    {
        _extent.Flush();
        AppendPending();
    }

    private void AppendPending()
    {
        var bytes = _extent.TakePending();
        if (bytes.Length > 0)
        {
            _givenOut = Duration;
            _sink.Append(bytes);
        }
        else
        {
            bytes.Dispose();
        }
    }

    private void EndBlob(TimeSpan end, bool isLast = false)
    {
        _sink.EndBlob(new BlobPosition(
            _blobStart, end - _blobStart, _blobCapturedAt ?? _time.GetUtcNow(), _blobKey ?? !_reference.IsVideo, isLast));
        (_blobStart, _blobCapturedAt, _blobKey) = (end, null, null);
    }
}
