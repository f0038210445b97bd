namespace Recorder.Node.Cli.Recording;

/// <summary>Runs one <c>recorder record</c>: creates the recorders, starts them together, shows what they report, and completes
/// when each has stopped. Subscribes before it creates a recorder, so it misses no event.</summary>
internal sealed partial class RecordSessionActor : ReceiveActor, IWithTimers
{
    private readonly RecordRequest _request;
    private readonly IActorRef _recorders;
    private readonly IActorRef _events;
    private readonly ISessionView _view;
    private readonly TaskCompletionSource<bool> _done;
    private readonly Dictionary<RecorderId, RecorderProgress> _progress;
    private readonly HashSet<RecorderId> _pendingCreates = [];
    private bool _stopping;
    private bool _outputLost;

    public RecordSessionActor(
        RecordRequest request, IActorRef recorders, IActorRef events, ISessionView view, TaskCompletionSource<bool> done)
    {
        (_request, _recorders, _events, _view, _done) = (request, recorders, events, view, done);
        _progress = request.Recorders.ToDictionary(
            planned => planned.Id, planned => new RecorderProgress(planned.Id, planned.Source.Masked, planned.Target.File ?? ""));
        WaitForSubscription();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public sealed record StopAll;

    private sealed record Tick;

    protected override void PreStart() => _events.Tell(new EventsProtocol.Subscribe());

    protected override void PostStop() => _done.TrySetResult(false);

    private void WaitForSubscription()
    {
        Receive<EventsProtocol.Subscribed>(_ =>
        {
            Become(WaitForRecorders);
            foreach (var planned in _request.Recorders)
            {
                _pendingCreates.Add(planned.Id);
                _recorders.Tell(new RecordersProtocol.Create(planned.Id, planned.Text, _request.Options, planned.Target));
            }
        });
        Receive<StopAll>(_ => _stopping = true);
    }

    private void WaitForRecorders()
    {
        Receive<RecordersProtocol.Created>(created => OnCreateAnswered(created.Recorder));
        Receive<RecorderProtocol.Refused>(refused =>
        {
            OnRefused(refused);
            OnCreateAnswered(refused.Recorder);
        });
        Receive<RecorderProtocol.IEvent>(OnEvent);
        Receive<StopAll>(_ => _stopping = true);
    }

    private void Recording()
    {
        Receive<RecorderProtocol.IEvent>(OnEvent);
        Receive<RecorderProtocol.Status>(status => Update(status.Recorder, progress => progress.Apply(status)));
        Receive<RecorderProtocol.Refused>(OnRefused);
        Receive<RecorderProtocol.Accepted>(_ => { });
        Receive<Tick>(_ => OnTick());
        Receive<Restart>(OnRestart);
        Receive<StopAll>(_ => StopRecorders());
    }

    // Recorders start together, once all exist, so that their recordings begin at nearly the same time.
    private void OnCreateAnswered(RecorderId recorder)
    {
        _pendingCreates.Remove(recorder);
        if (_pendingCreates.Count > 0)
            return;

        Become(Recording);
        foreach (var progress in RunningRecorders())
            _recorders.Tell(new RecorderProtocol.Start(progress.Id, _request.Timeslice) { Duration = _request.Duration });

        if (_view.RefreshInterval is { } interval)
            Timers.StartPeriodicTimer(nameof(Tick), new Tick(), TimeSpan.Zero, interval);

        if (_stopping)
            StopRecorders();

        CompleteWhenAllEnded();
    }

    private void OnEvent(RecorderProtocol.IEvent raised)
    {
        if (!_progress.TryGetValue(raised.Recorder, out var before))
            return;

        var after = before.Apply(raised);
        _progress[raised.Recorder] = after;
        Show(() => _view.OnEvent(raised, after));
        if (raised is RecorderProtocol.Stopped { SourceHasChanged: true } stopped && TryContinue(stopped, after))
            return;

        if (after.HasEnded && !before.HasEnded)
        {
            Show(() => _view.OnEnded(after));
            CompleteWhenAllEnded();
        }
    }

    private void OnRefused(RecorderProtocol.Refused refused)
    {
        if (_progress.TryGetValue(refused.Recorder, out var progress) && !progress.HasEnded)
        {
            var failed = progress.Refused(refused.Error);
            _progress[refused.Recorder] = failed;
            Show(() => _view.OnEnded(failed));
            CompleteWhenAllEnded();
        }
    }

    private void OnTick()
    {
        foreach (var progress in RunningRecorders())
            _recorders.Tell(new RecorderProtocol.GetStatus(progress.Id));

        RefreshView();
    }

    private void StopRecorders()
    {
        _stopping = true;
        foreach (var progress in RunningRecorders())
        {
            _progress[progress.Id] = progress.Stopping();
            _recorders.Tell(new RecorderProtocol.Stop(progress.Id));
        }

        CancelPendingRestarts();
        RefreshView();
    }

    private void CompleteWhenAllEnded()
    {
        if (_pendingCreates.Count == 0 && _progress.Values.All(progress => progress.HasEnded))
        {
            Timers.CancelAll();
            RefreshView();
            _done.TrySetResult(!_outputLost && _progress.Values.All(progress => progress.Phase == Phase.Stopped));
        }
    }

    private void Update(RecorderId recorder, Func<RecorderProgress, RecorderProgress> change)
    {
        if (_progress.TryGetValue(recorder, out var progress))
            _progress[recorder] = change(progress);
    }

    private void RefreshView() => Show(() => _view.Refresh([.. _request.Recorders.Select(planned => _progress[planned.Id])]));

    private List<RecorderProgress> RunningRecorders() => [.. _progress.Values.Where(progress => !progress.HasEnded)];

    // When the reader of standard output has gone ('| head'), the session stops as it does for Ctrl-C.
    private void Show(Action show)
    {
        if (_outputLost)
            return;

        try
        {
            show();
        }
        catch (IOException)
        {
            _outputLost = true;
            Self.Tell(new StopAll());
        }
    }
}
