using Recorder.Actors.Timing;

namespace Recorder.Actors.Capture;

internal enum SourcePhase
{
    Unknown = 0,
    Closed = 1,
    Opening = 2,
    Running = 3,
    Waiting = 4,
    Ended = 5,
}

/// <summary>Attempts to open are numbered, so that late messages of an earlier one are recognised. Reads no clock.</summary>
internal sealed class CaptureSourceState(CaptureOptions options, Random random)
{
    private readonly RetryBackoff _backoff = new(options.FirstRetry, options.LongestRetry, random);

    public SourcePhase Phase { get; private set; } = SourcePhase.Closed;
    public int Attempt { get; private set; }

    /// <summary>The last failure since media arrived, for subscribers that attach during the wait.</summary>
    public CaptureProtocol.SourceConnecting? Connecting { get; private set; }

    public TimeSpan LastArrival { get; private set; }

    public int Open()
    {
        Phase = SourcePhase.Opening;
        return ++Attempt;
    }

    /// <summary>Returns false if the attempt is not the current one.</summary>
    public bool TryRun(int attempt, TimeSpan now)
    {
        if (attempt != Attempt || Phase != SourcePhase.Opening)
            return false;

        (Phase, LastArrival) = (SourcePhase.Running, now);
        return true;
    }

    public bool IsCurrent(int attempt) => attempt == Attempt && Phase is SourcePhase.Running or SourcePhase.Opening;

    public void Arrived(TimeSpan now)
    {
        LastArrival = now;
        Connecting = null;
        _backoff.Reset();
    }

    public CaptureProtocol.SourceConnecting Retry(string cause)
    {
        Phase = SourcePhase.Waiting;
        Attempt++;
        var wait = _backoff.Next();
        return Connecting = new CaptureProtocol.SourceConnecting(_backoff.Failures, cause, wait);
    }

    /// <summary>The next attempt begins as soon as the previous input is closed.</summary>
    public void EndWait() => Phase = SourcePhase.Closed;

    public void Close()
    {
        Phase = SourcePhase.Closed;
        Attempt++;
        Connecting = null;
        _backoff.Reset();
    }

    public void End()
    {
        Close();
        Phase = SourcePhase.Ended;
    }
}
