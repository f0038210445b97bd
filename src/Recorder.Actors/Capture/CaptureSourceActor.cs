using System.Diagnostics.CodeAnalysis;
using Recorder.Contracts;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Capture;

/// <summary>One capture source, opened for its first subscriber and closed after the last has left. Files and the test pattern
/// are read in the actor's turns, a live source by a thread of its own.</summary>
[SuppressMessage("Design", "CA1001", Justification = "PostStop closes the input; the cancellation source has no handle.")]
internal sealed partial class CaptureSourceActor : ReceiveActor, IWithTimers
{
    private sealed record LingerOver { public static readonly LingerOver Instance = new(); }
    private sealed record CreditOverdue { public static readonly CreditOverdue Instance = new(); }
    private sealed record ReadOn { public static readonly ReadOn Instance = new(); }
    private sealed record CheckDeadline(int Attempt);
    private sealed record Retry(int Attempt);

    private readonly SourceUri _source;
    private readonly CaptureContext _context;
    private readonly CaptureSourceState _state;
    private readonly SourcePatience _patience;
    private readonly PushBackpressure _backpressure = new();
    private readonly HashSet<IActorRef> _describers = [];
    private readonly List<IActorRef> _releasing = [];
    private CaptureFlow _flow;
    private IReadOnlyList<SourceTrack>? _knownTracks;
    private CancellationTokenSource? _opening;
    private ICaptureInput? _input;
    private PullReader? _pull;
    private ILiveReader? _live;
    private int _closingReaders;
    private bool _willReadOn;

