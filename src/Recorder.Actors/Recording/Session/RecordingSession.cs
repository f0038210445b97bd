using Recorder.Actors.Capture;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

/// <summary>
/// One recording between start() and its last event: joins its media session, its writer and the recorder's outbox. Owned by the
/// recorder's actor and used only in its turns.
/// </summary>
internal sealed partial class RecordingSession : IPipelineSink, IDisposable
{
    private const int LongestLabel = 200;

    private RecordingLayout _layout;
    private readonly EventOutbox _outbox;
    private readonly Func<RecordingSession, string, RecordingStore> _createStore;
    private RecordingDescription _description;
    private MediaPipeline? _session;
    private RecordingStore? _store;
    private string _mimeType;
    private string _essence = "";
    private long _blobs;
    private long? _error;
    private long _durableThrough;
    private bool _started;
    private bool _headerIsOut;
    private bool _ending;
    private bool _isClosed;

    public RecordingSession(
        RecordingDescription description, RecorderProtocol.Start command, RecorderId recorder, RecordingLayout layout, EventOutbox outbox,
        Func<RecordingSession, string, RecordingStore> createStore)
    {
        (_description, Command, Recorder, _layout) = (description, command, recorder, layout);
        (_outbox, _createStore) = (outbox, createStore);
        Id = new RecordingId(description.Recording);
        _mimeType = description.MimeType;
        Container = MediaMimeType.TryParse(_mimeType, out var type) ? type.Container : MediaContainer.Mp4;
    }

    public RecorderId Recorder { get; }

    public RecordingId Id { get; private set; }

    /// <summary>See <see cref="Blob.Epoch"/>.</summary>
    public int Epoch { get; init; }

    /// <summary>The command that began it.</summary>
    public RecorderProtocol.Start Command { get; }

    public RecordingLayout Layout => _layout;

    public WriteBacklog WriteBacklog { get; } = new();

    /// <summary>Whether media is being gathered.</summary>
    public bool HasBegun => _session?.HasBegun ?? false;

    /// <summary>Whether the duration asked for is recorded.</summary>
    public bool IsDurationReached { get; private set; }

    /// <summary>The last reason why the source could not be opened.</summary>
    public string? OpenFailure { get; set; }

    public MediaPipeline? Pipeline => _session;

    public long Blobs => _blobs;

    public string MimeType => _mimeType;

    /// <summary>Decides how the source's tracks are recorded and opens what that takes.</summary>
    public MediaError? Open(RecorderOptions options, IReadOnlyList<SourceTrack> tracks, bool mayDrop, RecorderEnvironment environment)
    {
        var (plan, error) = TrackPlan.For(options.MimeType, tracks);
        if (plan is null)
        {
            return error;
        }

        Container = plan.Container;
        _essence = plan.Essence;
        try
        {
            _session = new MediaPipeline(plan, options, Timeslice(options), Command.Duration, mayDrop, this, environment.Time,
                options.ExtentStagger ? Slicer.PhaseOf(Recorder) : 0, _layout.IsSingleFile, environment.Codecs);
            return null;
        }
        catch (FFmpegException exception)
        {
            return new MediaError(ErrorName.NotSupportedError, exception.Message);
        }
    }

    /// <summary>What is being written: as asked for; once opened, as decided.</summary>
    public MediaContainer Container { get; private set; }

    /// <summary>The <c>start</c> event, once.</summary>
    public void RaiseStarted(IReadOnlyList<TrackDescription> tracks)
    {
        if (_started)
        {
            return;
        }

        _started = true;
        var mimeType = _mimeType = _mimeType.Length == 0 ? _essence : _mimeType;
        _outbox.Raise((number, at) => new RecorderProtocol.Started(Recorder, number, at, Id, mimeType) { Tracks = tracks });
    }

    /// <summary>A <c>dataavailable</c> event with an empty blob, for want of any data.</summary>
    public void RaiseEmptyBlob(DateTimeOffset now)
    {
        var blob = new Blob
        {
            Recording = Id,
            Number = ++_blobs,
            Extent = Continued?.LastExtent ?? 1,
            Path = _layout.Extent(Continued?.LastExtent ?? 1, CodecTable.Extension(Container)),
            Offset = 0,
            Length = 0,
            Type = _mimeType,
            MediaTime = Duration,
            Duration = TimeSpan.Zero,
            CapturedAt = now,
            StartsWithKeyFrame = false,
            Crc32C = Crc32C.Empty,
            Epoch = Epoch,
        };
        _outbox.Raise((number, at) => new RecorderProtocol.DataAvailable(Recorder, number, at, blob, blob.MediaTime));
    }

