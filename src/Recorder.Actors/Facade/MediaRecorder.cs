using System.Diagnostics.CodeAnalysis;
using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.Media.Codecs;

namespace Recorder.Actors;

/// <summary>
/// A recorder as W3C MediaStream Recording 2.3 has it, over a node's actors: the same calls, the same events in the same order,
/// the same errors. What it records is on disk; a <see cref="Blob"/> says where. Safe to use from several threads.
/// </summary>
/// <remarks>
/// <para>
/// A call takes effect in its turn, and calls have their turns in the order in which they were made, awaited or not. Its task
/// ends when the recorder has answered; a refusal is a <see cref="MediaRecorderException"/> and has changed nothing. What a call
/// queues comes as events.
/// </para>
/// <para>
/// Handlers are called one at a time, in the order of the events, on a thread of the pool. One that throws is logged and keeps no
/// other from being called, <c>async void</c> ones included. While they run, <see cref="State"/> and the other properties are as
/// the recorder is now: inactive in every handler after stop() or an error. Handlers may block and call; only when more than
/// 1,024 events wait are <see cref="DataAvailable"/> events left out, which the log says.
/// </para>
/// </remarks>
[SuppressMessage("Usage", "VSTHRD200", Justification = "The names are the specification's.")]
[SuppressMessage("Usage", "VSTHRD003", Justification = "Nothing that is waited for here needs the thread or context that waits.")]
public sealed class MediaRecorder : IAsyncDisposable
{
    // A name that is taken gets a number: of one source there are rarely more than a few recorders.
    private const int MostOfOneName = 1000;

    private readonly RecorderRuntime _runtime;
    private readonly HandlerContext _handlers;
    private readonly EventPump _pump;
    private readonly RecorderClient _client;
    private readonly IActorRef _actor;
    private int _disposed;

    private MediaRecorder(
        RecorderRuntime runtime, SourceUri source, RecorderProtocol.Status idle, TaskCompletionSource subscribed)
    {
        _runtime = runtime;
        Id = idle.Recorder;
        Stream = source.Masked;
        _handlers = new HandlerContext(Id, runtime.Logger);
        _pump = new EventPump(Id, Raise, runtime.Logger);
        _client = new RecorderClient(idle, _pump);
        _actor = runtime.System.ActorOf(
            RecorderClientActor.PropsFor(Id, runtime.Recorders, runtime.Events, _client, subscribed));
    }

    /// <summary>The <c>start</c> event: media has arrived, gathering began.</summary>
    public event EventHandler<RecorderProtocol.Started>? Started;

    /// <summary>The <c>dataavailable</c> event: a blob is on disk.</summary>
    public event EventHandler<RecorderProtocol.DataAvailable>? DataAvailable;

    /// <summary>The <c>stop</c> event: the recording is complete on disk.</summary>
    public event EventHandler<RecorderProtocol.Stopped>? Stopped;

    /// <summary>The <c>pause</c> event.</summary>
    public event EventHandler<RecorderProtocol.Paused>? Paused;

    /// <summary>The <c>resume</c> event.</summary>
    public event EventHandler<RecorderProtocol.Resumed>? Resumed;

    /// <summary>The <c>error</c> event: the recording failed; <c>dataavailable</c> and <c>stop</c> follow.</summary>
    public event EventHandler<RecorderProtocol.ErrorRaised>? Error;

    /// <summary>The recorder's name on its node, and in the paths of what it records.</summary>
    public RecorderId Id { get; }

    /// <summary>The source, credentials masked.</summary>
    public string Stream { get; }

    /// <summary>The MIME type asked for; while recording the full and exact one, from the <c>start</c> event on.</summary>
    public string MimeType => _client.Status.MimeType;

    /// <summary>inactive, recording or paused.</summary>
    public RecorderState State => _client.Status.State;

    /// <summary>Bits a second of the video encoder, or what it would be given.</summary>
    public long VideoBitsPerSecond => _client.Status.VideoBitsPerSecond;

    /// <summary>Bits a second of the audio encoder, or what it would be given.</summary>
    public long AudioBitsPerSecond => _client.Status.AudioBitsPerSecond;

    /// <summary>How the audio encoder spends its bits.</summary>
    public BitrateMode AudioBitrateMode => _client.Status.AudioBitrateMode;

