using Recorder.Actors.Catalogue;
using Recorder.Actors.Takes;
using Recorder.Media.TimeCodes;

namespace Recorder.Node.Media;

/// <summary>Reads the linear time code of a take's moment in the sound of one of its angles.</summary>
internal sealed class TakeLtc(IServiceProvider services) : ILtcReader
{
    private const int SampleRate = 48_000;
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(10);

    // What arrives is in a file after this time at the latest.
    private static readonly TimeSpan Storing = TimeSpan.FromSeconds(5);

    // The last packet may end before the interval does.
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(200);

    public async Task<LtcAnswer> ReadAsync(Take take, CancellationToken cancellationToken)
    {
        var (moment, angle) = (take.At!.Value, take.Angles.First(angle => angle.Recorder == take.TimeCodeRecorder));
        if (!TimeCodeRate.TryParse(take.Rate, out var rate))
            return new LtcAnswer(null, default, $"'{take.Rate}' is no rate of time code.", IsFinal: true);

        var (from, to) = (moment - Before, moment + After);
        try
        {
            // What it needs exists when the node has begun.
            var sound = await services.GetRequiredService<AngleSoundReader>().ReadAsync(angle, from, to, SampleRate, cancellationToken);
            if (sound is null)
                return new LtcAnswer(null, default, $"Recorder {angle.Recorder} has recorded nothing of the first {After.TotalSeconds} s.", IsFinal: angle.State == AngleState.Stopped);

            // Behind a pause, or a step of its clock, there may never be sound of the whole interval.
            var isPast = services.GetRequiredService<TimeProvider>().GetUtcNow() > to + Storing;
            var isWhole = angle.State == AngleState.Stopped || isPast || sound.End >= (Before + After - Slack).TotalSeconds * SampleRate;
            // Until the camera states its clock, or all is there, the moment may still be found to be elsewhere in the recording.
            if (!isWhole && angle.Times?.Clock != CaptureClock.Sender)
                return new LtcAnswer(null, default, $"Camera {angle.Camera} has not stated its clock.", IsFinal: false);

            if (sound.Channels.Count == 0)
                return new LtcAnswer(null, default, $"Recorder {angle.Recorder} has recorded no sound.", isWhole);

            var found = LtcMoment.Find(sound.Channels, SampleRate, Before.TotalSeconds * SampleRate, rate, take.IsDropFrame);
            return new LtcAnswer(
                found.TimeCode, found.IntoFrame, found.Problem.Length == 0 ? "" : $"The sound of recorder {angle.Recorder} {found.Problem}.", isWhole);
        }
        catch (ProblemException away)
        {
            return new LtcAnswer(null, default, away.Problem.Detail, IsFinal: angle.State == AngleState.Stopped);
        }
        catch (Exception away) when (away is IOException or CatalogueUnavailableException)
        {
            // Its node may come back.
            return new LtcAnswer(null, default, away.Message, IsFinal: false);
        }
    }
}
