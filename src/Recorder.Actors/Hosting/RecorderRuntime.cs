using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using Recorder.Actors.Events;
using Recorder.Actors.Recording;
using Recorder.Actors.Storage;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Actors;

/// <summary>
/// The actors of one node: <c>/user/sources</c>, <c>/user/recorders</c>, <c>/user/events</c>. <see cref="Start"/> creates an
/// actor system for them; <see cref="StartIn"/> and <c>WithRecorder</c> add them to an actor system of the program.
/// </summary>
public sealed class RecorderRuntime : IAsyncDisposable
{
    private readonly Volumes _volumes;
    private readonly RecorderRuntimeOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private Task? _end;
    private bool _ownsSystem;

    private RecorderRuntime(ActorSystem system, RecorderRuntimeOptions options, ILoggerFactory logging, TimeProvider time)
    {
        (System, _options) = (system, options);
        Logger = logging.CreateLogger("Recorder");
        Codecs = new InProcessCodecs(options.Capture.Limits);
        _volumes = new Volumes(Logger);
        Stored = new StoredMedia(time);
        StartScheduler(system);
        try
        {
            Events = system.ActorOf(EventsActor.PropsFor(), "events");
            Sources = system.ActorOf(SourcesActor.PropsFor(options.Capture, logging, time), "sources");
            Recorders = system.ActorOf(
                RecordersActor.PropsFor(new RecorderEnvironment(Sources, Events, _volumes, time, Logger, options.Node) { Codecs = Codecs, Stored = Stored }),
                "recorders");
        }
        catch
        {
            // Stop the actors that were made before the failure.
            foreach (var actor in (IActorRef?[])[Events, Sources])
                system.Stop(actor ?? ActorRefs.Nobody);

            _volumes.Dispose();
            throw;
        }
    }

    /// <summary>The actor system.</summary>
    public ActorSystem System { get; }

    /// <summary>Takes <c>RecordersProtocol</c> and the commands of every recorder.</summary>
    public IActorRef Recorders { get; }

    /// <summary>Takes requests to capture sources.</summary>
    public IActorRef Sources { get; }

    /// <summary>Takes <c>EventsProtocol</c>; sends every event to its subscribers.</summary>
    public IActorRef Events { get; }

    internal ILogger Logger { get; }

    internal IMediaCodecs Codecs { get; }

    internal StoredMedia Stored { get; }

    internal PushStreams Streams => _options.Capture.Streams;

    internal IReadOnlyList<VolumeStatistics> Volumes => _volumes.Statistics;

    internal TimeSpan ShutdownTimeout => _options.ShutdownTimeout;

    /// <summary>Starts the actors in an actor system of their own, which ends when this object is disposed of.</summary>
    /// <param name="options">The options; null uses the defaults.</param>
    /// <param name="logging">The logs of the node, its actor system and FFmpeg; null logs nothing.</param>
    /// <param name="time">The wall clock; null is the system's.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of its range; the message names it and says what is allowed.
    /// </exception>
    /// <exception cref="FFmpegUnavailableException">FFmpeg's libraries are missing; the message says what to install.</exception>
    public static RecorderRuntime Start(
        RecorderRuntimeOptions? options = null, ILoggerFactory? logging = null, TimeProvider? time = null)
    {
        options ??= new RecorderRuntimeOptions();
        options.Validate();
        logging ??= NullLoggerFactory.Instance;
        FFmpegLibrary.Initialize(logging.CreateLogger("FFmpeg"));
        var system = ActorSystem.Create("recorder", SystemConfiguration.Own.WithFallback(SystemConfiguration.ForRecorders(options)));
        SystemConfiguration.StartLogger(system, logging);
        var runtime = StartIn(system, options, logging, time);
        runtime._ownsSystem = true;
        return runtime;
    }

