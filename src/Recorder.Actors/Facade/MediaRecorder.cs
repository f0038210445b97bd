using Recorder.Actors.Recording;
using System.Diagnostics.CodeAnalysis;
using Recorder.Actors.Capture;
using Recorder.Contracts;

namespace Recorder.Actors;

/// <summary>
/// The MediaRecorder of W3C MediaStream Recording 2.3 over a node's actors: the same calls, the same events in the same order,
/// the same errors. Recordings are files on disk; a <see cref="Blob"/> says where. Safe to use from several threads.
/// </summary>
/// <remarks>
/// <para>
/// Calls take effect in the order in which they were made, awaited or not. The task of a call ends when the recorder has
/// answered; a refused call throws a <see cref="MediaRecorderException"/> and has changed nothing. The results of a call come as
/// events.
/// </para>
/// <para>
/// Handlers are called one at a time, in the order of the events, on the thread pool. A handler that throws, also an <c>async
/// void</c> one, is logged, and the others are still called. In handlers, <see cref="State"/> and the other properties have their
/// current values: inactive in every handler after stop() or an error. Handlers may block and call the recorder; when more than
/// 1,024 events wait, <see cref="DataAvailable"/> events are skipped and the log says so.
/// </para>
/// </remarks>
[SuppressMessage("Usage", "VSTHRD200", Justification = "The names are the specification's.")]
[SuppressMessage("Usage", "VSTHRD003", Justification = "No awaited task needs the thread or context of its awaiter.")]
public sealed class MediaRecorder : IAsyncDisposable
{
    // A suggested name that is taken gets a number; one source rarely has more than a few recorders.
    private const int MaxNameNumber = 1000;

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

    /// <summary>The requested MIME type; while recording, from the <c>start</c> event on, the full and exact one.</summary>
    public string MimeType => _client.Status.MimeType;

    /// <summary>inactive, recording or paused.</summary>
    public RecorderState State => _client.Status.State;

    /// <summary>Bits per second of the video encoder, whether one is used or not.</summary>
    public long VideoBitsPerSecond => _client.Status.VideoBitsPerSecond;

    /// <summary>Bits per second of the audio encoder, whether one is used or not.</summary>
    public long AudioBitsPerSecond => _client.Status.AudioBitsPerSecond;

    /// <summary>The bitrate mode of the audio encoder.</summary>
    public BitrateMode AudioBitrateMode => _client.Status.AudioBitrateMode;

    /// <summary>Whether a recorder supports a MIME type; "" is always supported.</summary>
    /// <param name="mimeType">For example <c>video/webm;codecs=vp8,opus</c>.</param>
    public static bool IsTypeSupported(string mimeType)
    {
        ArgumentNullException.ThrowIfNull(mimeType);
        return MediaSupport.IsTypeSupported(mimeType);
    }

    /// <summary>Creates an inactive recorder. The source is not opened before <see cref="Start"/>.</summary>
    /// <param name="runtime">The node; it must outlive the recorder.</param>
    /// <param name="source">The source to record: <c>rtsp://camera/stream</c>, <c>clip.mp4</c>, <c>test:</c>.</param>
    /// <param name="options">The options; null keeps the source's codecs and the defaults.</param>
    /// <param name="target">The place of the files; null is the folder <c>recordings</c> below the current one.</param>
    /// <param name="name">A name that is unique on the node; null derives one from the source, numbered when it is taken.</param>
    /// <exception cref="ArgumentException">Source, name, target or an option is malformed.</exception>
    /// <exception cref="NotSupportedError">The MIME type cannot be recorded.</exception>
    /// <exception cref="InvalidStateError">A recorder of this name exists.</exception>
    /// <exception cref="ObjectDisposedException">The node was shut down, or is being shut down.</exception>
    public static async Task<MediaRecorder> CreateAsync(
        RecorderRuntime runtime,
        string source,
        RecorderOptions? options = null,
        RecordingTarget? target = null,
        string? name = null)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        var uri = ArgumentCheck.ParseSource(source);
        var id = name is null ? new RecorderId(uri.SuggestedId) : ArgumentCheck.ParseName(name);
        var create = ArgumentCheck.CheckOptions(new RecordersProtocol.Create(
            id, source, options ?? new RecorderOptions(), target ?? new RecordingTarget("recordings")));
        for (var number = 2; ; number++)
        {
            var reply = await runtime.AskAsync(create with { Recorder = id }).ConfigureAwait(false);
            if (reply is not RecorderProtocol.Refused { Error: var error })
                break;

            if (error.Name != ErrorName.InvalidStateError || name is not null || number > MaxNameNumber)
                throw MediaRecorderException.For(error);

            id = new RecorderId($"{uri.SuggestedId}-{number}");
        }

        var status = await runtime.AskAsync(new RecorderProtocol.GetStatus(id)).ConfigureAwait(false);
        if (status is not RecorderProtocol.Status idle)
            throw new InvalidStateError($"Recorder {id} was removed by another client right after its creation.");

