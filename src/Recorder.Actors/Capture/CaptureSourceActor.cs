using System.Diagnostics.CodeAnalysis;
using Recorder.Contracts;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Capture;

/// <summary>
/// One capture source: opens it when somebody wants media, hands packets to every subscriber, reconnects a live one, closes it when
/// nobody is left. Files and the test pattern are read in its turns, a live source by a thread of its own.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "PostStop closes the input; the cancellation source holds no handle.")]
internal sealed partial class CaptureSourceActor : ReceiveActor, IWithTimers
{
    private readonly SourceUri _source;
    private readonly CaptureServices _services;
    private readonly CaptureSourceState _state;
    private readonly HashSet<IActorRef> _describers = [];
    private CaptureFlow _flow;
    private IReadOnlyList<SourceTrack>? _known;
    private CancellationTokenSource? _opening;
    private ICaptureInput? _input;
    private PullReader? _pull;
    private LiveReader? _live;
    private int _closing;
    private bool _readOn;

    public CaptureSourceActor(SourceUri source, CaptureServices services)
    {
        _source = source;
        _services = services;
        _state = new CaptureSourceState(services.Options, services.Random);
        _patience = new SourcePatience(source.StatedDeadline);
        _flow = NewFlow();
        Become(Serving);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private void Serving()
    {
        Receive<LiveReader.Arrived>(OnArrived);
        Receive<SourcesActor.GridTick>(_ => Pump());
        Receive<Audience.CreditReturned>(_ => { ReadOnFromSender(); Pump(); });
        Receive<CreditIsLate>(_ => { _isLate = true; ReadOnFromSender(); });
        Receive<ReadOn>(_ => { _readOn = false; Pump(); });
        Receive<LiveReader.StreamsChanged>(OnStreamsChanged);
        Receive<LiveReader.Ended>(OnReaderEnded);
        Receive<CaptureServices.SourceOpened>(OnOpened);
        Receive<CaptureServices.SourceNotOpened>(OnNotOpened);
        Receive<Attach>(OnAttach);
        Receive<Describe>(OnDescribe);
        Receive<Detach>(_ => Leave(Sender));
        Receive<Terminated>(gone => Leave(gone.ActorRef));
        Receive<Retry>(OnRetry);
        Receive<CheckDeadline>(OnCheckDeadline);
        Receive<LingerOver>(_ => CloseIfUnwanted());
    }

    // Whatever still comes goes to the parent, which no longer counts on this source.
    private void Retiring()
    {
        Receive<SourcesActor.RetireAccepted>(_ => Context.Stop(Self));
        Receive<IRequest>(request => Context.Parent.Forward(request));
        Receive<CaptureServices.SourceOpened>(late => late.Input.Dispose());
        Receive<LiveReader.Arrived>(late => late.Batch.Release());
        ReceiveAny(_ => { });
    }

    private void OnArrived(LiveReader.Arrived arrived)
    {
        if (_live is null || !_state.IsCurrent(arrived.Attempt))
        {
            arrived.Batch.Release();
            return;
        }

        _state.Arrived(_services.Now);
        _patience.Arrived(_services.Now);
        for (var i = 0; i < arrived.Batch.Count; i++)
        {
            _flow.Map(arrived.Batch, i, arrived.Batch.ArrivedAt(i), out _);
        }

        var bytes = arrived.Batch.Bytes;
        _flow.Send(arrived.Batch, arrived.At, _services.Time.GetUtcNow());
        Acknowledge(bytes);
    }

    private void Pump()
    {
        if (_pull is null || _readOn || _flow.Subscribers == 0 || (_pull.IsFast && !_flow.HasCredit && _flow.WaitForCredit()))
        {
            return;
        }

        switch (_pull.Read())
        {
            case PullResult.More:
                _readOn = true;
                Self.Tell(ReadOn.Instance);
                break;
            case PullResult.Ended when !_flow.HasDelivered:
                GiveUp(SourceErrors.NothingReadable(_source, _pull.Damage ?? "no packet in it"));
                break;
            case PullResult.Ended:
                End(_pull.Damage is { } damage ? $"{_source.Masked} ended early: {damage}" : $"{_source.Masked} ended.");
                break;
            default:
                break;
        }
    }

    private void OnStreamsChanged(LiveReader.StreamsChanged changed)
    {
        if (_state.IsCurrent(changed.Attempt))
        {
            _flow.StreamsChanged(changed.Streams);
            Known();
        }
    }

    private void GiveUp(MediaError error)
    {
        CaptureLog.Failed(_services.Logger, _source.Masked, error.Message);
        Finish(new SourceFailed(error));
    }

    private void End(string reason)
    {
        CaptureLog.Ended(_services.Logger, _source.Masked, reason);
        Finish(new SourceEnded(reason));
    }

    private void Finish(SourceMessage last)
    {
        CloseInput();
        _state.End();
        _flow.Finish(last, _services.Time.GetUtcNow());
        _flow = NewFlow();
        CloseIfUnwanted();
    }

    private CaptureFlow NewFlow() => new(Self, _source, _services.Options);

    /// <inheritdoc />
    protected override void PostStop()
    {
        // Only a fault or the end of the node stops a source that somebody subscribes to.
        CloseInput();
        var error = new MediaError(ErrorName.UnknownError, $"{_source.Masked} was stopped by a fault or the end of the node: start the recording anew.");
        _flow.Finish(new SourceFailed(error), _services.Time.GetUtcNow());
        base.PostStop();
    }

    private sealed record ReadOn
    {
        public static readonly ReadOn Instance = new();
    }
}
