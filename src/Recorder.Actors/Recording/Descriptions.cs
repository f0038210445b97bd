using Recorder.Actors.Capture;
using Recorder.Actors.Storage;
using Recorder.Contracts;

namespace Recorder.Actors.Recording;

internal static class Descriptions
{
    /// <summary>What <c>recording.json</c> says when a recording begins.</summary>
    public static RecordingDescription Begin(
        RecorderId recorder, RecordingId recording, SourceUri source, RecorderOptions options, RecorderProtocol.Start start, string node,
        DateTimeOffset now) => new()
        {
            Recorder = recorder.Value,
            Recording = recording.Value,
            Source = source.ToString(),
            Node = node,
            StartedAt = now,
            MimeType = options.MimeType,
            TimesliceMs = start.Timeslice?.TotalMilliseconds,
        };
}
