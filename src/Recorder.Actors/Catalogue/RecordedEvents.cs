using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Reading;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Catalogue;

/// <summary>Rebuilds events of a recording from its folder, for a catalogue that has missed them.</summary>
internal static class RecordedEvents
{
    /// <summary>Lines as in the index file. Numbers follow <paramref name="last"/>; start and stop keep their times.</summary>
    public static List<IEvent> Build(
        RecordingKey key, bool includeStart, RecordingDescription description, IReadOnlyList<RecordedLine> lines, bool includeStop,
        bool includeError, long last, DateTimeOffset now)
    {
        var (recorder, recording) = key;
        var events = new List<IEvent>();
        if (includeStart)
            events.Add(new Started(recorder, ++last, description.StartedAt, recording, description.MimeType) { Tracks = description.Tracks });

        // The error event comes before the one of the last blob, in the order in which a recorder raises them.
        var error = includeStop && includeError ? ErrorOf(description) : null;
        var final = lines.Count - 1;
        while (final >= 0 && lines[final].Blob is null)
            final--;

        for (var place = 0; place <= lines.Count; place++)
        {
            if (error is not null && place == (final < 0 ? lines.Count : final))
                events.Add(new ErrorRaised(recorder, ++last, now, error));

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

        if (includeStop)
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

    // Parses the form of MediaError.ToString.
    private static MediaError? ErrorOf(RecordingDescription description)
    {
        if (description.Error is not { } text)
            return null;

        var colon = text.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 && Enum.TryParse<ErrorName>(text.AsSpan(0, colon), out var name)
            ? new MediaError(name, text[(colon + 2)..])
            : new MediaError(ErrorName.UnknownError, text);
    }

    private static StopReason Reason(RecordingDescription description) =>
        Enum.TryParse<StopReason>(description.StopReason, out var reason) ? reason : StopReason.Crashed;
}