    /// <summary>Whether a recorder can be made for a MIME type; "" is always supported.</summary>
    /// <param name="mimeType">For example <c>video/webm;codecs=vp8,opus</c>.</param>
    public static bool IsTypeSupported(string mimeType)
    {
        ArgumentNullException.ThrowIfNull(mimeType);
        return CodecTable.IsTypeSupported(mimeType);
    }

    /// <summary>Makes an inactive recorder. The source is not opened before <see cref="Start"/>.</summary>
    /// <param name="runtime">The node; it outlives the recorder.</param>
    /// <param name="source">What to record: <c>rtsp://camera/stream</c>, <c>clip.mp4</c>, <c>test:</c>.</param>
    /// <param name="options">How; null keeps the source's codecs and the defaults.</param>
    /// <param name="target">Where the files go; null is the folder <c>recordings</c> below the current one.</param>
    /// <param name="name">A name of its own on its node; null makes one of the source's, numbered when it is taken.</param>
    /// <exception cref="ArgumentException">Source, name, target or an option is malformed.</exception>
    /// <exception cref="NotSupportedError">The MIME type cannot be recorded.</exception>
    /// <exception cref="InvalidStateError">There is a recorder of this name.</exception>
    /// <exception cref="ObjectDisposedException">The node was shut down, or is being shut down.</exception>
    public static async Task<MediaRecorder> CreateAsync(
        RecorderRuntime runtime,
        string source,
        RecorderOptions? options = null,
        RecordingTarget? target = null,
        string? name = null)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        var uri = CreateCheck.ParseSource(source);
        var id = name is null ? new RecorderId(uri.SuggestedId) : CreateCheck.ParseName(name);
        var create = CreateCheck.CheckOptions(new RecordersProtocol.Create(
            id, source, options ?? new RecorderOptions(), target ?? new RecordingTarget("recordings")));
        for (var number = 2; ; number++)
        {
            var reply = await runtime.AskAsync(create with { Recorder = id }).ConfigureAwait(false);
            if (reply is not RecorderProtocol.Refused { Error: var error })
            {
                break;
            }

            if (error.Name != ErrorName.InvalidStateError || name is not null || number > MostOfOneName)
            {
                throw MediaRecorderException.For(error);
            }

            id = new RecorderId($"{uri.SuggestedId}-{number}");
        }

        var status = await runtime.AskAsync(new RecorderProtocol.GetStatus(id)).ConfigureAwait(false);
        if (status is not RecorderProtocol.Status idle)
        {
            throw new InvalidStateError($"Recorder {id} was removed as soon as it was made.");
        }

