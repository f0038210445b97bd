using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using Recorder.Actors.Events;
using Recorder.Actors.Facade;
using Recorder.Actors.Recording;
using Recorder.Actors.Storage;
using Recorder.FFmpeg;

namespace Recorder.Actors;

/// <summary>
/// The actors of one node: <c>/user/sources</c>, <c>/user/recorders</c>, <c>/user/events</c>. <see cref="Start"/> makes an actor system
/// for them; <see cref="StartIn"/> and <c>WithRecorder</c> put them into one that a program has.
/// </summary>
public sealed class RecorderRuntime : IAsyncDisposable
{
    private readonly Volumes _volumes;
    private readonly RecorderRuntimeOptions _options;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private Task? _end;
    private bool _ownsSystem;

    private RecorderRuntime(ActorSystem system, RecorderRuntimeOptions options, ILoggerFactory logging, TimeProvider time)
    {
        (System, _options) = (system, options);
        Logger = logging.CreateLogger("Recorder");
        _volumes = new Volumes(Logger);
        try
        {
            Events = system.ActorOf(EventsActor.PropsFor(), "events");
            Sources = system.ActorOf(SourcesActor.PropsFor(options.Capture, logging, time), "sources");
            Recorders = system.ActorOf(
                RecordersActor.PropsFor(new RecorderEnvironment(Sources, Events, _volumes, time, Logger, options.Node)), "recorders");
        }
        catch
        {
            // Whichever were made before one could not be.
            foreach (var made in (IActorRef?[])[Events, Sources])
            {
                system.Stop(made ?? ActorRefs.Nobody);
            }

            _volumes.Dispose();
            throw;
        }
    }

    /// <summary>The actor system.</summary>
    public ActorSystem System { get; }

    /// <summary>Takes <c>RecordersProtocol</c> and every recorder's commands.</summary>
    public IActorRef Recorders { get; }

    /// <summary>Takes requests to capture sources.</summary>
    public IActorRef Sources { get; }

    /// <summary>Takes <c>EventsProtocol</c>; sends every event to its subscribers.</summary>
    public IActorRef Events { get; }

    internal ILogger Logger { get; }

    /// <summary>What is sent to this node: sources <c>push:NAME</c>.</summary>
    internal PushStreams Streams => _options.Capture.Streams;

    /// <summary>How the writes went, by volume.</summary>
    internal IReadOnlyList<VolumeStatistics> Volumes => _volumes.Statistics;

    internal TimeSpan ShutdownTimeout => _options.ShutdownTimeout;

    /// <summary>Starts the actors in an actor system of their own, which ends with this object.</summary>
    /// <param name="options">How; null is the defaults.</param>
    /// <param name="logging">Where the node, its actor system and FFmpeg log; null is nowhere.</param>
    /// <param name="time">The wall clock; null is the system's.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it and says what is allowed.</exception>
    /// <exception cref="FFmpegUnavailableException">FFmpeg's libraries are missing; the message says what to install.</exception>
    public static RecorderRuntime Start(
        RecorderRuntimeOptions? options = null, ILoggerFactory? logging = null, TimeProvider? time = null)
    {
        options ??= new RecorderRuntimeOptions();
        options.Validate();
        logging ??= NullLoggerFactory.Instance;
        FFmpegLibrary.Initialize(logging.CreateLogger("FFmpeg"));
        var system = ActorSystem.Create("recorder", OwnSystem.WithFallback(Configuration(options)));
        StartLogger(system, logging);
        var runtime = StartIn(system, options, logging, time);
        runtime._ownsSystem = true;
        return runtime;
    }

