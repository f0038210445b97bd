using Recorder.Actors.Capture;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Node.Wall;

/// <summary>
/// Measures the sound of one source for all who wish to know, and decodes it only while there is somebody. Ends with the last of them.
/// </summary>
internal sealed class LevelActor : ReceiveActor, IWithTimers
{
    // A source that failed for good may have been repaired.
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(15);

    private readonly SourceUri _source;
    private readonly IActorRef _sources;
    private readonly IMediaCodecs _codecs;
    private readonly Action<IReadOnlyList<double>> _tell;
    private LevelMeter? _meter;
    private IReadOnlyList<SourceTrack> _tracks = [];
    private long _attachment;

    public LevelActor(SourceUri source, IActorRef sources, IMediaCodecs codecs, Action<IReadOnlyList<double>> tell)
    {
        (_source, _sources, _codecs, _tell) = (source, sources, codecs, tell);
        Receive<SourceOpened>(opened => Open(opened.Tracks));
        Receive<MediaArrived>(OnMedia);
        Receive<TracksChanged>(changed => Open(changed.Tracks));
        Receive<TrackChanged>(changed => Open([.. _tracks.Select(track => track.Id == changed.Track.Id ? changed.Track : track)]));
        Receive<TrackAdded>(added => Open([.. _tracks, added.Track]));
        Receive<TrackRemoved>(removed => Open([.. _tracks.Where(track => track.Id != removed.Track)]));
        Receive<SourceFailed>(_ => Timers.StartSingleTimer(nameof(Attach), Retry.Instance, Again));
        Receive<SourceEnded>(_ => Timers.StartSingleTimer(nameof(Attach), Retry.Instance, Again));
        Receive<Retry>(_ => _sources.Tell(new Attach(_source, ++_attachment)));
        ReceiveAny(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => _sources.Tell(new Attach(_source, _attachment));

    protected override void PostStop()
    {
        _sources.Tell(new Detach(_source));
        _meter?.Dispose();
    }

    // The first track of sound, as it is recorded.
    private void Open(IReadOnlyList<SourceTrack> tracks)
    {
        _tracks = tracks;
        _meter?.Dispose();
        _meter = null;
        if (tracks.FirstOrDefault(track => track.Parameters is { Kind: MediaKind.Audio, SampleRate: > 0, Channels: > 0 }) is not { } sound)
        {
            _tell([]);
            return;
        }

        try
        {
            _meter = new LevelMeter(sound, _codecs);
        }
        catch (FFmpegException)
        {
            // Sound that cannot be decoded has no level.
            _tell([]);
        }
    }

    private void OnMedia(MediaArrived media)
    {
        try
        {
            if (_meter is not { } meter)
                return;

            for (var i = 0; i < media.Batch.Count; i++)
            {
                if (media.Batch[i].Track == meter.Track)
                    meter.Add(media.Batch, i);
            }

            if (meter.TakePeaks() is { } levels)
                _tell(levels);
        }
        catch (FFmpegException)
        {
            _meter?.Dispose();
            _meter = null;
            _tell([]);
        }
        finally
        {
            media.Done();
        }
    }

    private sealed record Retry
    {
        public static readonly Retry Instance = new();
    }
}
