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
        _writer!.Tell(new WriterProtocol.Describe(_description));
    }

    void ISessionSink.BeginExtent(int number)
    {
        // The first waits until it is known what is recorded, and so whether it fits.
        if (_isDecided)
        {
            _writer ??= _createWriter(this, CodecTable.Extension(Container));
            _writer.Tell(new WriterProtocol.BeginExtent((Continued?.LastExtent ?? 0) + number));
        }
    }

    void ISessionSink.Append(MediaBytes bytes)
    {
        WriteBacklog.Add(bytes.Held);
        _writer!.Tell(new WriterProtocol.Append(bytes, _headerIsOut ? _session!.Duration + _offset : _offset, _session!.Packets));
        _headerIsOut = true;
    }

    void ISessionSink.EndBlob(BlobPosition position)
    {
        if (_ending && position.IsLast)
        {
            _error ??= _outbox.Reserve();
        }

        _writer!.Tell(new WriterProtocol.EndBlob(
            new BlobMark(Id, ++_blobs, _mimeType, position.MediaTime + _offset, position.Duration, position.CapturedAt, position.Key)
            { Epoch = Epoch },
            _outbox.Reserve(),
            position.IsLast));
    }

    void ISessionSink.KeyPicture(TimeSpan time, ReadOnlySpan<byte> data) => Pictures?.Add(time + _offset, data);

    void ISessionSink.Finalise(IReadOnlyList<MediaPatch> patches) => _writer!.Tell(new WriterProtocol.Finalise(patches));

    void ISessionSink.Gap(
        GapCause cause, TimeSpan mediaTime, TimeSpan duration, DateTimeOffset from, DateTimeOffset to, long packets, string detail)
    {
        var gap = new RecorderProtocol.GapRecorded(_recorder, 0, to, Id, cause)
        {
            MediaTime = mediaTime + _offset,
            Duration = duration,
            From = from,
            To = to,
            Packets = packets,
            Detail = detail,
        };
        var slot = _outbox.Reserve();
        if (_writer is null)
        {
            Announce(new WriterProtocol.LineStored(slot, gap));
        }
        else
        {
            _writer.Tell(new WriterProtocol.AddGap(gap, slot));
        }
    }

    void ISessionSink.GoOn() => _writer!.Tell(new WriterProtocol.GoOn());

    void ISessionSink.Storage(StorageStatus status, string detail) => RaiseStorage(status, detail);

    void ISessionSink.DurationReached() => IsDurationReached = true;
}
