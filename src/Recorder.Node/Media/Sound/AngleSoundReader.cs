using Recorder.Actors;
using Recorder.Media.Export;

namespace Recorder.Node.Media;

/// <summary>Reads the sound of a take's angles by the clock of the take, also while they record.</summary>
internal sealed class AngleSoundReader(MediaLibrary library, NodeRuntime node, ServeOptions options)
{
    /// <summary>Decodes the sound of an interval of an angle's first recording.</summary>
    /// <returns>Null while nothing of the interval was recorded.</returns>
    /// <exception cref="ProblemException">The recording is not on this node, or was removed.</exception>
    /// <exception cref="FFmpegException">Its sound cannot be decoded.</exception>
    public async Task<RecordedSound?> ReadAsync(TakeAngle angle, DateTimeOffset from, DateTimeOffset to, int sampleRate, CancellationToken cancellationToken)
    {
        if (angle.Times is not { } times || angle.Recordings is not [var first, ..])
            return null;

        var recording = library.Open($"{angle.Recorder}~{first}");
        // As an export places its frames: the timeline begins with the first frame.
        var (begin, end) = (from - times.First, to - times.First);
        if (end <= TimeSpan.Zero)
            return null;

        var plan = await ExportEndpoints.PlanOfAsync(recording, begin > TimeSpan.Zero ? begin : null, end, library, cancellationToken);
        return plan is null ? null
            : await Task.Run(
                () => RecordedSound.Read(plan.Within(options.Limits), begin, end, sampleRate, node.Runtime.Codecs, cancellationToken), cancellationToken);
    }
}
