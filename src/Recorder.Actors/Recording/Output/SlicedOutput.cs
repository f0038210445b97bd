using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>
/// The output side of a recording's media: muxes packets on the recording's timeline into fragments, blobs and extents. The decode time of
/// the reference track is the media clock. When that track ends, another becomes the reference; while it sends nothing, every other track
/// advances the clock.
/// </summary>
internal sealed class SlicedOutput : IDisposable
{
    // The limit of a fragment whose timestamps do not advance.
    private const long MaximumFragmentBytes = 16L << 20;

    // How long the other tracks wait for a track that is behind: at the end of the recording, or for the clock of the reference track.
    private static readonly TimeSpan WaitForOtherTracks = TimeSpan.FromSeconds(1);

    // Audio may begin this much before the first frame, because of an encoder's priming or a muxer's interleaving. The media clock then begins
    // with the frame.
    private static readonly TimeSpan MaximumAudioLead = TimeSpan.FromMilliseconds(250);

    // A track that was silent for longer than this is left out of the next extent.
    private static readonly TimeSpan MaximumSilence = TimeSpan.FromSeconds(10);

    private readonly MediaContainer _container;
    private readonly RecordedTracks _tracks;
    private readonly SliceClock _slicer;
    private readonly TimeSpan _referenceTimeout;
    private readonly TimeSpan? _limit;
    private readonly IPipelineSink _sink;
    private readonly TimeProvider _time;
    private readonly bool _isSingleFile;
    private readonly HashSet<RecordedTrack> _atLimit = [];
    private ExtentMuxer _extent;
    private RecordedTrack _reference;
    private TimeSpan? _origin;
    private TimeSpan _referenceEnd;
    private TimeSpan? _withoutReferenceSince;
    private TimeSpan _blobStart;
    private TimeSpan _appendedUntil;
    private DateTimeOffset? _blobCapturedAt;
    private bool? _blobKey;
    private bool _isKeyFrameRequested;
    private bool _isExtentRequested;
    private bool _isResuming;
    private bool _needsExtentToResume;
    private bool _hasHole;
    private long _finishedBytes;

    /// <param name="limit">Media time after which the recording is complete; null for none.</param>
    /// <param name="isSingleFile">Whether there is only one extent, which therefore has every track, also those that are silent so far.</param>
    public SlicedOutput(
        MediaContainer container, RecordedTracks tracks, SliceClock slicer, TimeSpan? limit, bool isSingleFile, IPipelineSink sink, TimeProvider time)
    {
        (_container, _tracks, _reference, _slicer) = (container, tracks, tracks.Reference, slicer);
        (_limit, _isSingleFile, _sink, _time) = (limit, isSingleFile, sink, time);
        _referenceTimeout = slicer.Fragment > WaitForOtherTracks ? slicer.Fragment : WaitForOtherTracks;
        _extent = NewExtent(1, TimeSpan.Zero, TimeSpan.Zero);
        sink.BeginExtent(1);
    }

    public long Packets { get; private set; }

    public TimeSpan Duration { get; private set; }

    public long Bytes => _finishedBytes + _extent.Length;

    /// <summary>Writes one packet.</summary>
    /// <returns>
    /// False when the packet is left out: it is not later than the packets of its track before, the extent lacks its track, or the first
    /// packet after a full volume must be a key frame.
    /// </returns>
    public bool Write(RecordedTrack track, PacketBatch batch, int index, long pts, long dts)
    {
        var packet = batch[index];
        if (!track.IsInExtent && !(track.NeedsExtent && track == _reference) || !track.OutputTimeline.IsAfterLast(dts))
            return false;

        var time = TimeOf(track, dts);
        if (time >= _limit)
        {
            ReachLimit(track, time);
            return true;
        }

        var setsClock = track == _reference || TimeWithoutReference(time) > _referenceTimeout;
        if (_isResuming && !TryResume(track, packet, time, setsClock))
            return false;

        if (setsClock)
            CutBefore(track, packet, time);

        _blobCapturedAt ??= CapturedAt(packet);
        if (track == _reference)
        {
            // Audio may come first: the first frame of the blob decides.
            _blobKey ??= !track.IsVideo || packet.Key;
        }

        _extent.Write(track, batch, index, pts, dts, packet.Duration);
        track.OutputTimeline.Advance(dts, packet.Duration);
        Packets++;
        if (packet.Key && track == _reference && track is { IsVideo: true, IsEncoded: false })
            _sink.AddKeyFrame(time, batch.Data(index));

        if (setsClock)
        {
            var end = TimeOf(track, track.OutputTimeline.Expected);
            Duration = Later(end, Duration);
            (_referenceEnd, _withoutReferenceSince) = track == _reference ? (end, null) : (_referenceEnd, _withoutReferenceSince);
        }

        if (_extent.Unflushed > MaximumFragmentBytes)
            Flush();

        return true;
    }

    // How long only the other tracks have sent packets. After a gap of all tracks, the time counts from the end of the gap.
    private TimeSpan TimeWithoutReference(TimeSpan time)
    {
        if (time <= _referenceEnd)
            return TimeSpan.Zero;

        _withoutReferenceSince ??= time;
        return time - _withoutReferenceSince.Value;
    }

