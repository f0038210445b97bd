using Recorder.Actors;
using Recorder.Media.Export;

namespace Recorder.Node.Media;

/// <summary>Reads the sound of a take's angles by the clock of the take, also while they record.</summary>
internal sealed class AngleSoundReader(MediaLibrary library, NodeRuntime node, ServeOptions options)
{
    private static readonly TimeSpan Scatter = TimeSpan.FromSeconds(2);

    /// <summary>Decodes the sound of an interval of an angle's first recording.</summary>
    /// <returns>Null while nothing of the interval was recorded.</returns>
    /// <exception cref="ProblemException">The recording was removed.</exception>
    /// <exception cref="IOException">It is on a node that does not answer.</exception>
    /// <exception cref="FFmpegException">Its sound cannot be decoded.</exception>
    public async Task<RecordedSound?> ReadAsync(TakeAngle angle, DateTimeOffset from, DateTimeOffset to, int sampleRate, CancellationToken cancellationToken)
    {
        if (angle.Times is not { } times || angle.Recordings is not [var first, ..])
            return null;

        var recording = await library.FindAsync($"{angle.Recorder}~{first}", cancellationToken);
        var clock = await RecordingClock.ReadAsync(library, recording, times, cancellationToken);
        if (PlaceOf(clock, times, from, to) is not { } place)
            return null;

        var (begin, end) = (place.Begin, place.End);
        var plan = await ExportEndpoints.PlanOfAsync(recording, place.MediaFrom, place.MediaTo, library, cancellationToken);
        return plan is null ? null
            : await Task.Run(
                () => RecordedSound.Read(plan.Within(options.Limits), begin, end, sampleRate, node.Runtime.Codecs, cancellationToken), cancellationToken);
    }

    /// <summary>Where an interval is on the recording's timeline, and of which part of it there is media that was captured then.</summary>
    /// <returns>Null when nothing of it was recorded.</returns>
    internal static SoundPlace? PlaceOf(RecordingClock clock, CaptureTimes times, DateTimeOffset from, DateTimeOffset to)
    {
        if (Join(clock.Pieces, times.Clock) is not [_, _, ..] pieces)
        {
            // As an export places its frames: the timeline begins with the first frame.
            var (begin, end) = (from - times.First, to - times.First);
            return end <= TimeSpan.Zero ? null : new SoundPlace(begin, end, begin > TimeSpan.Zero ? begin : null, end);
        }

        // The timeline leaves pauses out. Of media behind the last piece only the begin is known while it records.
        var piece = pieces.FindLast(piece => piece.From <= from && from < piece.To) ?? (from >= pieces[^1].From ? pieces[^1] : pieces.FirstOrDefault(piece => piece.From > from && piece.From < to));
        if (piece is null)
            return null;

        var place = new SoundPlace(piece.MediaOf(from), piece.MediaOf(to), null, null);
        var first = place.Begin > piece.MediaTime ? place.Begin : piece.MediaTime;
        return place with { MediaFrom = first > TimeSpan.Zero ? first : null, MediaTo = piece != pieces[^1] && piece.End < place.End ? piece.End : place.End };
    }

    // Arrival times of a busy machine scatter by more than the steps at which a stated clock is divided: only a longer one is a pause.
    private static List<ClockPiece> Join(IReadOnlyList<ClockPiece> pieces, CaptureClock clock)
    {
        var joined = new List<ClockPiece>();
        foreach (var piece in pieces)
        {
            if (clock != CaptureClock.Sender && joined is [.., var last] && (piece.MediaTime - last.End).Duration() < TimeSpan.FromMilliseconds(2) && (piece.From - last.To).Duration() < Scatter)
                joined[^1] = last with { Duration = last.Duration + piece.Duration, To = last.From + last.Duration + piece.Duration };
            else
                joined.Add(piece);
        }

        return joined;
    }
}

/// <param name="Begin">On the recording's timeline; before it begins, below 0.</param>
/// <param name="MediaFrom">Where the media of the interval begins; null for that of the recording.</param>
internal readonly record struct SoundPlace(TimeSpan Begin, TimeSpan End, TimeSpan? MediaFrom, TimeSpan? MediaTo);