    public CaptureSourceActor(SourceUri source, CaptureContext context)
    {
        _source = source;
        _context = context;
        _state = new CaptureSourceState(context.Options, context.Random);
        _patience = new SourcePatience(source.StatedDeadline);
        _flow = NewFlow();
        Become(Serving);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private void Serving()
    {
        Receive<Attach>(OnAttach);
        Receive<Describe>(OnDescribe);
        Receive<Detach>(_ => RemoveSubscriber(Sender));
        Receive<Release>(_ => OnRelease());
        Receive<Terminated>(gone => RemoveSubscriber(gone.ActorRef));
        Receive<LingerOver>(_ => CloseIfUnwanted());

        Receive<ILiveReader.Arrived>(OnArrived);
        Receive<ILiveReader.StreamsChanged>(OnStreamsChanged);
        Receive<ILiveReader.Lost>(OnLost);
        Receive<SubscriberList.CreditReturned>(_ => OnCreditReturned());
        Receive<CreditOverdue>(_ => Acknowledge(isOverdue: true));
        Receive<SourcesActor.GridTick>(_ => ReadFile());
        Receive<ReadOn>(_ => OnReadOn());

        Receive<SourceOpener.SourceOpened>(OnOpened);
        Receive<SourceOpener.SourceNotOpened>(OnNotOpened);
        Receive<ILiveReader.Ended>(OnReaderEnded);
        Receive<CheckDeadline>(OnCheckDeadline);
        Receive<Retry>(OnRetry);
    }

    // Late requests go back to the parent, which has already removed this source.
    private void Retiring()
    {
        Receive<SourcesActor.RetireAccepted>(_ => Context.Stop(Self));
        Receive<Release>(_ => Sender.Tell(new Released()));
        Receive<IRequest>(request => Context.Parent.Forward(request));
        Receive<SourceOpener.SourceOpened>(late => late.Input.Dispose());
        Receive<ILiveReader.Arrived>(late => late.Batch.Release());
        ReceiveAny(_ => { });
    }

    private void OnAttach(Attach attach)
    {
        if (!_flow.CanJoin)
        {
            Context.Parent.Tell(new SourcesActor.Superseded(attach, Self), Sender);
            if (_describers.Remove(Sender))
                Context.Parent.Tell(new Describe(_source), Sender);

            return;
        }

        Context.Watch(Sender);
        Timers.Cancel(LingerOver.Instance);
        _flow.Add(Sender, attach.Attachment, _state.Phase == SourcePhase.Running);
        if (_state is { Phase: SourcePhase.Waiting or SourcePhase.Opening, Connecting: { } connecting })
            _flow.Subscribers.Tell(Sender, connecting);

        OpenOrRetire();
        ReadFile();
    }

    private void OnDescribe(Describe describe)
    {
        Context.Watch(Sender);
        _describers.Add(Sender);
        TellKnownTracks(Sender);
    }

    private void RemoveSubscriber(IActorRef subscriber)
    {
        Context.Unwatch(subscriber);
        _describers.Remove(subscriber);
        var removed = _flow.Subscribers.Remove(subscriber);
        if (_flow.Subscribers.Count > 0)
        {
            // The file may have waited for this subscriber.
            ReadFile();
        }
        else if (removed && _source.Kind is SourceKind.Network or SourceKind.Device or SourceKind.Push)
        {
            Timers.StartSingleTimer(LingerOver.Instance, LingerOver.Instance, _context.Options.Linger);
        }
        else if (removed || _state.Phase is SourcePhase.Closed or SourcePhase.Ended)
        {
            CloseIfUnwanted();
        }
    }

    private void OnRelease()
    {
        _releasing.Add(Sender);
        // Another subscriber needs the connection.
        if (_flow.Subscribers.Count > 0)
            AnswerReleasing();
        else
            CloseIfUnwanted();
    }

    private void AnswerReleasing()
    {
        _releasing.ForEach(asker => asker.Tell(new Released()));
        _releasing.Clear();
    }

    private void OnArrived(ILiveReader.Arrived arrived)
    {
        if (_live is null || !_state.IsCurrent(arrived.Attempt))
        {
            arrived.Batch.Release();
            return;
        }

        _state.Arrived(_context.Now);
        _patience.Arrived(_context.Now);
        for (var i = 0; i < arrived.Batch.Count; i++)
            _flow.Packets.Map(arrived.Batch, i, arrived.Batch.ArrivedAt(i), out _);

        var bytes = arrived.Batch.Bytes;
        _flow.Send(arrived.Batch, arrived.At, _context.Time.GetUtcNow());
        if (_source.WaitsForSubscribers && _backpressure.TryWithhold(bytes, _flow.Subscribers))
            Timers.StartSingleTimer(CreditOverdue.Instance, CreditOverdue.Instance, PushBackpressure.LongestWait);
        else
            _live.Taken(bytes);
    }

    private void OnStreamsChanged(ILiveReader.StreamsChanged changed)
    {
        if (_state.IsCurrent(changed.Attempt))
        {
            _flow.ChangeStreams(changed.Streams);
            TellDescribers();
        }
    }

    private void OnLost(ILiveReader.Lost lost)
    {
        if (_state.IsCurrent(lost.Attempt))
            _flow.Drop(lost.Dropped);
    }

    private void OnCreditReturned()
    {
        Acknowledge(isOverdue: false);
        ReadFile();
    }

    private void OnReadOn()
    {
        _willReadOn = false;
        ReadFile();
    }

    private void Acknowledge(bool isOverdue)
    {
        Timers.Cancel(CreditOverdue.Instance);
        _live?.Taken(_backpressure.Release(isOverdue));
    }

    // Reads what is due of a file or the test pattern.
    private void ReadFile()
    {
        if (_pull is null || _willReadOn || _flow.Subscribers.Count == 0 ||
            (_pull.IsFast && !_flow.Subscribers.HasCredit && _flow.Subscribers.WaitForCredit()))
        {
            return;
        }

        switch (_pull.Read())
        {
            case PullResult.More:
                _willReadOn = true;
                Self.Tell(ReadOn.Instance);
                break;
            case PullResult.Ended when !_flow.HasSent:
                FailForGood(SourceErrors.NothingReadable(_source, _pull.Damage ?? "it has no packet"));
                break;
            case PullResult.Ended:
                End(_pull.Damage is { } damage ? $"{_source.Masked} ended early: {damage}" : $"{_source.Masked} ended.");
                break;
            default:
                break;
        }
    }

    private void TellDescribers()
    {
        _knownTracks = _flow.Packets.Tracks;
        foreach (var describer in _describers)
            TellKnownTracks(describer);
    }

    // A source has never ended for good, because the next subscriber opens it again.
    private void TellKnownTracks(IActorRef describer) => describer.Tell(new Described(_knownTracks, Ended: false));

    private CaptureFlow NewFlow() => new(Self, _source, _context.Options);

    protected override void PostStop()
    {
        // There are subscribers only if an internal error or the shutdown of the node stops this actor.
        CloseInput();
        var error = new MediaError(
            ErrorName.UnknownError,
            $"{_source.Masked} was stopped by an internal error or by the shutdown of the node: start the recording again.");
        _flow.Finish(new SourceFailed(error), _context.Time.GetUtcNow());
        base.PostStop();
    }
}
