using Microsoft.Extensions.Logging;

namespace Recorder.Actors.Capture;

/// <summary>Parent of all capture sources of a node; forwards each request to the source of its key. Ticks for all paced files
/// together, so that they wake the node once in 100 ms instead of once each.</summary>
internal sealed class SourcesActor : ReceiveActor, IWithTimers
{
    internal sealed record GridTick { public static readonly GridTick Instance = new(); }

    internal sealed record Pace(bool On);
    internal sealed record Superseded(CaptureProtocol.IRequest Request, IActorRef By);

    /// <summary>From a source without subscribers, which forwards late requests to the parent.</summary>
    internal sealed record Retire { public static readonly Retire Instance = new(); }

    internal sealed record RetireAccepted { public static readonly RetireAccepted Instance = new(); }

    /// <summary>Threads of their own for reading files, so that a disk that does not respond blocks other files at worst
    /// (docs/adr/0009); few, because they seldom wait. Without this block files are read on the default dispatcher.</summary>
    public const string Dispatchers = FileDispatcher + " { type = ForkJoinDispatcher, dedicated-thread-pool.thread-count = 4 }";

    private const string FileDispatcher = "recorder.file-sources";

    private readonly CaptureContext _context;
    private readonly Dictionary<string, IActorRef> _current = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, string> _keys = [];
    private readonly HashSet<IActorRef> _paced = [];
    private long _created;

    public SourcesActor(CaptureContext context)
    {
        _context = context;
        Receive<GridTick>(OnTick);
        Receive<CaptureProtocol.Detach>(OnDetach);
        Receive<CaptureProtocol.Release>(OnRelease);
        Receive<CaptureProtocol.IRequest>(request => GetOrCreate(request.Source).Forward(request));
        Receive<Superseded>(OnSuperseded);
        Receive<Pace>(pace => SetPaced(Sender, pace.On));
        Receive<Retire>(OnRetire);
        Receive<Terminated>(gone => Forget(gone.ActorRef));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(CaptureOptions options, ILoggerFactory loggers, TimeProvider time) =>
        new CaptureContext(options, loggers.CreateLogger("Recorder.Capture"), time, Random.Shared).SourcesProps();

    private void OnTick(GridTick tick)
    {
        foreach (var child in _paced)
            child.Tell(tick);
    }

    // The subscriber may be attached to a source that was superseded.
    private void OnDetach(CaptureProtocol.Detach detach)
    {
        foreach (var (child, _) in _keys.Where(entry => entry.Value == detach.Source.Key))
            child.Forward(detach);
    }

    private void OnRelease(CaptureProtocol.Release release)
    {
        if (_current.TryGetValue(release.Source.Key, out var child))
            child.Forward(release);
        else
            Sender.Tell(new CaptureProtocol.Released());
    }

    private IActorRef GetOrCreate(SourceUri source) => _current.GetValueOrDefault(source.Key) ?? Create(source);

    // Names are never reused, because a source that retires and its successor may exist at the same time.
    private IActorRef Create(SourceUri source)
    {
        var props = _context.SourceProps(source);
        if (source.Kind == SourceKind.File && Context.System.Dispatchers.HasDispatcher(FileDispatcher))
            props = props.WithDispatcher(FileDispatcher);

        var child = Context.ActorOf(props, $"{source.SuggestedId}-{++_created}");
        Context.Watch(child);
        _current[source.Key] = child;
        _keys[child] = source.Key;
        return child;
    }

    private void OnSuperseded(Superseded superseded)
    {
        if (_current.TryGetValue(superseded.Request.Source.Key, out var current) && current.Equals(superseded.By))
            Create(superseded.Request.Source);

        GetOrCreate(superseded.Request.Source).Forward(superseded.Request);
    }

    private void OnRetire(Retire _)
    {
        Forget(Sender);
        Sender.Tell(RetireAccepted.Instance);
    }

    private void Forget(IActorRef child)
    {
        if (_keys.Remove(child, out var key) && _current.TryGetValue(key, out var current) && current.Equals(child))
            _current.Remove(key);

        SetPaced(child, on: false);
    }

    private void SetPaced(IActorRef child, bool on)
    {
        if (on && _paced.Add(child) && _paced.Count == 1)
        {
            var grid = _context.Options.Grid;
            var next = grid - new TimeSpan(_context.Now.Ticks % grid.Ticks);
            Timers.StartPeriodicTimer(GridTick.Instance, GridTick.Instance, next, grid);
        }
        else if (!on && _paced.Remove(child) && _paced.Count == 0)
        {
            Timers.Cancel(GridTick.Instance);
        }
    }

    protected override void PostStop() => _context.Close();
}
