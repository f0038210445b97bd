using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

// Where the session's results go.
internal sealed partial class ActiveRecording
{
    long ISessionSink.Backlog => WriteBacklog.Bytes;

    void ISessionSink.Begun(string mimeType, IReadOnlyList<TrackDescription> tracks)
    {
        DecideHowToGoOn(mimeType);
        _description = _description with { VideoBitsPerSecond = _session!.Bitrates.Video, AudioBitsPerSecond = _session.Bitrates.Audio };
        Describe(mimeType, tracks);
        RaiseStarted(tracks);
    }

    void ISessionSink.TracksChanged()
    {
        if (_session!.MimeType != _mimeType || !_session.Descriptions.SequenceEqual(_description.Tracks))
        {
            Describe(_session.MimeType, _session.Descriptions);
        }
    }

    private void Describe(string mimeType, IReadOnlyList<TrackDescription> tracks)
    {
        _mimeType = mimeType;
        _description = _description with { MimeType = mimeType, Tracks = tracks };
        _store!.Describe(_description);
    }

    void ISessionSink.BeginExtent(int number)
    {
        // The first waits until it is known what is recorded, and so whether it fits.
        if (_isDecided)
        {
            _store ??= _createStore(this, CodecTable.Extension(Container));
            _store.BeginExtent((Continued?.LastExtent ?? 0) + number);
        }
    }

    void ISessionSink.Append(MediaBytes bytes)
    {
        WriteBacklog.Add(bytes.Held);
        _store!.Append(bytes, _headerIsOut ? _session!.Duration + _offset : _offset, _session!.Packets);
        _headerIsOut = true;
    }

    void ISessionSink.EndBlob(BlobPosition position)
    {
        if (_ending && position.IsLast)
        {
            _error ??= _outbox.Reserve();
        }

        _store!.EndBlob(
            new BlobMark(Id, ++_blobs, _mimeType, position.MediaTime + _offset, position.Duration, position.CapturedAt, position.Key)
            { Epoch = Epoch },
            _outbox.Reserve(),
            position.IsLast);
    }

    void ISessionSink.KeyPicture(TimeSpan time, ReadOnlySpan<byte> data) => Pictures?.Add(time + _offset, data);

    void ISessionSink.Finalise(IReadOnlyList<MediaPatch> patches) => _store!.Finalise(patches);

    void ISessionSink.Gap(
        GapCause cause, TimeSpan mediaTime, TimeSpan duration, DateTimeOffset from, DateTimeOffset to, long packets, string detail)
    {
        var gap = new RecorderProtocol.GapRecorded(Recorder, 0, to, Id, cause)
        {
            MediaTime = mediaTime + _offset,
            Duration = duration,
            From = from,
            To = to,
            Packets = packets,
            Detail = detail,
        };
        var ticket = _outbox.Reserve();
        if (_store is null)
        {
            RecordingEvents.Fill(_outbox, new StorageProtocol.LineStored(ticket, gap));
        }
        else
        {
            _store.AddGap(gap, ticket);
        }
    }

    void ISessionSink.GoOn() => _store!.ResumeWriting();

    void ISessionSink.Storage(StorageStatus status, string detail) => RaiseStorage(status, detail);

    void ISessionSink.DurationReached() => IsDurationReached = true;
}
