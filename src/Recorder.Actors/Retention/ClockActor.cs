using Microsoft.Extensions.Logging;
using Recorder.Actors.Recording;
using Recorder.Actors.Timing;
using Recorder.Contracts;

namespace Recorder.Actors.Retention;

/// <summary>Compares the node's clocks every few seconds: has recorders tell of a jump and of its end, and the catalogue keep what is known.</summary>
internal sealed class ClockActor : ReceiveActor, IWithTimers
{
    private readonly NodeClock _clock;
    private readonly Func<Task> _keep;
    private readonly IActorRef _recorders;
    private readonly ILogger _logger;
    private bool _wasTrusted = true;

    public ClockActor(NodeClock clock, Func<Task> keep, IActorRef recorders, ILogger logger)
    {
        (_clock, _keep, _recorders, _logger) = (clock, keep, recorders, logger);
        Receive<CompareClocks>(_ => OnLook());
        Receive<NotKept>(failed => RetentionLog.ClockNotKept(_logger, failed.Cause.Message));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes one.</summary>
    /// <param name="clock">The node's time.</param>
    /// <param name="keep">Has the catalogue keep it.</param>
    /// <param name="recorders">The parent of all recorders.</param>
    /// <param name="logger">The node's log.</param>
    public static Props PropsFor(NodeClock clock, Func<Task> keep, IActorRef recorders, ILogger logger) =>
        Props.Create(() => new ClockActor(clock, keep, recorders, logger));

    protected override void PreStart()
    {
        OnLook();
        Timers.StartPeriodicTimer(nameof(CompareClocks), new CompareClocks(), _clock.Options.Interval);
    }

    private void OnLook()
    {
        var now = _clock.ReadClocks();
        if (now.IsTrusted == _wasTrusted)
        {
            return;
        }

        _wasTrusted = now.IsTrusted;
        var detail = NodeClock.Describe(now);
        if (now.IsTrusted)
        {
            RetentionLog.ClockTrusted(_logger, detail);
        }
        else
        {
            RetentionLog.ClockDistrusted(_logger, detail);
        }

        _recorders.Tell(new RecordersActor.ClockNotice(now.IsTrusted ? ClockStatus.Trusted : ClockStatus.Distrusted, detail));
        var keep = _keep;
        _ = Task.Run(keep).PipeTo(Self, Self, () => Kept.Instance, cause => new NotKept(cause));
    }

    /// <summary>Compare the clocks now.</summary>
    internal sealed record CompareClocks;

    private sealed record Kept
    {
        public static readonly Kept Instance = new();
    }

    // The next sweep has it kept, too.
    private sealed record NotKept(Exception Cause);
}
