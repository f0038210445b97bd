using Recorder.Contracts;

namespace Recorder.Actors.Timing;

/// <summary>
/// The wait before a recorder whose recording ended by itself is started again. It is zero when the source changed in a way that
/// needs a new recording, and otherwise grows with every failure.
/// </summary>
internal sealed class RestartBackoff(TimeSpan first, TimeSpan longest, Random random)
{
    // A run this long resets the back-off.
    private static readonly TimeSpan LongRun = TimeSpan.FromSeconds(30);

    // A source that changes more often than this does not get a recording for each change.
    private static readonly TimeSpan ShortRun = TimeSpan.FromSeconds(1);

    private readonly RetryBackoff _backoff = new(first, longest, random);

    /// <summary>Gets the wait after a recording that ended by itself.</summary>
    public TimeSpan After(RecorderProtocol.Stopped stopped)
    {
        if (stopped.Duration >= LongRun)
            _backoff.Reset();

        return stopped.SourceHasChanged && stopped.Duration >= ShortRun ? TimeSpan.Zero : _backoff.Next();
    }

    /// <summary>Gets the wait after another failure.</summary>
    public TimeSpan Next() => _backoff.Next();

    public void Reset() => _backoff.Reset();
}
