using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>Takes the results of a <see cref="MediaPipeline"/>: bytes for the store, and what becomes an event.</summary>
internal interface IPipelineSink
{
    /// <summary>Bytes appended that are not yet on disk.</summary>
    long Backlog { get; }

    /// <summary>The recording has begun: its full MIME type and tracks are known. Called before any byte is appended.</summary>
    void Begun(string mimeType, IReadOnlyList<TrackDescription> tracks);

    void BeginExtent(int number);

    /// <summary>Another extent has begun, whose tracks may differ from those of the one before.</summary>
    void TracksChanged();

    void Append(MediaBytes bytes);

    void EndBlob(BlobPosition position);

    /// <summary>A key frame of the reference track was written as the source sent it.</summary>
    void AddKeyFrame(TimeSpan time, ReadOnlySpan<byte> data);

    void Finalise(IReadOnlyList<MediaPatch> patches);

    void AddGap(GapCause cause, TimeSpan mediaTime, TimeSpan duration, DateTimeOffset from, DateTimeOffset to, long packets, string detail);

    /// <summary>Bytes appended from here on begin with a key frame: store them again after a full volume.</summary>
    void ResumeWriting();

    /// <summary>The disk became too slow for the media, or is fast enough again.</summary>
    void ReportStorage(StorageStatus status, string detail);

    /// <summary>The requested duration is recorded. May be called more than once.</summary>
    void DurationReached();
}

/// <summary>The media that a blob covers.</summary>
internal readonly record struct BlobPosition(TimeSpan MediaTime, TimeSpan Duration, DateTimeOffset CapturedAt, bool Key, bool IsLast);
