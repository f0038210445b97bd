using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

// The blobs of the recording: their bytes go to the store, which reports when the dataavailable event may be raised.
internal sealed partial class RecordingSession
{
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

    /// <summary>Raises the required <c>dataavailable</c> event with an empty blob, if the recording has not begun.</summary>
    public void RaiseBlobWithoutMedia(DateTimeOffset now)
    {
        if (HasBegun)
            return;

        var blob = new Blob
        {
            Recording = Id,
            Number = ++Blobs,
            Extent = Continued?.LastExtent ?? 1,
            Path = Layout.Extent(Continued?.LastExtent ?? 1, CodecTable.Extension(Container)),
            Offset = 0,
            Length = 0,
            Type = MimeType,
            MediaTime = Duration,
            Duration = TimeSpan.Zero,
            CapturedAt = now,
            StartsWithKeyFrame = false,
            Crc32C = Crc32C.Empty,
            Epoch = Epoch,
        };
        _outbox.Raise((number, at) => new RecorderProtocol.DataAvailable(Recorder, number, at, blob, blob.MediaTime));
    }
}
