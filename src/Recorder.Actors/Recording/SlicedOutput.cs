using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>
/// The output side of a session: packets on the recording's timeline become fragments, blobs and extents. The reference track's
/// decode time is the media clock; where it ends, another track takes over.
/// </summary>
internal sealed class SlicedOutput : IDisposable
{
    // What a fragment may grow to when timestamps stand still.
    private const long LargestFragment = 16L << 20;

    // How far the others may lag behind the reference track before the end of the recording no longer waits for them.
    private static readonly TimeSpan WaitForOtherTracks = TimeSpan.FromSeconds(1);

    private readonly MediaContainer _container;
    private readonly IReadOnlyList<RecordedTrack> _tracks;
    private readonly Slicer _slicer;
    private readonly TimeSpan? _limit;
    private readonly ISessionSink _sink;
    private readonly TimeProvider _time;
    private readonly HashSet<RecordedTrack> _atLimit = [];
    private ExtentMuxer _extent;
    private RecordedTrack _reference;
    private TimeSpan? _origin;
    private TimeSpan _blobStart;
    private DateTimeOffset? _blobCapturedAt;
    private bool? _blobKey;
    private bool _keyFrameAsked;
    private bool _extentAsked;
    private long _finishedBytes;

    public SlicedOutput(
        MediaContainer container, IReadOnlyList<RecordedTrack> tracks, RecordedTrack reference, Slicer slicer, TimeSpan? limit,
        ISessionSink sink, TimeProvider time)
    {
        (_container, _tracks, _reference, _slicer) = (container, tracks, reference, slicer);
        (_limit, _sink, _time) = (limit, sink, time);
        _extent = new ExtentMuxer(1, container, tracks, TimeSpan.Zero);
        sink.BeginExtent(1);
    }

    /// <summary>Media time recorded.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>Bytes of all extents.</summary>
    public long Bytes => _finishedBytes + _extent.Length;

    /// <summary>Writes one packet that is to follow all that were written of its track.</summary>
    /// <returns>False when it does not follow and was left out.</returns>
    public bool Write(RecordedTrack track, PacketBatch batch, int index, long pts, long dts)
    {
        var packet = batch[index];
        if (!track.Encoded.Continues(dts))
        {
            return false;
        }

        var time = TimeOf(track, dts);
        if (time >= _limit)
        {
            ReachLimit(track, time);
            return true;
        }

        if (track == _reference)
        {
            Advance(track, packet, time);
        }

        _blobCapturedAt ??= CapturedAt(packet);
        if (track == _reference)
        {
            // Sound may come first; what counts is the blob's first picture.
            _blobKey ??= !track.IsVideo || packet.Key;
        }

        _extent.Write(track, batch, index, pts, dts, packet.Duration);
        track.Encoded.Wrote(dts, packet.Duration);
        if (track == _reference)
        {
            var end = TimeOf(track, track.Encoded.Expected);
            Duration = end > Duration ? end : Duration;
        }

        if (_extent.Unflushed > LargestFragment)
        {
            Flush();
        }

        return true;
    }

    /// <summary>Every track that will has shown its first packet: the header goes out.</summary>
    public void WriteHeader()
    {
        _extent.WriteHeader();
        AppendPending();
    }

    /// <summary>A new extent begins at the next key frame.</summary>
    public void AskForExtent() => _extentAsked = true;

    /// <summary>Ends the blob here.</summary>
    public void CutBlob()
    {
        Flush();
        EndBlob(Duration);
        _slicer.Note(Cut.Blob, Duration);
    }

    /// <summary>A track will not go on; the clock passes to another.</summary>
    public void Complete(RecordedTrack track)
    {
        if (track == _reference && _tracks.FirstOrDefault(other => !other.IsComplete) is { } next)
        {
            (_reference, _origin) = (next, TimeSpan.Zero);
        }

        CheckLimit(waited: false);
    }

    /// <summary>Completes the container and ends the last blob.</summary>
    public void Finish()
    {
        FinishExtent(Duration);
        _extent.Dispose();
    }

    public void Dispose() => _extent.Dispose();

    // Decode times of a track with B-frames begin below zero: its clock counts from its first.
    private TimeSpan TimeOf(RecordedTrack track, long dts)
    {
        var time = track.OutputTimeBase.ToTimeSpan(dts);
        if (track != _reference)
        {
            return time;
        }

        _origin ??= time;
        return time - _origin.Value;
    }

    private void Advance(RecordedTrack track, PacketInfo packet, TimeSpan time)
    {
        var cut = _extentAsked && packet.Key && time > TimeSpan.Zero ? Cut.Extent : _slicer.Before(time, packet.Key, _extent.Length);
        switch (cut)
        {
            case Cut.Extent:
                BeginNextExtent(time);
                break;
            case Cut.Blob:
                Flush();
                EndBlob(time);
                break;
            case Cut.Fragment:
                Flush();
                break;
            default:
                break;
        }

        if (track.IsEncoded && !_keyFrameAsked && _slicer.ExtentIsDue(time, _extent.Length))
        {
            _keyFrameAsked = true;
            track.ForceKeyFrame();
        }
    }

    private void BeginNextExtent(TimeSpan time)
    {
        FinishExtent(time);
        _slicer.Note(Cut.Extent, time);
        _finishedBytes += _extent.Length;
        _extent.Dispose();
        _extent = new ExtentMuxer(_extent.Number + 1, _container, _tracks, time + (_origin ?? TimeSpan.Zero));
        _sink.BeginExtent(_extent.Number);
        (_extentAsked, _keyFrameAsked) = (false, false);
    }

    private void FinishExtent(TimeSpan end)
    {
        var patches = _extent.Finish();
        AppendPending();
        EndBlob(end);
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
            _sink.Append(bytes);
        }
        else
        {
            bytes.Dispose();
        }
    }

    private void EndBlob(TimeSpan end)
    {
        _sink.EndBlob(new BlobPosition(_blobStart, end - _blobStart, _blobCapturedAt ?? _time.GetUtcNow(), _blobKey ?? !_reference.IsVideo));
        (_blobStart, _blobCapturedAt, _blobKey) = (end, null, null);
    }

    private void ReachLimit(RecordedTrack track, TimeSpan time)
    {
        _atLimit.Add(track);
        CheckLimit(waited: time >= _limit + WaitForOtherTracks);
    }

    private void CheckLimit(bool waited)
    {
        if (_limit is not null && _atLimit.Count > 0 && (waited || _tracks.All(track => track.IsComplete || _atLimit.Contains(track))))
        {
            _sink.DurationReached();
        }
    }

    private DateTimeOffset CapturedAt(PacketInfo packet) =>
        packet.CaptureTimeUs > 0 ? DateTimeOffset.UnixEpoch.AddMicroseconds(packet.CaptureTimeUs) : _time.GetUtcNow();
}
