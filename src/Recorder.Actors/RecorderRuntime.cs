using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using Recorder.Actors.Events;
using Recorder.Actors.Facade;
using Recorder.Actors.Recording;
using Recorder.Actors.Storage;
using Recorder.FFmpeg;

namespace Recorder.Actors;

/// <summary>How a node's actors are set up.</summary>
public sealed record RecorderRuntimeOptions
{
    /// <summary>The node's name in descriptions and events.</summary>
    public string Node { get; init; } = Environment.MachineName;

    /// <summary>How long <see cref="RecorderRuntime.DisposeAsync"/> waits for recordings to be completed. 10 s.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether recordings that are under way at the end stay open, without a stop event, for the next start to go on with
    /// (<see cref="Contracts.RecorderHistory"/>). Otherwise they are stopped.
    /// </summary>
    public bool KeepRecordings { get; init; }

    /// <summary>How sources are captured.</summary>
    public CaptureOptions Capture { get; init; } = new();
}

/// <summary>The actors of one node: <c>/user/sources</c>, <c>/user/recorders</c>, <c>/user/events</c>.</summary>
public sealed class RecorderRuntime : IAsyncDisposable
{
    private readonly Volumes _volumes;
    private readonly RecorderRuntimeOptions _options;
    private readonly CancellationTokenSource _ending = new();

    private RecorderRuntime(RecorderRuntimeOptions options, ILoggerFactory logging, TimeProvider time)
    {
        _options = options;
        Logger = logging.CreateLogger("Recorder");
        _volumes = new Volumes(Logger);
        System = ActorSystem.Create("recorder", ConfigurationFactory.ParseString(SourcesActor.Dispatchers));
        System.ActorOf(SystemLogActor.PropsFor(logging.CreateLogger("Actors")), "log");
        Events = System.ActorOf(EventsActor.PropsFor(), "events");
        Sources = System.ActorOf(SourcesActor.PropsFor(options.Capture, logging, time), "sources");
        Recorders = System.ActorOf(
            RecordersActor.PropsFor(new RecorderEnvironment(Sources, Events, _volumes, time, Logger, options.Node)), "recorders");
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

    /// <summary>Starts the actors.</summary>
    /// <param name="options">How; null is the defaults.</param>
    /// <param name="logging">Where the node and FFmpeg log; null is nowhere.</param>
    /// <param name="time">The wall clock; null is the system's.</param>
    /// <exception cref="FFmpegUnavailableException">FFmpeg's libraries are missing; the message says what to install.</exception>
    public static RecorderRuntime Start(
        RecorderRuntimeOptions? options = null, ILoggerFactory? logging = null, TimeProvider? time = null)
    {
        logging ??= NullLoggerFactory.Instance;
        FFmpegLibrary.Initialize(logging.CreateLogger("FFmpeg"));
        return new RecorderRuntime(options ?? new RecorderRuntimeOptions(), logging, time ?? TimeProvider.System);
    }

    /// <summary>Stops every recorder, waits until its files are complete, then ends the actor system.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        try
        {
            await RetireAsync();
        }
        catch (AskTimeoutException)
        {
            // A disk that does not answer must not keep the process from ending; recovery completes what is left.
        }

        await System.Terminate();
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
        try
        {
            var answer = await Recorders
                .Ask<object>(message, RecorderClientActor.AnswerTimeout, _ending.Token).ConfigureAwait(false);
            ObjectDisposedException.ThrowIf(_ending.IsCancellationRequested, this);
            return answer;
        }
        catch (OperationCanceledException)
        {
            throw new ObjectDisposedException(nameof(RecorderRuntime));
        }
        catch (AskTimeoutException)
        {
            throw new UnknownError($"The node gave no answer in {RecorderClientActor.AnswerTimeout.TotalSeconds} s.");
        }
    }
}