        var subscribed = NewCompletion();
        var recorder = new MediaRecorder(runtime, uri, idle, subscribed);
        await recorder.WaitUnlessClosedAsync(subscribed.Task).ConfigureAwait(false);
        return recorder;
    }

    /// <summary>
    /// Does start(timeslice): <see cref="State"/> is recording when the task ends; <see cref="Started"/> follows when media
    /// arrives.
    /// </summary>
    /// <param name="timeslice">Media time per blob; null gathers everything into one; zero is the recorder's minimum.</param>
    /// <param name="duration">Media time, without pauses, after which the recorder stops by itself; null never stops.</param>
    /// <param name="preRoll">
    /// How long ago the recording begins, at most <see cref="RecorderOptions.PreRoll"/>; null begins now.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative, or the duration zero.</exception>
    /// <exception cref="InvalidStateError">The recorder is recording or paused already.</exception>
    /// <exception cref="NotSupportedError">
    /// The source has ended, or a track of it cannot be recorded. Problems found when the source is opened come as
    /// <see cref="Error"/>.
    /// </exception>
    public Task Start(TimeSpan? timeslice = null, TimeSpan? duration = null, TimeSpan? preRoll = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeslice ?? TimeSpan.Zero, TimeSpan.Zero, nameof(timeslice));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(duration));
        ArgumentOutOfRangeException.ThrowIfLessThan(preRoll ?? TimeSpan.Zero, TimeSpan.Zero, nameof(preRoll));
        return Call(new RecorderProtocol.Start(Id, timeslice) { Duration = duration, PreRoll = preRoll });
    }

    /// <summary>
    /// Does stop(): the recorder is inactive when the task ends; <see cref="DataAvailable"/> and <see cref="Stopped"/> follow.
    /// Does nothing when the recorder is inactive already.
    /// </summary>
    public Task Stop() => Call(new RecorderProtocol.Stop(Id));

    /// <summary>
    /// Does pause(): media is not recorded from now on, and the timeline stops. Does nothing when paused already.
    /// </summary>
    /// <exception cref="InvalidStateError">The recorder is inactive.</exception>
    public Task Pause() => Call(new RecorderProtocol.Pause(Id));

    /// <summary>Does resume(): recording continues, into the same blob. Does nothing when recording already.</summary>
    /// <exception cref="InvalidStateError">The recorder is inactive.</exception>
    public Task Resume() => Call(new RecorderProtocol.Resume(Id));

    /// <summary>
    /// Does requestData(): <see cref="DataAvailable"/> follows with the media gathered so far, empty when there is none.
    /// </summary>
    /// <exception cref="InvalidStateError">The recorder is inactive.</exception>
    public Task RequestData() => Call(new RecorderProtocol.RequestData(Id));

    /// <summary>Begins a new extent, and a new blob, at the next key frame.</summary>
    /// <exception cref="InvalidStateError">The recorder is inactive.</exception>
    /// <exception cref="NotSupportedError">The recorder's target is a single file.</exception>
    public Task Split() => Call(new RecorderProtocol.Split(Id));

    /// <summary>Names the present moment of the recording; the mark is stored with it.</summary>
    /// <param name="label">The name: 1 to 200 characters.</param>
    /// <exception cref="InvalidStateError">The recorder is inactive, or no media has arrived yet.</exception>
    /// <exception cref="NotSupportedError">The label is empty or too long.</exception>
    public Task Mark(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        return Call(new RecorderProtocol.Mark(Id, label));
    }

    /// <summary>
    /// Reads the blobs of the latest recording (before the first start: of the first one), from its first blob until the handlers
    /// of its <c>stop</c> event have run. Each call returns an independent reader.
    /// </summary>
    /// <param name="cancellationToken">Cancels the reader, not the recording.</param>
    /// <returns>The blobs; a reader that starts after more than 1,024 blobs begins with the last 1,024.</returns>
    /// <exception cref="MediaRecorderException">The recording failed; thrown after its last blob.</exception>
    /// <exception cref="BlobReaderOverrunException">The reader fell more than 1,024 blobs behind; they are on disk.</exception>
    /// <exception cref="OperationCanceledException">The reader was cancelled.</exception>
    public IAsyncEnumerable<Blob> Blobs(CancellationToken cancellationToken = default) =>
        _client.Blobs.ReadAsync(cancellationToken);

    /// <summary>Stops the recorder, waits until its files are complete and every event was raised, and removes it.</summary>
    /// <remarks>An event handler may await this call, and must not block on it.</remarks>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await RemoveAsync().ConfigureAwait(false);
            _actor.Tell(new RecorderClientActor.Close());
        }

        await _pump.Completion.ConfigureAwait(false);
    }

    private static TaskCompletionSource NewCompletion() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task Call(RecorderProtocol.ICommand command)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return SendAsync(command);
    }

    private Task SendAsync(RecorderProtocol.ICommand command)
    {
        var done = NewCompletion();
        _actor.Tell(new RecorderClientActor.Call(command, done));
        return WaitUnlessClosedAsync(done.Task);
    }

    private async Task WaitUnlessClosedAsync(Task answer)
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
            // Another client removed the recorder, or its node was shut down.
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
