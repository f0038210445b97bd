using Recorder.Contracts;

namespace Recorder.Node.Tests.Cli;

/// <summary>Events as a recorder would raise them.</summary>
internal sealed class Report(string recorder)
{
    private static readonly DateTimeOffset At = new(2026, 11, 22, 15, 4, 5, TimeSpan.Zero);

    private readonly RecordingId _recording = RecordingId.Create(At, 1);
    private long _sequence;
    private long _offset;

    public RecorderId Id { get; } = RecorderId.Parse(recorder);

    public RecorderProtocol.Started Started() =>
        new(Id, ++_sequence, At, _recording, "video/mp4;codecs=avc1.42c01f,mp4a.40.2");

    public RecorderProtocol.DataAvailable Data(double seconds, long bytes, double from = 0)
    {
        var blob = new Blob
        {
            Recording = _recording,
            Number = _sequence,
            Extent = 1,
            Path = $"takes/{Id}/{_recording}/000001.mp4",
            Offset = _offset,
            Length = bytes,
            Type = "video/mp4",
            MediaTime = TimeSpan.FromSeconds(from),
            Duration = TimeSpan.FromSeconds(seconds),
            CapturedAt = At,
            StartsWithKeyFrame = true,
            Crc32C = 1,
        };
        _offset += bytes;
        return new RecorderProtocol.DataAvailable(Id, ++_sequence, At, blob, blob.MediaTime);
    }

    public RecorderProtocol.Paused Paused() => new(Id, ++_sequence, At);

    public RecorderProtocol.Resumed Resumed() => new(Id, ++_sequence, At);

    public RecorderProtocol.ErrorRaised Error(string message) => new(Id, ++_sequence, At, new MediaError(ErrorName.UnknownError, message));

    public RecorderProtocol.SourceChanged Source(SourceStatus status, string detail = "") => new(Id, ++_sequence, At, status, detail);

    public RecorderProtocol.GapRecorded Gap(double seconds, long packets) =>
        new(Id, ++_sequence, At, _recording, GapCause.SourceLost) { Duration = TimeSpan.FromSeconds(seconds), Packets = packets, Detail = "Connection refused." };

    public RecorderProtocol.Stopped Stopped(double seconds, long bytes, long blobs, StopReason reason = StopReason.Requested) =>
        new(Id, ++_sequence, At, _recording, reason) { Duration = TimeSpan.FromSeconds(seconds), Bytes = bytes, Blobs = blobs };

    public RecorderProtocol.Status Status(double seconds, long bytes, long lost = 0) =>
        new()
        {
            Recorder = Id,
            State = RecorderState.Recording,
            MimeType = "video/mp4",
            Duration = TimeSpan.FromSeconds(seconds),
            Bytes = bytes,
            LostPackets = lost,
        };
}
