using System.Text;
using Recorder.Actors.Events;
using Recorder.Cluster.Index;
using Recorder.Cluster.Runtime;
using Recorder.Contracts.Json;

namespace Recorder.Node.Api;

/// <summary>
/// The mediator of a cluster: subscribers anywhere hear of every recorder's events, wherever it lives, as if it lived here. The log of this node's index is
/// read only while somebody has subscribed.
/// </summary>
internal sealed class ClusterEventsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    private readonly EventLog _log;
    private readonly TimeProvider _time;
    private readonly ClusterRoutes _routes;
    private readonly IActorRef _mediator;
    private readonly HashSet<IActorRef> _subscribers = [];
    private CancellationTokenSource? _reading;

    public ClusterEventsActor(EventLog log, TimeProvider time, ClusterRoutes routes, Props mediator)
    {
        (_log, _time, _routes) = (log, time, routes);
        _mediator = Context.ActorOf(mediator, "mediator");
        Receive<EventsProtocol.Subscribe>(OnSubscribe);
        Receive<EventsProtocol.Unsubscribe>(unsubscribe =>
        {
            _mediator.Forward(unsubscribe);
            Forget(Sender);
        });
        Receive<Terminated>(died => Forget(died.ActorRef));
        Receive<RecorderProtocol.IEvent>(raised => _mediator.Tell(raised));
        Receive<EventsProtocol.Lagged>(lagged => _mediator.Tell(lagged));
        Receive<Learn>(_ => LearnLabels());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(EventLog log, TimeProvider time, ClusterRoutes routes, Props mediator) =>
        Props.Create(() => new ClusterEventsActor(log, time, routes, mediator));

    protected override void PostStop() => _reading?.Cancel();

    private void OnSubscribe(EventsProtocol.Subscribe wish)
    {
        if (_subscribers.Add(Sender))
        {
            Context.Watch(Sender);
        }

        if (_reading is null)
        {
            // Whoever has its answer hears of everything that is raised from then on, anywhere.
            _reading = new CancellationTokenSource();
            var reader = new EventLogReader(_log, recorder: null, _time);
            reader.BeginNow();
            _ = ReadAsync(reader, Self, _reading.Token);
            Timers.StartPeriodicTimer(nameof(Learn), new Learn(), TimeSpan.Zero, Refresh);
        }

        _mediator.Forward(wish);
    }

    private void Forget(IActorRef subscriber)
    {
        Context.Unwatch(subscriber);
        if (_subscribers.Remove(subscriber) && _subscribers.Count == 0)
        {
            _reading?.Cancel();
            _reading = null;
            Timers.Cancel(nameof(Learn));
        }
    }

    private void LearnLabels() =>
        _routes.All.ToList().ForEach(route => _mediator.Tell(new EventsActor.Labels(route.Definition.Id, route.Definition.Labels)));

    private static async Task ReadAsync(EventLogReader reader, IActorRef self, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var items in reader.ReadAsync(Beat, cancellationToken))
            {
                foreach (var item in items)
                    Tell(item, self);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more.
        }
    }

    private static void Tell(LogItem item, IActorRef self)
    {
        if (item is LogItem.Told { Event: var told })
            self.Tell(told.Event ?? ProtocolJson.Read<RecorderProtocol.IEvent>(Encoding.UTF8.GetString(told.Json)), ActorRefs.NoSender);
        else if (item is LogItem.Lagged lagged)
            self.Tell(new EventsProtocol.Lagged(lagged.Node, lagged.From, lagged.To), ActorRefs.NoSender);
    }

    private sealed record Learn;
}
