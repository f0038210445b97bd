using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

// Where the session's results go.
internal sealed partial class RecordingSession
{
    long IPipelineSink.Backlog => WriteBacklog.Bytes;

    void IPipelineSink.Begun(string mimeType, IReadOnlyList<TrackDescription> tracks)
    {
        DecideHowToGoOn(mimeType);
        _description = _description with { VideoBitsPerSecond = _session!.Bitrates.Video, AudioBitsPerSecond = _session.Bitrates.Audio };
        Describe(mimeType, tracks);
        RaiseStarted(tracks);
    }

    void IPipelineSink.TracksChanged()
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

    void IPipelineSink.BeginExtent(int number)
    {
        // The first waits until it is known what is recorded, and so whether it fits.
        if (_isDecided)
        {
            _store ??= _createStore(this, CodecTable.Extension(Container));
            _store.BeginExtent((Continued?.LastExtent ?? 0) + number);
        }
    }

    void IPipelineSink.Append(MediaBytes bytes)
    {
        WriteBacklog.Add(bytes.Held);
        _store!.Append(bytes, _headerIsOut ? _session!.Duration + _offset : _offset, _session!.Packets);
        _headerIsOut = true;
    }

    void IPipelineSink.EndBlob(BlobPosition position)
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

    void IPipelineSink.KeyPicture(TimeSpan time, ReadOnlySpan<byte> data) => Pictures?.Add(time + _offset, data);

    void IPipelineSink.Finalise(IReadOnlyList<MediaPatch> patches) => _store!.Finalise(patches);

    void IPipelineSink.Gap(
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

    void IPipelineSink.GoOn() => _store!.ResumeWriting();

    void IPipelineSink.Storage(StorageStatus status, string detail) => RaiseStorage(status, detail);

    void IPipelineSink.DurationReached() => IsDurationReached = true;
}
