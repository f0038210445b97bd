using Recorder.Contracts;

namespace Recorder.Actors.Timing;

/// <summary>Zero when the source changed in a way that needs a new recording; otherwise grows with every failure.</summary>
internal sealed class RestartBackoff(TimeSpan first, TimeSpan longest, Random random) : RetryBackoff(first, longest, random)
{
    // A run this long resets the back-off.
    private static readonly TimeSpan LongRun = TimeSpan.FromSeconds(30);

    // A source that changes more often than this does not get a recording for each change.
    private static readonly TimeSpan ShortRun = TimeSpan.FromSeconds(1);

    public TimeSpan After(RecorderProtocol.Stopped stopped)
    {
        if (stopped.Duration >= LongRun)
            Reset();

        return stopped.SourceHasChanged && stopped.Duration >= ShortRun ? TimeSpan.Zero : Next();
    }
}