    /// <summary>Blobs survive a power cut: behind the events that announced them.</summary>
    public void RaiseDurable(long through)
    {
        _durableThrough = through;
        _outbox.Raise((number, at) => new RecorderProtocol.BlobDurable(Recorder, number, at, Id, through));
    }

    public void RaiseStorage(StorageStatus status, string detail) =>
        _outbox.Raise((number, at) => new RecorderProtocol.StorageChanged(Recorder, number, at, status, detail));

    /// <summary>Asks the store to report when a full volume has room.</summary>
    public void Probe() => _store?.Probe();

    /// <summary>Ends the media. An error that comes later has its place before the last blob.</summary>
    /// <exception cref="FFmpegException">The container cannot be completed.</exception>
    public void Complete()
    {
        _ending = true;
        _session?.Finish();
    }

    /// <summary>Ends the media after an error was raised.</summary>
    /// <exception cref="FFmpegException">The container cannot be completed.</exception>
    public void CompleteFailed() => _session!.Finish();

    /// <summary>The <c>error</c> event, in the place that was kept for it if there is one.</summary>
    public void RaiseError(MediaError error)
    {
        _outbox.Fill(_error ?? _outbox.Reserve(), (number, at) => new RecorderProtocol.ErrorRaised(Recorder, number, at, error));
        (_error, _ending) = (null, false);
    }

    /// <summary>Closes the files; the <c>stop</c> event follows when everything is on disk. The session is at its end.</summary>
    /// <param name="reason">Why; null leaves the recording open, without an event, for the next start of its node to go on with.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="now">When.</param>
    /// <param name="sourceHasChanged">Whether a recorder that is started again can go on with the source.</param>
    public void Close(StopReason? reason, MediaError? error, DateTimeOffset now, bool sourceHasChanged = false)
    {
        _isClosed = true;
        if (_store is null && Continued is not null && reason is not null)
        {
            _store = _createStore(this, CodecTable.Extension(Container));
        }

        var durable = _outbox.Reserve();
        var end = new RecordingEnd(Id, reason, _error, _outbox.Reserve())
        {
            Durable = durable,
            DurableBefore = _durableThrough,
            SourceHasChanged = sourceHasChanged,
        };
        if (_store is null)
        {
            RecordingEvents.Fill(_outbox, Recorder, new StorageProtocol.Closed(end, Error: null, StoredRecording.Nothing));
            return;
        }

        _store.Close(
            _description with
            {
                MimeType = _mimeType,
                EndedAt = reason is null ? null : now,
                StopReason = reason?.ToString(),
                Error = error?.ToString(),
            },
            end);
    }

    /// <summary>The container broke: the blob ends with what it gave out before.</summary>
    public void AbandonContainer() => _session!.Abandon(keep: true);

    /// <summary>Permission was lost: what is gathered and not yet a blob is not kept, the last blob is empty.</summary>
    public void Discard()
    {
        _store!.Discard();
        _session!.Abandon(keep: false);
    }

    /// <summary>Begins another extent at the next key frame; before the first media one begins there anyway.</summary>
    /// <returns>Why not; null when it does.</returns>
    public MediaError? Split()
    {
        if (_layout.IsSingleFile)
        {
            return new MediaError(
                ErrorName.NotSupportedError, $"Recorder {Recorder} writes one file, which cannot be split; record into a folder.");
        }

        _session?.Split();
        return null;
    }

    /// <summary>Names the present moment: an event, and a line of the index.</summary>
    /// <returns>Why not; null when it does.</returns>
    public MediaError? Mark(string? label, DateTimeOffset now)
    {
        if (label is not { Length: >= 1 and <= LongestLabel })
        {
            return new MediaError(ErrorName.NotSupportedError, $"The label has {label?.Length ?? 0} characters; give it 1 to {LongestLabel}.");
        }

        if (!HasBegun)
        {
            return new MediaError(
                ErrorName.InvalidStateError, $"Recorder {Recorder} has recorded nothing yet: mark it after its start event.");
        }

        _store!.AddMark(new RecorderProtocol.Marked(Recorder, 0, now, Id, Duration, label), _outbox.Reserve());
        return null;
    }

    public void Dispose()
    {
        _session?.Dispose();
        if (!_isClosed)
        {
            _store?.Abandon();
        }
    }

    private TimeSpan? Timeslice(RecorderOptions options) =>
        Command.Timeslice is { } timeslice && timeslice < options.MinimumTimeslice ? options.MinimumTimeslice : Command.Timeslice;
}
