using Recorder.Actors.Catalogue;
using Recorder.Media.Export;
using Recorder.Node.Api;

namespace Recorder.Node.Media;

/// <summary>
/// Compares the sound of a take's angles: a second opinion on how far apart they are, beside that of their clocks. Nothing waits for it.
/// </summary>
internal sealed class TakeSound(AngleSoundReader sound) : IDisposable
{
    /// <summary>How much is compared.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(11);

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    // Each decodes and computes for seconds, on a node that records.
    private readonly SemaphoreSlim _places = new(1);

    /// <param name="at">The moment around which to compare; null for the take's.</param>
    /// <exception cref="ProblemException">The take has not begun, or another comparison is under way.</exception>
    public async Task<TakeSoundAnswer> CompareAsync(Take take, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        if (take.At is not { } moment)
            throw new ProblemException(Problem.InvalidState($"Take {take.Id} has not begun: it has no sound."));

        if (!await _places.WaitAsync(Wait, cancellationToken))
            throw new ProblemException(Problem.Exhausted("The sound of another take is being compared; try again."));

        try
        {
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            bound.CancelAfter(Longest);
            return await CompareAsync(take, (at ?? moment) - Before, bound.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(Problem.Unavailable("The comparison took too long, because the node is busy or the take has many recorders; try again."));
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private async Task<TakeSoundAnswer> CompareAsync(Take take, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var (reference, heard) = ((TakeAngle?)null, Array.Empty<float>());
        var angles = new List<AngleSoundAnswer>();
        foreach (var angle in take.Angles)
        {
            var (samples, obstacle) = await HearAsync(angle, from, cancellationToken);
            if (samples is null)
                angles.Add(new AngleSoundAnswer(angle.Recorder, angle.Camera, angle.Angle) { Detail = obstacle });
            else if (reference is null)
            {
                (reference, heard) = (angle, samples);
                angles.Add(new AngleSoundAnswer(angle.Recorder, angle.Camera, angle.Angle) { Detail = "The others are compared with it." });
            }
            else
            {
                var match = await Task.Run(() => SoundMatch.Find(heard, samples), cancellationToken);
                angles.Add(SoundVerdict.Of(reference, angle, match));
            }
        }

        return new TakeSoundAnswer(take.Id, from, Length, angles) { Reference = reference?.Recorder };
    }

    private async Task<(float[]? Samples, string Obstacle)> HearAsync(TakeAngle angle, DateTimeOffset from, CancellationToken cancellationToken)
    {
        try
        {
            var read = await sound.ReadAsync(angle, from, from + Length, SoundMatch.SampleRate, cancellationToken);
            return read switch
            {
                null => (null, $"Recorder {angle.Recorder} has recorded nothing of that time."),
                { Channels.Count: 0, Recorded: var none } when none == TimeSpan.Zero => (null, $"Recorder {angle.Recorder} has recorded no sound of that time."),
                { Recorded: var length } when length < Least => (null, string.Create(
                    CultureInfo.InvariantCulture, $"Recorder {angle.Recorder} has recorded {length.TotalSeconds:0.0} s of sound of that time; it takes {Least.TotalSeconds} s.")),
                _ when read.Mix() is var mixed && !SoundMatch.IsSilent(mixed) => (mixed, ""),
                _ => (null, $"The sound of camera {angle.Camera} is silent."),
            };
        }
        catch (ProblemException away)
        {
            return (null, away.Problem.Detail);
        }
        catch (Exception failed) when (failed is FFmpegException or IOException or CatalogueUnavailableException)
        {
            return (null, $"The sound of camera {angle.Camera} cannot be read: {failed.Message}");
        }
    }
}
