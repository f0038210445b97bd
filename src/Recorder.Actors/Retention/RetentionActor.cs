using Microsoft.Extensions.Logging;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Retention;

/// <summary>
/// Has a sweep made at every interval, and at once when a recorder says that its volume is full; one at a time, off its mailbox.
/// </summary>
internal sealed class RetentionActor : ReceiveActor, IWithTimers
{
    private readonly Func<CancellationToken, Task<int>> _sweep;
    private readonly IActorRef _events;
    private readonly TimeSpan _interval;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly List<IActorRef> _asked = [];
    private List<IActorRef> _sweeping = [];
    private bool _isSweeping;
    private bool _again;

    public RetentionActor(Func<CancellationToken, Task<int>> sweep, IActorRef events, TimeSpan interval, ILogger logger)
    {
        (_sweep, _events, _interval, _logger) = (sweep, events, interval, logger);
        Receive<Tick>(_ => Go());
        Receive<StorageChanged>(changed => changed.Status == StorageStatus.Full, _ => Go());
        Receive<StorageChanged>(_ => { });
        Receive<Sweep>(_ => { _asked.Add(Sender); Go(); });
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

    protected override void PostStop() => _ending.Cancel();

    // What is asked for while one is under way may need another: it may have looked already.
    private void Go()
    {
        if (_isSweeping)
        {
            _again = true;
            return;
        }

        (_isSweeping, _again) = (true, false);
        _sweeping = [.. _asked];
        _asked.Clear();
        var sweep = _sweep;
        var ending = _ending.Token;
        _ = Task.Run(() => sweep(ending), ending).PipeTo(
            Self, Self, removed => new Done(removed, null), failure => new Done(0, failure));
    }

    private void OnDone(Done done)
    {
        _isSweeping = false;
        if (done.Failure is { } failure)
        {
            RetentionLog.Failed(_logger, failure);
        }

        _sweeping.ForEach(asker => asker.Tell(new Swept(done.Removed)));
        if (_again || _asked.Count > 0)
        {
            Go();
        }
    }

    /// <summary>Asks for a sweep now; answered with <see cref="Swept"/>.</summary>
    internal sealed record Sweep;

    /// <param name="Removed">Extents that are gone.</param>
    internal sealed record Swept(int Removed);

    private sealed record Tick;

    private sealed record Done(int Removed, Exception? Failure);
}
