using Microsoft.Extensions.Logging;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Retention;

/// <summary>Sweeps at every interval and when a volume is full, one sweep at a time, outside the actor.</summary>
internal sealed class RetentionActor : ReceiveActor, IWithTimers
{
    private readonly Func<CancellationToken, Task<int>> _sweep;
    private readonly IActorRef _events;
    private readonly TimeSpan _interval;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<IActorRef> _requesters = [];
    private List<IActorRef> _answered = [];
    private bool _isSweeping;
    private bool _mustRepeat;

    public RetentionActor(Func<CancellationToken, Task<int>> sweep, IActorRef events, TimeSpan interval, ILogger logger)
    {
        (_sweep, _events, _interval, _logger) = (sweep, events, interval, logger);
        Receive<Tick>(_ => StartSweep());
        Receive<StorageChanged>(changed => changed.Status == StorageStatus.Full, _ => StartSweep());
        Receive<StorageChanged>(_ => { });
        Receive<Sweep>(_ => { _requesters.Add(Sender); StartSweep(); });
        Receive<Done>(OnDone);
        Receive<EventsProtocol.Subscribed>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(Func<CancellationToken, Task<int>> sweep, IActorRef events, TimeSpan interval, ILogger logger) =>
        Props.Create(() => new RetentionActor(sweep, events, interval, logger));

    protected override void PreStart()
    {
        _events.Tell(new EventsProtocol.Subscribe(Kind: typeof(StorageChanged)));
        Timers.StartPeriodicTimer(nameof(Tick), new Tick(), TimeSpan.Zero, _interval);
    }

    protected override void PostStop() => _stopping.Cancel();

    // A request during a sweep needs another sweep, since the running one may have listed its extents already.
    private void StartSweep()
    {
        if (_isSweeping)
        {
            _mustRepeat = true;
            return;
        }

        (_isSweeping, _mustRepeat) = (true, false);
        _answered = [.. _requesters];
        _requesters.Clear();
        var sweep = _sweep;
        var stopping = _stopping.Token;
        _ = Task.Run(() => sweep(stopping), stopping).PipeTo(
            Self, Self, removed => new Done(removed, null), failure => new Done(0, failure));
    }

    private void OnDone(Done done)
    {
        _isSweeping = false;
        if (done.Failure is { } failure)
            RetentionLog.Failed(_logger, failure);

        _answered.ForEach(requester => requester.Tell(new Swept(done.Removed)));
        if (_mustRepeat || _requesters.Count > 0)
            StartSweep();
    }

    internal sealed record Sweep;

    internal sealed record Swept(int Removed);

    private sealed record Tick;

    private sealed record Done(int Removed, Exception? Failure);
}
