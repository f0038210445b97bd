using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>Where a session's results go: to the writer, and as events to the subscribers.</summary>
internal interface IPipelineSink
{
    /// <summary>Bytes handed over that are not yet on disk.</summary>
    long Backlog { get; }

    /// <summary>The container is open: the full MIME type and the tracks are known. Comes before any byte.</summary>
    void Begun(string mimeType, IReadOnlyList<TrackDescription> tracks);

    void BeginExtent(int number);

    /// <summary>Another extent begins, which may have other tracks or other parameters than the one before.</summary>
    void TracksChanged();

    void Append(MediaBytes bytes);

    void EndBlob(BlobPosition position);

    /// <summary>A key frame was written as it came.</summary>
    void KeyPicture(TimeSpan time, ReadOnlySpan<byte> data);

    void Finalise(IReadOnlyList<MediaPatch> patches);

    void Gap(GapCause cause, TimeSpan mediaTime, TimeSpan duration, DateTimeOffset from, DateTimeOffset to, long packets, string detail);

    /// <summary>After a time without space: what follows begins with a key frame.</summary>
    void GoOn();

    /// <summary>The volume takes less than is recorded, or all of it again.</summary>
    void Storage(StorageStatus status, string detail);

    /// <summary>The duration asked for is recorded. May be told more than once.</summary>
    void DurationReached();
}

/// <summary>What a blob covers, and whether it ends the recording.</summary>
internal readonly record struct BlobPosition(TimeSpan MediaTime, TimeSpan Duration, DateTimeOffset CapturedAt, bool Key, bool IsLast);
