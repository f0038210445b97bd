using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

// Takes the results of the pipeline: bytes go to the store, everything else becomes an event or an index line.
internal sealed partial class RecordingSession
{
    long IPipelineSink.Backlog => WriteBacklog.Bytes;

    void IPipelineSink.Begun(string mimeType, IReadOnlyList<TrackDescription> tracks)
    {
        DecideHowToContinue(mimeType);
        _description = _description with { VideoBitsPerSecond = Pipeline!.Bitrates.Video, AudioBitsPerSecond = Pipeline.Bitrates.Audio };
        Describe(mimeType, tracks);
        RaiseStarted(tracks);
    }

    void IPipelineSink.TracksChanged()
    {
        if (Pipeline!.MimeType != MimeType || !Pipeline.Descriptions.SequenceEqual(_description.Tracks))
            Describe(Pipeline.MimeType, Pipeline.Descriptions);
    }

    private void Describe(string mimeType, IReadOnlyList<TrackDescription> tracks)
    {
        MimeType = mimeType;
        _description = _description with { MimeType = mimeType, Tracks = tracks };
        _store!.Describe(_description);
    }

    void IPipelineSink.BeginExtent(int number)
    {
        // The first extent of a continued recording waits for the decision, which needs the MIME type.
        if (_isDecided)
        {
            _store ??= _createStore(this, CodecTable.Extension(Container));
            _store.BeginExtent((Continued?.LastExtent ?? 0) + number);
        }
    }

    void IPipelineSink.Append(MediaBytes bytes)
    {
        WriteBacklog.Add(bytes.Held);
        _store!.Append(bytes, _isHeaderAppended ? Pipeline!.Duration + _offset : _offset, Pipeline!.Packets);
        _isHeaderAppended = true;
    }

    void IPipelineSink.EndBlob(BlobPosition position)
    {
        if (_isCompleting && position.IsLast)
            _errorTicket ??= _outbox.Reserve();

        _store!.EndBlob(
            new BlobMark(Id, ++Blobs, MimeType, position.MediaTime + _offset, position.Duration, position.CapturedAt, position.Key)
            { Epoch = Epoch },
            _outbox.Reserve(),
            position.IsLast);
    }

    void IPipelineSink.AddKeyFrame(TimeSpan time, ReadOnlySpan<byte> data) => KeyFrames?.Add(time + _offset, data);

    void IPipelineSink.Finalise(IReadOnlyList<MediaPatch> patches) => _store!.Finalise(patches);

    void IPipelineSink.AddGap(
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
            RecordingEvents.Fill(_outbox, new StorageProtocol.LineStored(ticket, gap));
        else
            _store.AddGap(gap, ticket);
    }

    void IPipelineSink.ResumeWriting() => _store!.ResumeWriting();

    void IPipelineSink.ReportStorage(StorageStatus status, string detail) => RaiseStorage(status, detail);

    void IPipelineSink.DurationReached() => IsDurationReached = true;
}
