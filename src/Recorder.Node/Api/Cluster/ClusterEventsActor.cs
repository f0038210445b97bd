using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;
using Recorder.Actors.Events;
using Recorder.Contracts.Json;

namespace Recorder.Node.Api;

/// <summary>
/// The mediator of a cluster: subscribers anywhere hear of every recorder's events, wherever it lives, as if it lived here. Other nodes are asked
/// only while somebody has subscribed.
/// </summary>
internal sealed class ClusterEventsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    private readonly Func<MergedEvents> _open;
    private readonly ClusterRoutes _routes;
    private readonly IActorRef _mediator;
    private readonly HashSet<IActorRef> _subscribers = [];
    private readonly List<(IActorRef Subscriber, EventsProtocol.Subscribe Wish)> _waiting = [];
    private CancellationTokenSource? _reading;
    private bool _isReading;

    public ClusterEventsActor(Func<MergedEvents> open, ClusterRoutes routes, Props mediator)
    {
        (_open, _routes) = (open, routes);
        _mediator = Context.ActorOf(mediator, "mediator");
        Receive<EventsProtocol.Subscribe>(OnSubscribe);
        Receive<EventsProtocol.Unsubscribe>(unsubscribe =>
        {
            _mediator.Forward(unsubscribe);
            Forget(Sender);
        });
        Receive<Terminated>(died => Forget(died.ActorRef));
        Receive<Connected>(_ => OnConnected());
        Receive<RecorderProtocol.IEvent>(raised => _mediator.Tell(raised));
        Receive<Learn>(_ => LearnLabels());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(Func<MergedEvents> open, ClusterRoutes routes, Props mediator) =>
        Props.Create(() => new ClusterEventsActor(open, routes, mediator));

    protected override void PostStop() => _reading?.Cancel();

    private void OnSubscribe(EventsProtocol.Subscribe wish)
    {
        if (_subscribers.Add(Sender))
        {
            Context.Watch(Sender);
        }

        if (_isReading)
        {
            _mediator.Forward(wish);
            return;
        }

        _waiting.Add((Sender, wish));
        if (_reading is null)
        {
            _reading = new CancellationTokenSource();
            var self = Self;
            _ = ReadAsync(_open(), self, _reading.Token);
            Timers.StartPeriodicTimer(nameof(Learn), new Learn(), TimeSpan.Zero, Refresh);
        }
    }

    // Whoever has its answer hears of everything that is raised from then on, anywhere.
    private void OnConnected()
    {
        _isReading = true;
        foreach (var (subscriber, wish) in _waiting)
        {
            _mediator.Tell(wish, subscriber);
        }

        _waiting.Clear();
    }

    private void Forget(IActorRef subscriber)
    {
        Context.Unwatch(subscriber);
        if (_subscribers.Remove(subscriber) && _subscribers.Count == 0)
        {
            _reading?.Cancel();
            (_reading, _isReading) = (null, false);
            Timers.Cancel(nameof(Learn));
        }
    }

    private void LearnLabels() =>
        _routes.All.ToList().ForEach(route => _mediator.Tell(new EventsActor.Labels(route.Definition.Id, route.Definition.Labels)));

    private static async Task ReadAsync(MergedEvents events, IActorRef self, CancellationToken ending)
    {
        try
        {
            await foreach (var ready in events.ReadAsync(EventPosition.Empty, Beat, ending))
            {
                if (ready is { Count: 0 })
                {
                    self.Tell(new Connected());
                }

                foreach (var raised in ready?.Where(it => it.Kind != "reset") ?? [])
                {
                    self.Tell(ProtocolJson.Read<RecorderProtocol.IEvent>(raised.Text));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more.
        }
    }

    private sealed record Connected;

    private sealed record Learn;
}