    /// <summary>
    /// Starts the actors in an actor system that the program has, for programs without Akka.Hosting (which have <c>WithRecorder</c>). They end
    /// with the system: its coordinated shutdown stops every recorder and waits until the files are complete.
    /// </summary>
    /// <param name="system">The actor system; it is not ended by <see cref="DisposeAsync"/>.</param>
    /// <param name="options">How; null is the defaults.</param>
    /// <param name="logging">Where recorders and FFmpeg log; null is nowhere.</param>
    /// <param name="time">The wall clock; null is the system's.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it and says what is allowed.</exception>
    /// <exception cref="InvalidOperationException">
    /// The system has recorders already, has actors of these names, or is ending; the message says which.
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
                $"The actor system '{system.Name}' has recorders already; add them once, and ask RecorderRuntime.Of(system) for them.");
        }

        if (CoordinatedShutdown.Get(system).ShutdownReason is not null || system.WhenTerminated.IsCompleted)
        {
            throw Ending(system, null);
        }

        try
        {
            var runtime = new RecorderRuntime(system, options, logging, time ?? TimeProvider.System);
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
                + $"/user/recorders): {taken.Message} Name yours differently.",
                taken);
        }
        catch (InvalidOperationException ending)
        {
            throw Ending(system, ending);
        }
    }

    /// <summary>The recorders that <c>WithRecorder</c> or <see cref="StartIn"/> put into an actor system.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public static RecorderRuntime Of(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.TryGetExtension<Extension>(out var extension)
            ? extension.Runtime
            : throw new InvalidOperationException($"The actor system '{system.Name}' has no recorders; add them with WithRecorder().");
    }

    /// <summary>
    /// Stops every recorder, waits until its files are complete, and ends the actors; the actor system too, if <see cref="Start"/> made it.
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
        {
            return;
        }

        await Task.WhenAll(new[] { Recorders, Sources, Events }.Select(actor => actor.GracefulStop(_options.ShutdownTimeout)))
            .ConfigureAwait(false);
        _volumes.Dispose();
    }

    /// <summary>What an actor system has that Recorder's own programs make: it logs to the program's log and prints nothing.</summary>
    internal static Config OwnSystem { get; } = ConfigurationFactory.ParseString(
        """
        akka {
          # SystemLogger takes what is logged.
          loggers = []
          loglevel = WARNING
          stdout-loglevel = OFF
          # Messages may hold credentials: SystemLogger names them by type only.
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          actor.serializers.json = "Recorder.Actors.LocalOnlySerializer, Recorder.Actors"
          # The end of the process is the program's business: an abort must not wait for recordings, and DisposeAsync must not race with a hook.
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        """);

    /// <summary>Begins to log what an actor system with <see cref="OwnSystem"/> says of itself.</summary>
    internal static void StartLogger(ActorSystem system, ILoggerFactory logging) =>
        system.ActorOf(SystemLogger.PropsFor(logging.CreateLogger("Actors")), "log");

    /// <summary>What the actors need of their system's configuration.</summary>
    internal static Config Configuration(RecorderRuntimeOptions options) => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {{SourcesActor.Dispatchers}}
        # Recordings are completed in this phase, which must not be cut off before they give up by themselves.
        akka.coordinated-shutdown.phases.service-stop.timeout = {{((2 * options.ShutdownTimeout) + TimeSpan.FromSeconds(1)).TotalMilliseconds}}ms
        """));

    /// <summary>Stops every recorder and waits until its files are complete.</summary>
    /// <exception cref="AskTimeoutException">They are not in time.</exception>
    internal Task RetireAsync() => Recorders.Ask<RecordersActor.AllRetired>(new RecordersActor.RetireAll(_options.KeepRecordings), _options.ShutdownTimeout);

    /// <summary>Asks <see cref="Recorders"/>. A node that shuts down refuses what is new, and soon answers nothing at all.</summary>
    /// <exception cref="ObjectDisposedException">The shutdown has begun.</exception>
    /// <exception cref="UnknownError">There was no answer in time.</exception>
    internal async Task<object> AskAsync(object message)
    {
        ThrowIfEnding();
        try
        {
            var answer = await Recorders
                .Ask<object>(message, RecorderClientActor.AnswerTimeout, _ending.Token).ConfigureAwait(false);
            ThrowIfEnding();
            return answer;
        }
        catch (OperationCanceledException)
        {
            throw Ended();
        }
        catch (AskTimeoutException)
        {
            throw new UnknownError($"The node gave no answer in {RecorderClientActor.AnswerTimeout.TotalSeconds} s.");
        }
    }

    private static InvalidOperationException Ending(ActorSystem system, Exception? inner) =>
        new($"The actor system '{system.Name}' is ending: no recorders can be added to it.", inner);

    private void ThrowIfEnding()
    {
        if (_ending.IsCancellationRequested)
        {
            throw Ended();
        }
    }

    private ObjectDisposedException Ended() =>
        new(nameof(RecorderRuntime), $"The recorders of the actor system '{System.Name}' were shut down, or are being shut down.");

    // DisposeAsync and the system's coordinated shutdown both come here, and either may come first.
    private Task EndOnceAsync()
    {
        lock (_gate)
        {
            return _end ??= EndAsync();
        }
    }

    private async Task EndAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        try
        {
            await RetireAsync().ConfigureAwait(false);
            await DeliverAsync().ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // A disk or a subscriber that does not answer must not keep the process from ending; recovery completes what is left.
        }
    }

    // The system may end next, and an actor that is stopped drops what waits in its mailbox: the last stop events, too.
    private async Task DeliverAsync()
    {
        var subscribers = await Events.Ask<EventsActor.Subscribers>(new EventsActor.GetSubscribers(), _options.ShutdownTimeout).ConfigureAwait(false);
        await Task.WhenAll(subscribers.All.Select(subscriber =>
            subscriber.Ask<ActorIdentity>(new Identify(null), _options.ShutdownTimeout))).ConfigureAwait(false);
    }

    private void OnSystemEnded()
    {
        _ending.Cancel();
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
}
