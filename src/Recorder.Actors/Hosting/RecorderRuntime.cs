using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using Recorder.Actors.Events;
using Recorder.Actors.Recording;
using Recorder.Actors.Storage;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

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
        Codecs = new InProcessCodecs(options.Capture.Limits);
        _volumes = new Volumes(Logger);
        try
        {
            Events = system.ActorOf(EventsActor.PropsFor(), "events");
            Sources = system.ActorOf(SourcesActor.PropsFor(options.Capture, logging, time), "sources");
            Recorders = system.ActorOf(
                RecordersActor.PropsFor(new RecorderEnvironment(Sources, Events, _volumes, time, Logger, options.Node) { Codecs = Codecs }), "recorders");
        }
        catch
        {
            // Stop the actors that were made before the failure.
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

    /// <summary>What decodes and encodes for this node.</summary>
    internal IMediaCodecs Codecs { get; }

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
        var system = ActorSystem.Create("recorder", SystemConfiguration.Own.WithFallback(SystemConfiguration.ForRecorders(options)));
        SystemConfiguration.StartLogger(system, logging);
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

        // For systems that Akka.Hosting did not configure. Whatever the program configured goes before; the
        // coordinated shutdown reads it once, when it is first asked for.
        system.Settings.InjectTopLevelFallback(SystemConfiguration.ForRecorders(options));
        if (IsEnding(system))
        {
            throw new InvalidOperationException($"The actor system '{system.Name}' is ending: no recorders can be added to it.");
        }

        try
        {
            var runtime = new RecorderRuntime(system, options, logging, time ?? TimeProvider.System);
            runtime.CheckPhase();
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
        catch (InvalidOperationException refused)
        {
            // Akka refuses actors in a system that is terminating, and in one with a guardian of the program's own.
            throw new InvalidOperationException($"Recorders cannot be added to the actor system '{system.Name}': {refused.Message}", refused);
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

        // A camera's driver that does not return keeps its source until the program's system ends; nothing records from it any more.
        await Task.WhenAll(new[] { Recorders, Sources, Events }.Select(actor => actor.GracefulStop(_options.ShutdownTimeout)))
            .ConfigureAwait(false);
        _volumes.Dispose();
    }

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

    private static bool IsEnding(ActorSystem system) =>
        CoordinatedShutdown.Get(system).ShutdownReason is not null || system.WhenTerminated.IsCompleted;

    // A program that made its coordinated shutdown first, or configured the phase, decides how long recordings have.
    private void CheckPhase()
    {
        var phase = CoordinatedShutdown.Get(System).Timeout(CoordinatedShutdown.PhaseServiceStop);
        if (phase < _options.ShutdownTimeout)
        {
            RuntimeLog.PhaseIsShort(Logger, System.Name, phase, _options.ShutdownTimeout);
        }
    }

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
        // Nobody answers in a system that has ended.
        if (System.WhenTerminated.IsCompleted)
        {
            return;
        }

        // A disk or a subscriber that does not answer must not keep the process from ending; recovery completes what is left.
        await UnlessTimedOutAsync(RetireAsync).ConfigureAwait(false);
        await UnlessTimedOutAsync(DeliverAsync).ConfigureAwait(false);
    }

    private static async Task UnlessTimedOutAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // The next step may still do its part.
        }
    }

    // The system may end next, and an actor that is stopped drops what waits in its mailbox: the last stop events, too.
    private async Task DeliverAsync()
    {
        var limit = _options.ShutdownTimeout / 2;
        var subscribers = await Events.Ask<EventsActor.Subscribers>(new EventsActor.GetSubscribers(), limit).ConfigureAwait(false);
        await Task.WhenAll(subscribers.All.Select(subscriber => subscriber.Ask<ActorIdentity>(new Identify(null), limit))).ConfigureAwait(false);
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

internal static partial class RuntimeLog
{
    [LoggerMessage(
        1, LogLevel.Warning,
        "The actor system '{System}' gives its phase service-stop {Phase}, less than the {Timeout} that recordings may take to be completed")]
    public static partial void PhaseIsShort(ILogger logger, string system, TimeSpan phase, TimeSpan timeout);
}
