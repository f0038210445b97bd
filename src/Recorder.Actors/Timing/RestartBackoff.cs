using Recorder.Contracts;

namespace Recorder.Actors.Timing;

/// <summary>
/// How long to wait until a recorder whose recording ended by itself is started again. Not at all where its source became what could not
/// follow in that recording; else longer from failure to failure.
/// </summary>
internal sealed class RestartBackoff(TimeSpan first, TimeSpan longest, Random random)
{
    // A run this long resets the back-off.
    private static readonly TimeSpan LongRun = TimeSpan.FromSeconds(30);

    // A source that changes more often than this gets no recording for each change.
    private static readonly TimeSpan ShortRun = TimeSpan.FromSeconds(1);

    private readonly RetryBackoff _backoff = new(first, longest, random);

    /// <summary>The wait after a recording that ended by itself.</summary>
    public TimeSpan After(RecorderProtocol.Stopped stopped)
    {
        if (stopped.Duration >= LongRun)
        {
            _backoff.Reset();
        }

        return stopped.SourceHasChanged && stopped.Duration >= ShortRun ? TimeSpan.Zero : _backoff.Next();
    }

    /// <summary>The wait after one more failure.</summary>
    public TimeSpan Next() => _backoff.Next();

    /// <summary>The next wait is the first one again.</summary>
    public void Reset() => _backoff.Reset();
}
