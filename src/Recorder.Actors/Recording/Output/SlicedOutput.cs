using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>
/// The output side of a session: packets on the recording's timeline become fragments, blobs and extents. The reference track's
/// decode time is the media clock; where it ends, another track takes over, and while it stands still, whichever goes on.
/// </summary>
internal sealed partial class SlicedOutput : IDisposable
{
    // What a fragment may grow to when timestamps stand still.
    private const long LargestFragment = 16L << 20;

    // How far tracks may be apart before those ahead wait no longer: with the end of the recording, or for the reference track's clock.
    private static readonly TimeSpan WaitForOtherTracks = TimeSpan.FromSeconds(1);

    // Sound that leads the first picture by no more than this belongs to it: an encoder's priming, a multiplexer's habit. The clock begins
    // with the picture then.
    private static readonly TimeSpan LongestLead = TimeSpan.FromMilliseconds(250);

    private readonly MediaContainer _container;
    private readonly RecordedTracks _tracks;
    private readonly Slicer _slicer;
    private readonly TimeSpan _patience;
    private readonly TimeSpan? _limit;
    private readonly IPipelineSink _sink;
    private readonly TimeProvider _time;
    private readonly bool _hasAll;
    private readonly HashSet<RecordedTrack> _atLimit = [];
    private ExtentMuxer _extent;
    private RecordedTrack _reference;
    private TimeSpan? _origin;
    private TimeSpan _referenceEnd;
    private TimeSpan? _aloneSince;
    private TimeSpan _blobStart;
    private TimeSpan _givenOut;
    private DateTimeOffset? _blobCapturedAt;
    private bool? _blobKey;
    private bool _keyFrameAsked;
    private bool _extentAsked;
    private bool _awaitsSpace;
    private bool _needsExtent;
    private bool _hasHole;
    private long _finishedBytes;

    /// <param name="container">What is written.</param>
    /// <param name="tracks">All tracks.</param>
    /// <param name="slicer">Where things end.</param>
    /// <param name="limit">Media time after which the recording is complete; null for none.</param>
    /// <param name="hasAll">Whether each extent has every track: where no other may begin for one that was silent so far.</param>
    /// <param name="sink">Takes what comes out.</param>
    /// <param name="time">Wall clock.</param>
    public SlicedOutput(
        MediaContainer container, RecordedTracks tracks, Slicer slicer, TimeSpan? limit, bool hasAll, IPipelineSink sink, TimeProvider time)
    {
        (_container, _tracks, _reference, _slicer) = (container, tracks, tracks.Reference, slicer);
        (_limit, _hasAll, _sink, _time) = (limit, hasAll, sink, time);
        _patience = slicer.Fragment > WaitForOtherTracks ? slicer.Fragment : WaitForOtherTracks;
        _extent = NewExtent(1, TimeSpan.Zero, TimeSpan.Zero);
        sink.BeginExtent(1);
    }

    /// <summary>Packets of all extents.</summary>
    public long Packets { get; private set; }

    /// <summary>Media time recorded.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>Bytes of all extents.</summary>
    public long Bytes => _finishedBytes + _extent.Length;

    /// <summary>Writes one packet that is to follow all that were written of its track.</summary>
    /// <returns>False when it does not follow and was left out.</returns>
    public bool Write(RecordedTrack track, PacketBatch batch, int index, long pts, long dts)
    {
        var packet = batch[index];
        if (!track.IsInExtent && !(track.AwaitsExtent && track == _reference) || !track.Encoded.Continues(dts))
        {
            return false;
        }

        var time = TimeOf(track, dts);
        if (time >= _limit)
        {
            ReachLimit(track, time);
            return true;
        }

        var drives = track == _reference || IsAloneFor(time) > _patience;
        if (_awaitsSpace && !GoesOn(track, packet, time, drives))
        {
            return false;
        }

        if (drives)
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
        Packets++;
        if (packet.Key && track == _reference && track is { IsVideo: true, IsEncoded: false })
        {
            _sink.KeyPicture(time, batch.Data(index));
        }

        if (drives)
        {
            var end = TimeOf(track, track.Encoded.Expected);
            Duration = Later(end, Duration);
            (_referenceEnd, _aloneSince) = track == _reference ? (end, null) : (_referenceEnd, _aloneSince);
        }

        if (_extent.Unflushed > LargestFragment)
        {
            Flush();
        }

        return true;
    }

