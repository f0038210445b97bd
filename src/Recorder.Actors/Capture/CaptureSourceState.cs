using Recorder.Actors.Timing;

namespace Recorder.Actors.Capture;

/// <summary>How a source stands.</summary>
internal enum SourcePhase
{
    Unknown = 0,

    /// <summary>Nobody wants media.</summary>
    Closed = 1,

    /// <summary>An attempt to open is under way.</summary>
    Opening = 2,

    /// <summary>Open.</summary>
    Running = 3,

    /// <summary>Waiting for the next attempt.</summary>
    Waiting = 4,

    /// <summary>Over for good, until someone wants it anew.</summary>
    Over = 5,
}

/// <summary>What a source knows of itself. Reads no clock and touches nothing; every attempt to open has a number, so that late news is told apart.</summary>
internal sealed class CaptureSourceState(CaptureOptions options, Random random)
{
    private readonly RetryBackoff _backoff = new(options.FirstRetry, options.LongestRetry, random);

    public SourcePhase Phase { get; private set; } = SourcePhase.Closed;

    /// <summary>Number of the present attempt; news of another one is late.</summary>
    public int Attempt { get; private set; }

    /// <summary>The last failure, for whoever comes while it waits.</summary>
    public CaptureProtocol.SourceConnecting? Connecting { get; private set; }

    /// <summary>Arrival of the last packets, or the opening.</summary>
    public TimeSpan LastArrival { get; private set; }

    public int Open()
    {
        Phase = SourcePhase.Opening;
        return ++Attempt;
    }

    /// <summary>False for late news.</summary>
    public bool Opened(int attempt, TimeSpan now)
    {
        if (attempt != Attempt || Phase != SourcePhase.Opening)
        {
            return false;
        }

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

    /// <summary>An attempt failed or a connection was lost: when to try again.</summary>
    public CaptureProtocol.SourceConnecting Retry(string cause)
    {
        Phase = SourcePhase.Waiting;
        Attempt++;
        var wait = _backoff.Next();
        return Connecting = new CaptureProtocol.SourceConnecting(_backoff.Failures, cause, wait);
    }

    /// <summary>The wait is over: the next attempt begins as soon as the last input is closed.</summary>
    public void RetryNow() => Phase = SourcePhase.Closed;

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
        Phase = SourcePhase.Over;
    }
}
