using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Reading;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Catalogue;

/// <summary>The events that a recording's folder tells of, for who has not heard of them.</summary>
internal static class RecordedEvents
{
    /// <summary>Makes them.</summary>
    /// <param name="key">The recording.</param>
    /// <param name="begins">Whether its start is among them.</param>
    /// <param name="description">What its folder says of it.</param>
    /// <param name="content">What of its blobs, gaps and marks is to be told.</param>
    /// <param name="isOver">Whether its end is among them.</param>
    /// <param name="last">The number of the recorder's event before them.</param>
    /// <param name="now">When they are raised; a start and an end keep their time.</param>
    public static List<IEvent> Of(
        RecordingKey key, bool begins, RecordingDescription description, RecordingContent content, bool isOver, long last, DateTimeOffset now)
    {
        var (recorder, recording) = key;
        var events = new List<IEvent>();
        if (begins)
        {
            events.Add(new Started(recorder, ++last, description.StartedAt, recording, description.MimeType) { Tracks = description.Tracks });
        }

        events.AddRange(content.Blobs.Select(blob => new DataAvailable(recorder, ++last, now, blob, blob.MediaTime)));
        events.AddRange(content.Gaps.Select(gap => gap with { Sequence = ++last, At = now }));
        events.AddRange(content.Marks.Select(mark => mark with { Sequence = ++last, At = now }));
        if (isOver)
        {
            events.Add(new Stopped(recorder, ++last, description.EndedAt ?? now, recording, Reason(description))
            {
                Duration = TimeSpan.FromMilliseconds(description.DurationMs ?? 0),
                Bytes = description.Bytes ?? 0,
                Blobs = description.Blobs ?? 0,
            });
        }

        return events;
    }

    private static StopReason Reason(RecordingDescription description) =>
        Enum.TryParse<StopReason>(description.StopReason, out var reason) ? reason : StopReason.Crashed;
}
