using Recorder.Contracts;

namespace Recorder.Node.Cli.Recording;

/// <summary>
/// One <c>recorder record</c>: makes the recorders, starts them all at once, shows what they report, and is done when each has
/// stopped. It subscribes before anything exists, so that it misses no event.
/// </summary>
internal sealed partial class RecordSessionActor : ReceiveActor, IWithTimers
{
    private readonly RecordRequest _request;
    private readonly IActorRef _recorders;
    private readonly IActorRef _events;
    private readonly ISessionView _view;
    private readonly TaskCompletionSource<bool> _done;
    private readonly Dictionary<RecorderId, RecorderProgress> _progress;
    private readonly HashSet<RecorderId> _awaited = [];
    private bool _stopping;
    private bool _outputLost;

    /// <param name="request">What to record.</param>
    /// <param name="recorders">Answers <see cref="RecordersProtocol"/> and <see cref="RecorderProtocol"/>.</param>
    /// <param name="events">Answers <see cref="EventsProtocol"/>.</param>
    /// <param name="view">Where progress is shown.</param>
    /// <param name="done">Set when all is over: whether everything was recorded.</param>
    public RecordSessionActor(
        RecordRequest request, IActorRef recorders, IActorRef events, ISessionView view, TaskCompletionSource<bool> done)
    {
        (_request, _recorders, _events, _view, _done) = (request, recorders, events, view, done);
        _progress = request.Recorders.ToDictionary(
            planned => planned.Id, planned => new RecorderProgress(planned.Id, planned.Source.Masked, planned.Target.File ?? ""));
        Subscribing();
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Stop every recorder and finish when their files are complete.</summary>
    public sealed record StopAll;

    private sealed record Tick;

    /// <inheritdoc />
    protected override void PreStart() => _events.Tell(new EventsProtocol.Subscribe());

    /// <inheritdoc />
    protected override void PostStop() => _done.TrySetResult(false);

    private void Subscribing()
    {
        Receive<EventsProtocol.Subscribed>(_ =>
        {
            Become(Creating);
            foreach (var planned in _request.Recorders)
            {
                _awaited.Add(planned.Id);
                _recorders.Tell(new RecordersProtocol.Create(planned.Id, planned.Text, _request.Options, planned.Target));
            }
        });
        Receive<StopAll>(_ => _stopping = true);
    }

    private void Creating()
    {
        Receive<RecordersProtocol.Created>(created => Answered(created.Recorder));
        Receive<RecorderProtocol.Refused>(refused =>
        {
            Refuse(refused);
            Answered(refused.Recorder);
        });
        Receive<RecorderProtocol.IEvent>(OnEvent);
        Receive<StopAll>(_ => _stopping = true);
    }

    private void Recording()
    {
        Receive<RecorderProtocol.IEvent>(OnEvent);
        Receive<RecorderProtocol.Status>(status => Update(status.Recorder, progress => progress.Apply(status)));
        Receive<RecorderProtocol.Refused>(Refuse);
        Receive<RecorderProtocol.Accepted>(_ => { });
        Receive<Tick>(_ => OnTick());
        Receive<StartAgain>(OnStartAgain);
        Receive<StopAll>(_ => Stop());
    }

    // All are told to start in one go, once all exist: the time between the first and the last is a few messages.
    private void Answered(RecorderId recorder)
    {
        _awaited.Remove(recorder);
        if (_awaited.Count > 0)
        {
            return;
        }

        Become(Recording);
        foreach (var progress in Going())
        {
            _recorders.Tell(new RecorderProtocol.Start(progress.Id, _request.Timeslice) { Duration = _request.Duration });
        }

        if (_view.RefreshInterval is { } interval)
        {
            Timers.StartPeriodicTimer(nameof(Tick), new Tick(), TimeSpan.Zero, interval);
        }

        if (_stopping)
        {
            Stop();
        }

        FinishWhenOver();
    }

    private void OnEvent(RecorderProtocol.IEvent happened)
    {
        if (!_progress.TryGetValue(happened.Recorder, out var before))
        {
            return;
        }

        var after = before.Apply(happened);
        _progress[happened.Recorder] = after;
        Show(() => _view.Happened(happened, after));
        if (happened is RecorderProtocol.Stopped { SourceHasChanged: true } stopped && GoOn(stopped, after))
        {
            return;
        }

        if (after.IsOver && !before.IsOver)
        {
            Show(() => _view.Over(after));
            FinishWhenOver();
        }
    }

    private void Refuse(RecorderProtocol.Refused refused)
    {
        if (_progress.TryGetValue(refused.Recorder, out var progress) && !progress.IsOver)
        {
            var failed = progress.Refused(refused.Error);
            _progress[refused.Recorder] = failed;
            Show(() => _view.Over(failed));
            FinishWhenOver();
        }
    }

    private void OnTick()
    {
        foreach (var progress in Going())
        {
            _recorders.Tell(new RecorderProtocol.GetStatus(progress.Id));
        }

        Refresh();
    }

    private void Stop()
    {
        _stopping = true;
        foreach (var progress in Going())
        {
            _progress[progress.Id] = progress.Stopping();
            _recorders.Tell(new RecorderProtocol.Stop(progress.Id));
        }

        StopWaiting();
        Refresh();
    }

    private void FinishWhenOver()
    {
        if (_awaited.Count == 0 && _progress.Values.All(progress => progress.IsOver))
        {
            Timers.CancelAll();
            Refresh();
            _done.TrySetResult(!_outputLost && _progress.Values.All(progress => progress.Phase == Phase.Stopped));
        }
    }
}
