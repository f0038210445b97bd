using Recorder.Media;

namespace Recorder.Node.Media;

/// <summary>Runs what decodes pictures on threads of its own. How many run, how many wait, and how long each may take are bounded.</summary>
/// <param name="what">What is made, for messages to users: snapshots.</param>
/// <param name="most">How many are made at a time.</param>
/// <param name="mostWaiting">How many requests wait for a place.</param>
internal sealed class PictureQueue(string what, int most, int mostWaiting) : IDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _places = new(most);
    private int _waiting;

    public async Task<T> RunAsync<T>(Func<CancellationToken, T> make, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        try
        {
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            bound.CancelAfter(Longest);
            return await Task.Run(() => make(bound.Token), bound.Token);
        }
        catch (FFmpegException tooLarge) when (tooLarge.ExceedsLimit)
        {
            throw new ProblemException(Exports.TooLarge(tooLarge));
        }
        catch (FFmpegException failed)
        {
            throw new ProblemException(Problem.Unavailable($"Cannot decode the frame: {failed.Message}"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(Problem.Unavailable("The picture took too long, because its key frame is too far away."));
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private async Task EnterAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > mostWaiting || !await _places.WaitAsync(Wait, cancellationToken))
                throw new ProblemException(Problem.Exhausted($"{most} {what} are being taken, the most that this node allows; try again."));
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
