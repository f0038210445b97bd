using Microsoft.Extensions.Logging;

namespace Recorder.Actors.Capture;

/// <summary>
/// Parent of all capture sources of a node: hands each request to the source of its key, which it makes when there is none. Ticks the one
/// grid that all paced files keep to, so that they wake the node once each 100 ms and not once each.
/// </summary>
internal sealed class SourcesActor : ReceiveActor, IWithTimers
{
    /// <summary>
    /// Threads of their own for what reads files, few because they seldom wait: a disk that does not answer holds up other files at worst
    /// (docs/adr/0009). An actor system without this block reads files on its default dispatcher.
    /// </summary>
    public const string Dispatchers = FileDispatcher + " { type = ForkJoinDispatcher, dedicated-thread-pool.thread-count = 4 }";

    private const string FileDispatcher = "recorder.file-sources";

    private readonly CaptureServices _services;
    private readonly Dictionary<string, IActorRef> _current = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, string> _keys = [];
    private readonly HashSet<IActorRef> _paced = [];
    private long _made;

    public SourcesActor(CaptureServices services)
    {
        _services = services;
        Receive<GridTick>(OnTick);
        Receive<CaptureProtocol.Detach>(OnDetach);
        Receive<CaptureProtocol.IRequest>(request => Current(request.Source).Forward(request));
        Receive<Superseded>(OnSuperseded);
        Receive<Pace>(OnPace);
        Receive<Retire>(OnRetire);
        Receive<Terminated>(gone => Forget(gone.ActorRef));
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The actor under <c>/user/sources</c>.</summary>
    /// <param name="options">How sources behave.</param>
    /// <param name="loggers">Where they log.</param>
    /// <param name="time">Their clock.</param>
    public static Props PropsFor(CaptureOptions options, ILoggerFactory loggers, TimeProvider time) =>
        new CaptureServices(options, loggers.CreateLogger("Recorder.Capture"), time, Random.Shared).SourcesProps();

    /// <inheritdoc />
    protected override void PostStop() => _ = _services.DisposeAsync().AsTask();

    private IActorRef Current(SourceUri source)
    {
        if (!_current.TryGetValue(source.Key, out var child))
        {
            child = Make(source);
        }

        return child;
    }

    // A name is never used twice: a source that retires and the one that follows it may both be there for a moment.
    private IActorRef Make(SourceUri source)
    {
        var props = _services.SourceProps(source);
        if (source.Kind == SourceKind.File && Context.System.Dispatchers.HasDispatcher(FileDispatcher))
        {
            props = props.WithDispatcher(FileDispatcher);
        }

        var child = Context.ActorOf(props, $"{source.SuggestedId}-{++_made}");
        Context.Watch(child);
        _current[source.Key] = child;
        _keys[child] = source.Key;
        return child;
    }

    // The subscriber may still hang on a source that another one has taken the place of.
    private void OnDetach(CaptureProtocol.Detach detach)
    {
        foreach (var (child, key) in _keys)
        {
            if (key == detach.Source.Key)
            {
                child.Forward(detach);
            }
        }
    }

    private void OnSuperseded(Superseded superseded)
    {
        if (_current.TryGetValue(superseded.Request.Source.Key, out var current) && current.Equals(superseded.By))
        {
            Make(superseded.Request.Source);
        }

        Current(superseded.Request.Source).Forward(superseded.Request);
    }

    private void OnRetire(Retire _)
    {
        Forget(Sender);
        Sender.Tell(RetireAccepted.Instance);
    }

    private void Forget(IActorRef child)
    {
        if (_keys.Remove(child, out var key) && _current.TryGetValue(key, out var current) && current.Equals(child))
        {
            _current.Remove(key);
        }

        SetPaced(child, on: false);
    }

    private void OnPace(Pace pace) => SetPaced(Sender, pace.On);

    private void SetPaced(IActorRef child, bool on)
    {
        if (on && _paced.Add(child) && _paced.Count == 1)
        {
            var grid = _services.Options.Grid;
            var next = grid - new TimeSpan(_services.Now.Ticks % grid.Ticks);
            Timers.StartPeriodicTimer(GridTick.Instance, GridTick.Instance, next, grid);
        }
        else if (!on && _paced.Remove(child) && _paced.Count == 0)
        {
            Timers.Cancel(GridTick.Instance);
        }
    }

    private void OnTick(GridTick tick)
    {
        foreach (var child in _paced)
        {
            child.Tell(tick);
        }
    }

    /// <summary>The grid of all paced sources ticked.</summary>
    internal sealed record GridTick
    {
        public static readonly GridTick Instance = new();
    }

    /// <summary>A source wants the ticks, or no longer.</summary>
    internal sealed record Pace(bool On);

    /// <summary>A source that cannot give a newcomer its beginning any more asks for another one to serve it.</summary>
    internal sealed record Superseded(CaptureProtocol.IRequest Request, IActorRef By);

    /// <summary>A source that nobody wants asks to go; it forwards here whatever still reaches it.</summary>
    internal sealed record Retire
    {
        public static readonly Retire Instance = new();
    }

    /// <summary>Nothing will be handed to the source any more.</summary>
    internal sealed record RetireAccepted
    {
        public static readonly RetireAccepted Instance = new();
    }
}