    /// <summary>Writes the header without waiting for tracks that have sent no packet yet.</summary>
    public void WriteHeader()
    {
        _extent.WriteHeader();
        AppendPending();
    }

    /// <summary>
    /// Includes a track in the next extent: it appeared, was silent so far or has other parameters. The first video track of a recording
    /// becomes the reference track.
    /// </summary>
    public void Include(RecordedTrack track)
    {
        track.NeedsExtent = true;
        if (track.IsVideo && track == _tracks.Reference && track != _reference)
            SetReference(track);

        RequestExtent();
    }

    public void UpdateParameters(RecordedTrack track) => _extent.UpdateParameters(track);

    public void RequestExtent()
    {
        (_isExtentRequested, _isKeyFrameRequested) = (true, true);
        _reference.ForceKeyFrame();
    }

    /// <summary>
    /// Makes sure that the extent's header has the track of a packet. The reference track begins the extent for which another track waits;
    /// when every video track waits for a key frame anyway, the extent begins here.
    /// </summary>
    /// <returns>False when the packet must be left out.</returns>
    public bool EnsureInExtent(RecordedTrack track, long dts)
    {
        if (!track.NeedsExtent || track == _reference)
            return true;

        if (_tracks.Any(other => other.IsVideo && !other.IsComplete && (other.IsEncoded || !other.NeedsKeyFrame)))
            return false;

        var time = TimeOf(track, dts);
        BeginNextExtent(Later(time, Duration), time);
        return true;
    }

    /// <summary>Writes again from the next key frame on because the volume has space.</summary>
    /// <param name="needsExtent">Whether another extent must begin there.</param>
    public void ResumeAfterFullVolume(bool needsExtent)
    {
        (_isResuming, _needsExtentToResume) = (true, needsExtent);
        _reference.ForceKeyFrame();
    }

    public void CutBlob()
    {
        Flush();
        EndBlob(Duration);
        _slicer.Apply(Cut.Blob, Duration);
    }

    /// <summary>Completes a track; if it is the reference track, another becomes the reference.</summary>
    public void Complete(RecordedTrack track)
    {
        if (track == _reference && _tracks.FirstOrDefault(other => !other.IsComplete) is { } next)
            SetReference(next);

        CheckLimit(hasWaited: false);
    }

    public void Finish()
    {
        FinishExtent(Duration, isLast: true);
        _extent.Dispose();
    }

    /// <summary>Ends the last blob without completing the container: with the bytes that were appended before, or empty.</summary>
    public void Abandon(bool keep) => EndBlob(keep ? Later(_appendedUntil, _blobStart) : _blobStart, isLast: true);

    public void Dispose() => _extent.Dispose();

    private void SetReference(RecordedTrack track) =>
        (_reference, _origin, _referenceEnd, _withoutReferenceSince) = (track, TimeSpan.Zero, Duration, null);

    // Decode times of a track with B-frames begin below zero: the media clock counts from the first of them.
    private TimeSpan TimeOf(RecordedTrack track, long dts)
    {
        var time = track.OutputTimeBase.ToTimeSpan(dts);
        if (track != _reference)
            return time;

        _origin ??= time < MaximumAudioLead ? time : TimeSpan.Zero;
        return time - _origin.Value;
    }

    // Extents begin with the reference track; the track that sets the clock ends fragments and blobs. A reference track that returns may be
    // behind the cuts made without it: the next cut is not before them.
    private void CutBefore(RecordedTrack track, PacketInfo packet, TimeSpan time)
    {
        var key = packet.Key && track == _reference;
        var at = Later(time, _blobStart);
        switch (_isExtentRequested && key ? Cut.Extent : _slicer.Before(at, key, _extent.Length))
        {
            case Cut.Extent:
                BeginNextExtent(at, time + (_origin ?? TimeSpan.Zero));
                break;
            case Cut.Blob:
                Flush();
                EndBlob(at);
                break;
            case Cut.Fragment:
                Flush();
                break;
            default:
                break;
        }

        if (track == _reference && track.IsEncoded && !_isKeyFrameRequested && _slicer.ExtentIsDue(at, _extent.Length))
        {
            _isKeyFrameRequested = true;
            track.ForceKeyFrame();
        }
    }

    private void ReachLimit(RecordedTrack track, TimeSpan time)
    {
        _atLimit.Add(track);
        CheckLimit(hasWaited: time >= _limit + WaitForOtherTracks);
    }

    private void CheckLimit(bool hasWaited)
    {
        if (_limit is not null && _atLimit.Count > 0 && (hasWaited || _tracks.All(track => track.IsComplete || _atLimit.Contains(track))))
            _sink.DurationReached();
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

    private static TimeSpan Later(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private DateTimeOffset CapturedAt(PacketInfo packet) =>
        packet.CaptureTimeUs > 0 ? DateTimeOffset.UnixEpoch.AddMicroseconds(packet.CaptureTimeUs) : _time.GetUtcNow();
}
