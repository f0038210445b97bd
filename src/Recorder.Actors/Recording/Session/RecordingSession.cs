using Recorder.Actors.Capture;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

/// <summary>
/// One recording from start() to its last event: connects its <see cref="MediaPipeline"/>, its store and the recorder's outbox. Used only by
/// the recorder's actor, while it handles a message.
/// </summary>
internal sealed partial class RecordingSession : IPipelineSink, IDisposable
{
    private const int MaximumLabelLength = 200;

    private readonly EventOutbox _outbox;
    private readonly Func<RecordingSession, string, RecordingStore> _createStore;
    private RecordingDescription _description;
    private RecordingStore? _store;
    private string _essence = "";
    private long? _errorTicket;
    private long _durableThrough;
    private bool _isStartRaised;
    private bool _isHeaderAppended;
    private bool _isCompleting;
    private bool _isClosed;

    public RecordingSession(
        RecordingDescription description, RecorderProtocol.Start command, RecorderId recorder, RecordingLayout layout, EventOutbox outbox,
        Func<RecordingSession, string, RecordingStore> createStore)
    {
        (_description, Command, Recorder, Layout) = (description, command, recorder, layout);
        (_outbox, _createStore) = (outbox, createStore);
        Id = new RecordingId(description.Recording);
        MimeType = description.MimeType;
        Container = MediaMimeType.TryParse(MimeType, out var type) ? type.Container : MediaContainer.Mp4;
    }

    public RecorderId Recorder { get; }

    public RecordingId Id { get; private set; }

    public int Epoch { get; init; }

    public RecorderProtocol.Start Command { get; }

    public RecordingLayout Layout { get; private set; }

    public WriteBacklog WriteBacklog { get; } = new();

    public bool HasBegun => Pipeline?.HasBegun ?? false;

    public bool IsDurationReached { get; private set; }

    public string? OpenFailure { get; set; }

    public MediaPipeline? Pipeline { get; private set; }

    public long Blobs { get; private set; }

    /// <summary>The requested MIME type; once begun, the full MIME type.</summary>
    public string MimeType { get; private set; }

    /// <summary>The container of the requested type; once the source is open, the one being written.</summary>
    public MediaContainer Container { get; private set; }

    public MediaError? Open(RecorderOptions options, IReadOnlyList<SourceTrack> tracks, bool mayDrop, RecorderEnvironment environment)
    {
        var (plan, error) = TrackPlan.For(options.MimeType, tracks);
        if (plan is null)
            return error;

        Container = plan.Container;
        _essence = plan.Essence;
        try
        {
            Pipeline = new MediaPipeline(plan, options, Command.Timeslice, Command.Duration, mayDrop, this, environment.Time,
                options.ExtentStagger ? SliceClock.PhaseOf(Recorder) : 0, Layout.IsSingleFile, environment.Codecs);
            return null;
        }
        catch (FFmpegException exception)
        {
            return new MediaError(ErrorName.NotSupportedError, exception.Message);
        }
    }

    public void RaiseStarted(IReadOnlyList<TrackDescription> tracks)
    {
        if (_isStartRaised)
            return;

        _isStartRaised = true;
        var mimeType = MimeType = MimeType.Length == 0 ? _essence : MimeType;
        _outbox.Raise((number, at) => new RecorderProtocol.Started(Recorder, number, at, Id, mimeType) { Tracks = tracks });
    }

    public void RaiseDurable(long through)
    {
        _durableThrough = through;
        _outbox.Raise((number, at) => new RecorderProtocol.BlobDurable(Recorder, number, at, Id, through));
    }

    public void RaiseStorage(StorageStatus status, string detail) =>
        _outbox.Raise((number, at) => new RecorderProtocol.StorageChanged(Recorder, number, at, status, detail));

    public void Probe() => _store?.Probe();

    /// <summary>Begins another extent at the next key frame. Has no effect before the recording has begun.</summary>
    public MediaError? Split()
    {
        if (Layout.IsSingleFile)
        {
            return new MediaError(
                ErrorName.NotSupportedError, $"Recorder {Recorder} writes one file, which cannot be split; record into a folder.");
        }

        Pipeline?.Split();
        return null;
    }

    public MediaError? Mark(string? label, DateTimeOffset now)
    {
        if (label is not { Length: >= 1 and <= MaximumLabelLength })
            return new MediaError(ErrorName.NotSupportedError, $"The label has {label?.Length ?? 0} characters; give it 1 to {MaximumLabelLength}.");

        if (!HasBegun)
        {
            return new MediaError(
                ErrorName.InvalidStateError, $"Recorder {Recorder} has recorded nothing yet: mark it after its start event.");
        }

        _store!.AddMark(new RecorderProtocol.Marked(Recorder, 0, now, Id, Duration, label), _outbox.Reserve());
        return null;
    }

    long IPipelineSink.Backlog => WriteBacklog.Bytes;

    void IPipelineSink.Begun(string mimeType, IReadOnlyList<TrackDescription> tracks)
    {
        DecideHowToContinue(mimeType);
        _description = _description with { VideoBitsPerSecond = Pipeline!.Bitrates.Video, AudioBitsPerSecond = Pipeline.Bitrates.Audio };
        Describe(mimeType, tracks);
        RaiseStarted(tracks);
    }

    void IPipelineSink.TracksChanged()
    {
        if (Pipeline!.MimeType != MimeType || !Pipeline.Descriptions.SequenceEqual(_description.Tracks))
            Describe(Pipeline.MimeType, Pipeline.Descriptions);
    }

    private void Describe(string mimeType, IReadOnlyList<TrackDescription> tracks)
    {
        MimeType = mimeType;
        _description = _description with { MimeType = mimeType, Tracks = tracks };
        _store!.Describe(_description);
    }

    void IPipelineSink.BeginExtent(int number)
    {
        // The first extent of a continued recording waits for the decision, which needs the MIME type.
        if (_isDecided)
        {
            _store ??= _createStore(this, CodecTable.Extension(Container));
            _store.BeginExtent((Continued?.LastExtent ?? 0) + number);
        }
    }

    void IPipelineSink.AddKeyFrame(TimeSpan time, ReadOnlySpan<byte> data) => KeyFrames?.Add(time + _offset, data);

    void IPipelineSink.Finalise(IReadOnlyList<MediaPatch> patches) => _store!.Finalise(patches);

    void IPipelineSink.AddGap(
        GapCause cause, TimeSpan mediaTime, TimeSpan duration, DateTimeOffset from, DateTimeOffset to, long packets, string detail)
    {
        var gap = new RecorderProtocol.GapRecorded(Recorder, 0, to, Id, cause)
        {
            MediaTime = mediaTime + _offset,
            Duration = duration,
            From = from,
            To = to,
            Packets = packets,
            Detail = detail,
        };
        var ticket = _outbox.Reserve();
        if (_store is null)
            StoredEvents.Fill(_outbox, new StorageProtocol.LineStored(ticket, gap));
        else
            _store.AddGap(gap, ticket);
    }

    void IPipelineSink.ResumeWriting() => _store!.ResumeWriting();

    void IPipelineSink.ReportStorage(StorageStatus status, string detail) => RaiseStorage(status, detail);

    void IPipelineSink.DurationReached() => IsDurationReached = true;

    public void Dispose()
    {
        Pipeline?.Dispose();
        if (!_isClosed)
            _store?.Abandon();
    }
}