    // How long the other tracks have gone on without the reference track. After a gap that all had, they count from its end.
    private TimeSpan IsAloneFor(TimeSpan time)
    {
        if (time <= _referenceEnd)
        {
            return TimeSpan.Zero;
        }

        _aloneSince ??= time;
        return time - _aloneSince.Value;
    }

    /// <summary>Every track that will has shown its first packet: the header goes out.</summary>
    public void WriteHeader()
    {
        _extent.WriteHeader();
        AppendPending();
    }

    /// <summary>
    /// There is a track more, or one that was silent speaks: the next extent has it. The first pictures of a recording that had none lead
    /// from there on.
    /// </summary>
    public void Include(RecordedTrack track)
    {
        track.AwaitsExtent = true;
        if (track.IsVideo && track == _tracks.Reference && track != _reference)
        {
            Lead(track);
        }

        AskForExtent();
    }

    /// <summary>What follows of a track is made with other parameters, which stand in the stream itself.</summary>
    public void UpdateParameters(RecordedTrack track) => _extent.UpdateParameters(track);

    /// <summary>A new extent begins at the next key frame.</summary>
    public void AskForExtent()
    {
        (_extentAsked, _keyFrameAsked) = (true, true);
        _reference.ForceKeyFrame();
    }

    /// <summary>
    /// Whether a packet may be written: under a header that has the parameters of its track. The reference track begins the extent that
    /// another track waits for, unless no picture is written anyway before the next key frame: then it begins here.
    /// </summary>
    public bool Admits(RecordedTrack track, long dts)
    {
        if (!track.AwaitsExtent || track == _reference)
        {
            return true;
        }

        foreach (var other in _tracks)
        {
            if (other.IsVideo && !other.IsComplete && (other.IsEncoded || !other.NeedsKeyFrame))
            {
                return false;
            }
        }

        var time = TimeOf(track, dts);
        BeginNextExtent(Later(time, Duration), time);
        return true;
    }

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
            Lead(next);
        }

        CheckLimit(waited: false);
    }

    /// <summary>Completes the container and ends the last blob.</summary>
    public void Finish()
    {
        FinishExtent(Duration, isLast: true);
        _extent.Dispose();
    }

    /// <summary>Ends the last blob without completing the container: with what it gave out before, or with nothing.</summary>
    public void Abandon(bool keep) => EndBlob(keep ? Later(_givenOut, _blobStart) : _blobStart, isLast: true);

    public void Dispose() => _extent.Dispose();

    private void Lead(RecordedTrack track) => (_reference, _origin, _referenceEnd, _aloneSince) = (track, TimeSpan.Zero, Duration, null);

    // Decode times of a track with B-frames begin below zero: its clock counts from its first.
    private TimeSpan TimeOf(RecordedTrack track, long dts)
    {
        var time = track.OutputTimeBase.ToTimeSpan(dts);
        if (track != _reference)
        {
            return time;
        }

        _origin ??= time < LongestLead ? time : TimeSpan.Zero;
        return time - _origin.Value;
    }

    // Extents begin with the reference track; whoever drives ends fragments and blobs. What came back from a standstill may be behind
    // what was cut without it: the cuts go on from there.
    private void Advance(RecordedTrack track, PacketInfo packet, TimeSpan time)
    {
        var key = packet.Key && track == _reference;
        var at = Later(time, _blobStart);
        switch (_extentAsked && key ? Cut.Extent : _slicer.Before(at, key, _extent.Length))
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

        if (track == _reference && track.IsEncoded && !_keyFrameAsked && _slicer.ExtentIsDue(at, _extent.Length))
        {
            _keyFrameAsked = true;
            track.ForceKeyFrame();
        }
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

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private DateTimeOffset CapturedAt(PacketInfo packet) =>
        packet.CaptureTimeUs > 0 ? DateTimeOffset.UnixEpoch.AddMicroseconds(packet.CaptureTimeUs) : _time.GetUtcNow();
}