    /// <summary>
    /// Starts the actors in an actor system of the program; with Akka.Hosting, use <c>WithRecorder</c> instead. The actors end
    /// with the system: its coordinated shutdown stops every recorder and waits until the files are complete.
    /// </summary>
    /// <param name="system">The actor system; <see cref="DisposeAsync"/> does not terminate it.</param>
    /// <param name="options">The options; null uses the defaults.</param>
    /// <param name="logging">The logs of the recorders and FFmpeg; null logs nothing.</param>
    /// <param name="time">The wall clock; null is the system's.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of its range; the message names it and says what is allowed.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The system already has recorders or actors of these names, or is terminating; the message says which.
    /// </exception>
    /// <exception cref="FFmpegUnavailableException">FFmpeg's libraries are missing; the message says what to install.</exception>
    public static RecorderRuntime StartIn(
        ActorSystem system, RecorderRuntimeOptions? options = null, ILoggerFactory? logging = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        options ??= new RecorderRuntimeOptions();
        options.Validate();
        logging ??= NullLoggerFactory.Instance;
        FFmpegLibrary.Initialize(logging.CreateLogger("FFmpeg"));
        if (system.HasExtension<Extension>())
        {
            throw new InvalidOperationException(
                $"The actor system '{system.Name}' already has recorders; add them once, and get them with RecorderRuntime.Of(system).");
        }

        // For systems that Akka.Hosting did not configure. The program's own configuration takes precedence. The coordinated
        // shutdown reads its configuration only once, when it is created.
        system.Settings.InjectTopLevelFallback(SystemConfiguration.ForRecorders(options));
        if (IsEnding(system))
            throw new InvalidOperationException($"The actor system '{system.Name}' is terminating: no recorders can be added to it.");

        try
        {
            var runtime = new RecorderRuntime(system, options, logging, time ?? TimeProvider.System);
            runtime.WarnIfPhaseIsShort();
            system.RegisterExtension(new ExtensionId(runtime));
            CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceStop, "recorders", async () =>
            {
                await runtime.EndOnceAsync().ConfigureAwait(false);
                return Done.Instance;
            });
            system.RegisterOnTermination(runtime.OnSystemEnded);
            return runtime;
        }
        catch (InvalidActorNameException taken)
        {
            throw new InvalidOperationException(
                $"The actor system '{system.Name}' has an actor of its own under a name that recorders need (/user/events, /user/sources, "
                + $"/user/recorders): {taken.Message} Rename that actor.",
                taken);
        }
        catch (InvalidOperationException refused)
        {
            // Akka allows no new actors in a system that is terminating or has a custom guardian.
            throw new InvalidOperationException($"Recorders cannot be added to the actor system '{system.Name}': {refused.Message}", refused);
        }
    }

    /// <summary>Gets the recorders that <c>WithRecorder</c> or <see cref="StartIn"/> added to an actor system.</summary>
    /// <exception cref="InvalidOperationException">The system has no recorders.</exception>
    public static RecorderRuntime Of(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.TryGetExtension<Extension>(out var extension)
            ? extension.Runtime
            : throw new InvalidOperationException($"The actor system '{system.Name}' has no recorders; add them with WithRecorder().");
    }

    /// <summary>
    /// Stops every recorder, waits until its files are complete, and ends the actors; also the actor system, if <see
    /// cref="Start"/> created it.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await EndOnceAsync().ConfigureAwait(false);
        if (_ownsSystem)
        {
            await System.Terminate().ConfigureAwait(false);
            return;
        }

        if (System.WhenTerminated.IsCompleted)
            return;

        // A camera driver that hangs keeps its source actor until the program's actor system ends; no recorder uses the source
        // any more.
        await Task.WhenAll(new[] { Recorders, Sources, Events }.Select(actor => actor.GracefulStop(_options.ShutdownTimeout)))
            .ConfigureAwait(false);
        _volumes.Dispose();
    }

    /// <exception cref="AskTimeoutException">The files are not complete within the shutdown timeout.</exception>
    internal Task RetireAsync() => Recorders.Ask<RecordersActor.AllRetired>(new RecordersActor.RetireAll(_options.KeepRecordings), _options.ShutdownTimeout);

    /// <exception cref="ObjectDisposedException">The shutdown has begun.</exception>
    /// <exception cref="UnknownError">The recorders did not answer in time.</exception>
    internal async Task<object> AskAsync(object message)
    {
        ThrowIfEnding();
        try
        {
            var answer = await Recorders
                .Ask<object>(message, RecorderClientActor.AnswerTimeout, _stopping.Token).ConfigureAwait(false);
            ThrowIfEnding();
            return answer;
        }
        catch (OperationCanceledException)
        {
            throw Ended();
        }
        catch (AskTimeoutException)
        {
            throw new UnknownError($"The node did not answer within {RecorderClientActor.AnswerTimeout.TotalSeconds} s.");
        }
    }

    private static bool IsEnding(ActorSystem system) =>
        CoordinatedShutdown.Get(system).ShutdownReason is not null || system.WhenTerminated.IsCompleted;

    // The program may have configured this phase, or created its coordinated shutdown before the recorders' configuration was
    // added.
    private void WarnIfPhaseIsShort()
    {
        var phase = CoordinatedShutdown.Get(System).Timeout(CoordinatedShutdown.PhaseServiceStop);
        if (phase < _options.ShutdownTimeout)
            RuntimeLog.PhaseIsShort(Logger, System.Name, phase, _options.ShutdownTimeout);
    }

    private void ThrowIfEnding()
    {
        if (_stopping.IsCancellationRequested)
            throw Ended();
    }

    private ObjectDisposedException Ended() =>
        new(nameof(RecorderRuntime), $"The recorders of the actor system '{System.Name}' were shut down, or are being shut down.");

    // Both DisposeAsync and the system's coordinated shutdown call this, in any order.
    private Task EndOnceAsync()
    {
        lock (_gate)
        {
            return _end ??= EndAsync();
        }
    }

    private async Task EndAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        // The actors of a system that has terminated do not answer.
        if (System.WhenTerminated.IsCompleted)
            return;

        // A disk or a subscriber that hangs must not keep the process from ending; recovery completes what is left.
        await UnlessTimedOutAsync(RetireAsync).ConfigureAwait(false);
        await UnlessTimedOutAsync(DeliverEventsAsync).ConfigureAwait(false);
    }

    private static async Task UnlessTimedOutAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // The next step is still attempted.
        }
    }

    // Stopped actors drop the messages in their mailboxes: subscribers must get the last stop events before the system ends.
    private async Task DeliverEventsAsync()
    {
        var limit = _options.ShutdownTimeout / 2;
        var subscribers = await Events.Ask<EventsActor.Subscribers>(new EventsActor.GetSubscribers(), limit).ConfigureAwait(false);
        await Task.WhenAll(subscribers.All.Select(subscriber => subscriber.Ask<ActorIdentity>(new Identify(null), limit))).ConfigureAwait(false);
    }

    private void OnSystemEnded()
    {
        _stopping.Cancel();
        _volumes.Dispose();
    }

    private sealed class Extension(RecorderRuntime runtime) : IExtension
    {
        public RecorderRuntime Runtime => runtime;
    }

    private sealed class ExtensionId(RecorderRuntime runtime) : ExtensionIdProvider<Extension>
    {
        public override Extension CreateExtension(ExtendedActorSystem system) => new(runtime);
    }

    // In a system of somebody else. Akka's scheduler starts with the first timer, and whoever sets one before it runs blocks a thread of the pool, on which it must
    // itself be started: sixty recorders that began at once stood still until the pool had grown, for 14 s.
    private static void StartScheduler(ActorSystem system) =>
        system.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, static () => { });
}
