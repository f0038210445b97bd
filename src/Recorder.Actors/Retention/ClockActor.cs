using Microsoft.Extensions.Logging;
using Recorder.Actors.Recording;
using Recorder.Actors.Timing;
using Recorder.Contracts;

namespace Recorder.Actors.Retention;

/// <summary>Compares the clocks; when a jump begins or ends, notifies the recorders and stores the clock.</summary>
internal sealed class ClockActor : ReceiveActor, IWithTimers
{
    private readonly NodeClock _clock;
    private readonly Func<Task> _store;
    private readonly IActorRef _recorders;
    private readonly ILogger _logger;
    private bool _wasTrusted = true;

    public ClockActor(NodeClock clock, Func<Task> store, IActorRef recorders, ILogger logger)
    {
        (_clock, _store, _recorders, _logger) = (clock, store, recorders, logger);
        Receive<CompareClocks>(_ => OnCompareClocks());
        Receive<StoreFailed>(failed => RetentionLog.ClockNotStored(_logger, failed.Cause.Message));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(NodeClock clock, Func<Task> store, IActorRef recorders, ILogger logger) =>
        Props.Create(() => new ClockActor(clock, store, recorders, logger));

    protected override void PreStart()
    {
        OnCompareClocks();
        Timers.StartPeriodicTimer(nameof(CompareClocks), new CompareClocks(), _clock.Options.Interval);
    }

    private void OnCompareClocks()
    {
        var now = _clock.ReadClocks();
        if (now.IsTrusted == _wasTrusted)
            return;

        _wasTrusted = now.IsTrusted;
        var detail = NodeClock.Describe(now);
        if (now.IsTrusted)
            RetentionLog.ClockTrusted(_logger, detail);
        else
            RetentionLog.ClockDistrusted(_logger, detail);

        _recorders.Tell(new RecorderControl.ClockNotice(now.IsTrusted ? ClockStatus.Trusted : ClockStatus.Distrusted, detail));
        var store = _store;
        _ = Task.Run(store).PipeTo(Self, Self, () => new Stored(), cause => new StoreFailed(cause));
    }

    internal sealed record CompareClocks;

    private sealed record Stored;

    // Not retried here: the next retention sweep stores the state, too.
    private sealed record StoreFailed(Exception Cause);
}
