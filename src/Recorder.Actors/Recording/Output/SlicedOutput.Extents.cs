using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

// How fragments, blobs and extents end and begin.
internal sealed partial class SlicedOutput
{
    // A track that was silent for longer than this is left out of the next extent.
    private static readonly TimeSpan MaximumSilence = TimeSpan.FromSeconds(10);

    /// <summary>Writes again from the next key frame on because the volume has space.</summary>
    /// <param name="needsExtent">Whether another extent must begin there.</param>
    public void ResumeAfterFullVolume(bool needsExtent)
    {
        (_isResuming, _needsExtentToResume) = (true, needsExtent);
        _reference.ForceKeyFrame();
    }

    // Bytes that the muxer still buffers are discarded with those before them. A container with a hole is not completed, because its index
    // would count the missing bytes.
    private bool TryResume(RecordedTrack track, PacketInfo packet, TimeSpan time, bool setsClock)
    {
        if (!setsClock || (track == _reference && track.IsVideo && !packet.Key))
            return false;

        Flush();
        _sink.ResumeWriting();
        (_isResuming, _hasHole) = (false, true);
        if (_needsExtentToResume)
            BeginNextExtent(Later(time, _blobStart), track == _reference ? time + (_origin ?? TimeSpan.Zero) : time);

        return true;
    }

    private void BeginNextExtent(TimeSpan end, TimeSpan zero)
    {
        FinishExtent(end);
        _slicer.Apply(Cut.Extent, end);
        _finishedBytes += _extent.Length;
        _extent.Dispose();
        _extent = NewExtent(_extent.Number + 1, zero, end);
        _sink.BeginExtent(_extent.Number);
        (_isExtentRequested, _isKeyFrameRequested, _hasHole) = (false, false, false);
        foreach (var track in _tracks)
            track.NeedsExtent = false;

        _sink.TracksChanged();
    }

    // A silent track is left out, because players wait for its packets. It begins the next extent when it sends packets again.
    private ExtentMuxer NewExtent(int number, TimeSpan zero, TimeSpan now)
    {
        foreach (var track in _tracks)
        {
            track.IsInExtent = _isSingleFile || track.NeedsExtent
                || (!track.IsComplete && track.LastPacketAt is { } last && now - last <= MaximumSilence);
            track.WasRecorded |= track.IsInExtent;
        }

        return new ExtentMuxer(number, _container, [.. _tracks.Where(track => track.IsInExtent)], zero);
    }

    private void FinishExtent(TimeSpan end, bool isLast = false)
    {
        IReadOnlyList<MediaPatch> patches = [];
        if (_hasHole || _isResuming)
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
            _sink.Finalise(patches);
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
            _appendedUntil = Duration;
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