        var subscribed = NewSource();
        var recorder = new MediaRecorder(runtime, uri, idle, subscribed);
        await recorder.UnlessGoneAsync(subscribed.Task).ConfigureAwait(false);
        return recorder;
    }

    /// <summary>
    /// start(timeslice): <see cref="State"/> is recording when the task ends; <see cref="Started"/> follows with the media.
    /// </summary>
    /// <param name="timeslice">Media time per blob; null gathers everything into one; zero is the recorder's minimum.</param>
    /// <param name="duration">Media time after which the recorder stops by itself, paused time left out; null is never.</param>
    /// <param name="preRoll">How long ago the recording begins, no more than <see cref="RecorderOptions.PreRoll"/>; null begins now.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative, or the duration zero.</exception>
    /// <exception cref="InvalidStateError">It is recording or paused already.</exception>
    /// <exception cref="NotSupportedError">The source has ended, or a track of it cannot be recorded. What is found only when it
    /// is open comes as <see cref="Error"/>.</exception>
    public Task Start(TimeSpan? timeslice = null, TimeSpan? duration = null, TimeSpan? preRoll = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeslice ?? TimeSpan.Zero, TimeSpan.Zero, nameof(timeslice));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(duration));
        ArgumentOutOfRangeException.ThrowIfLessThan(preRoll ?? TimeSpan.Zero, TimeSpan.Zero, nameof(preRoll));
        return Call(new RecorderProtocol.Start(Id, timeslice) { Duration = duration, PreRoll = preRoll });
    }

    /// <summary>
    /// stop(): inactive when the task ends; <see cref="DataAvailable"/> and <see cref="Stopped"/> follow. Does nothing when it is
    /// inactive already.
    /// </summary>
    public Task Stop() => Call(new RecorderProtocol.Stop(Id));

    /// <summary>pause(): media is left out from here on, and the timeline stands still. A repeat does nothing.</summary>
    /// <exception cref="InvalidStateError">It is inactive.</exception>
    public Task Pause() => Call(new RecorderProtocol.Pause(Id));

    /// <summary>resume(): gathering goes on, into the same blob. A repeat does nothing.</summary>
    /// <exception cref="InvalidStateError">It is inactive.</exception>
    public Task Resume() => Call(new RecorderProtocol.Resume(Id));

    /// <summary>requestData(): <see cref="DataAvailable"/> follows with what was gathered so far, empty if nothing was.</summary>
    /// <exception cref="InvalidStateError">It is inactive.</exception>
    public Task RequestData() => Call(new RecorderProtocol.RequestData(Id));

    /// <summary>A new file begins at the next key frame, and a blob with it.</summary>
    /// <exception cref="InvalidStateError">It is inactive.</exception>
    /// <exception cref="NotSupportedError">Its target is one file.</exception>
    public Task Split() => Call(new RecorderProtocol.Split(Id));

    /// <summary>Names the present moment of the recording; it is kept with the recording.</summary>
    /// <param name="label">What to call it: 1 to 200 characters.</param>
    /// <exception cref="InvalidStateError">It is inactive, or no media has come yet.</exception>
    /// <exception cref="NotSupportedError">The label is empty or too long.</exception>
    public Task Mark(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        return Call(new RecorderProtocol.Mark(Id, label));
    }

    /// <summary>
    /// The blobs of the recording that was started last (before the first start: of the first to come), from its first to its
    /// <c>stop</c> event, whose handlers have then run. Each call is a reader of its own.
    /// </summary>
    /// <param name="cancellationToken">Ends the reading, not the recording.</param>
    /// <returns>The blobs; called later than 1,024 blobs into a recording, from the oldest of the last 1,024.</returns>
    /// <exception cref="MediaRecorderException">The recording failed; thrown after its last blob.</exception>
    /// <exception cref="BlobReaderOverrunException">The reader fell more than 1,024 blobs behind; they are on disk.</exception>
    /// <exception cref="OperationCanceledException">The reading was ended.</exception>
    public IAsyncEnumerable<Blob> Blobs(CancellationToken cancellationToken = default) =>
        _client.Blobs.ReadAsync(cancellationToken);

    /// <summary>Stops, waits until the files are complete and every event was raised, and removes the recorder.</summary>
    /// <remarks>A handler may await it, and must not block on it.</remarks>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await RemoveAsync().ConfigureAwait(false);
            _actor.Tell(new RecorderClientActor.Close());
        }

        await _pump.Completion.ConfigureAwait(false);
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task Call(RecorderProtocol.ICommand command)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return SendAsync(command);
    }

    private Task SendAsync(RecorderProtocol.ICommand command)
    {
        var done = NewSource();
        _actor.Tell(new RecorderClientActor.Call(command, done));
        return UnlessGoneAsync(done.Task);
    }

    private async Task UnlessGoneAsync(Task answer)
    {
        try
        {
            await answer.WaitAsync(_client.Closed).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new InvalidStateError($"Recorder {Id} is gone: it was disposed of, or its node was shut down.");
        }
    }

    private async Task RemoveAsync()
    {
        try
        {
            await SendAsync(new RecorderProtocol.Stop(Id)).ConfigureAwait(false);
            await _runtime.Recorders
                .Ask<RecordersProtocol.Removed>(new RecordersProtocol.Remove(Id), _runtime.ShutdownTimeout, _client.Closed)
                .ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            FacadeLog.NotRemoved(_runtime.Logger, Id, _runtime.ShutdownTimeout);
        }
        catch (Exception exception) when (exception is MediaRecorderException or OperationCanceledException)
        {
            // Removed by somebody else, or its node was shut down.
        }
    }

    private void Raise(RecorderProtocol.IEvent raised)
    {
        switch (raised)
        {
            case RecorderProtocol.Started started:
                _handlers.Raise(Started, this, started);
                break;
            case RecorderProtocol.DataAvailable data:
                _handlers.Raise(DataAvailable, this, data);
                break;
            case RecorderProtocol.Stopped stopped:
                _handlers.Raise(Stopped, this, stopped);
                break;
            case RecorderProtocol.Paused paused:
                _handlers.Raise(Paused, this, paused);
                break;
            case RecorderProtocol.Resumed resumed:
                _handlers.Raise(Resumed, this, resumed);
                break;
            case RecorderProtocol.ErrorRaised error:
                _handlers.Raise(Error, this, error);
                break;
            default:
                break;
        }
    }
}
