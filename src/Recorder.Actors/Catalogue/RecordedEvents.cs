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
    /// <param name="lines">What of its blobs, gaps and marks is to be told, in the order of the index: a part of it is then a beginning of it.</param>
    /// <param name="isOver">Whether its end is among them.</param>
    /// <param name="tellsError">Whether the error that ended it is among them, where one did.</param>
    /// <param name="last">The number of the recorder's event before them.</param>
    /// <param name="now">When they are raised; a start and an end keep their time.</param>
    public static List<IEvent> Of(
        RecordingKey key, bool begins, RecordingDescription description, IReadOnlyList<RecordedLine> lines, bool isOver, bool tellsError, long last,
        DateTimeOffset now)
    {
        var (recorder, recording) = key;
        var events = new List<IEvent>();
        if (begins)
        {
            events.Add(new Started(recorder, ++last, description.StartedAt, recording, description.MimeType) { Tracks = description.Tracks });
        }

        // An error comes before the last blob, as it did or would have.
        var error = isOver && tellsError ? ErrorOf(description) : null;
        var final = lines.Count - 1;
        while (final >= 0 && lines[final].Blob is null)
        {
            final--;
        }

        for (var place = 0; place <= lines.Count; place++)
        {
            if (error is not null && place == (final < 0 ? lines.Count : final))
            {
                events.Add(new ErrorRaised(recorder, ++last, now, error));
            }

            if (place < lines.Count)
            {
                events.Add(lines[place] switch
                {
                    { Blob: { } blob } => new DataAvailable(recorder, ++last, now, blob, blob.MediaTime),
                    { Gap: { } gap } => gap with { Sequence = ++last, At = now },
                    { Mark: var mark } => mark! with { Sequence = ++last, At = now },
                });
            }
        }

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

    // The description has it as MediaError writes itself.
    private static MediaError? ErrorOf(RecordingDescription description)
    {
        if (description.Error is not { } text)
        {
            return null;
        }

        var colon = text.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 && Enum.TryParse<ErrorName>(text.AsSpan(0, colon), out var name)
            ? new MediaError(name, text[(colon + 2)..])
            : new MediaError(ErrorName.UnknownError, text);
    }

    private static StopReason Reason(RecordingDescription description) =>
        Enum.TryParse<StopReason>(description.StopReason, out var reason) ? reason : StopReason.Crashed;
}
