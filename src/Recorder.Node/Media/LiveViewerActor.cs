using Recorder.Actors.Capture;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Node.Media;

/// <summary>One viewer of a source: takes its packets as fast as they come, so that nobody is held up by who watches.</summary>
internal sealed class LiveViewerActor : ReceiveActor
{
    private readonly SourceUri _source;
    private readonly IActorRef _sources;
    private readonly LiveStream _stream;
    private List<SourceTrack> _tracks = [];

    public LiveViewerActor(SourceUri source, IActorRef sources, LiveStream stream)
    {
        (_source, _sources, _stream) = (source, sources, stream);
        Receive<SourceOpened>(opened => Open(opened.Tracks));
        Receive<MediaArrived>(OnMedia);
        Receive<TrackAdded>(added => Open([.. _tracks, added.Track]));
        Receive<TrackRemoved>(removed => Open([.. _tracks.Where(track => track.Id != removed.Track)]));
        Receive<TrackChanged>(changed => Open([.. _tracks.Select(track => track.Id == changed.Track.Id ? changed.Track : track)]));
        Receive<TracksChanged>(changed => Open(changed.Tracks));
        Receive<SourceRestored>(_ => _stream.Interrupt());
        Receive<MediaDropped>(_ => _stream.Interrupt());
        Receive<SourceFailed>(failed => _stream.End(new LiveSourceException(failed.Error.Message)));
        Receive<SourceEnded>(_ => _stream.End());
        ReceiveAny(_ => { });
    }

    protected override void PreStart() => _sources.Tell(new Attach(_source), Self);

    protected override void PostStop()
    {
        _sources.Tell(new Detach(_source), Self);
        _stream.Dispose();
        base.PostStop();
    }

    private void Open(IReadOnlyList<SourceTrack> tracks)
    {
        _tracks = [.. tracks];
        if (_tracks.Find(track => !MimeCodecsOfMp4.Contains(track.Parameters.Codec)) is { } other)
        {
            _stream.End(new LiveSourceException(
                $"The source sends {other.Parameters.Codec}, which browsers do not play from MP4 and which is not transcoded to be watched: "
                + "record it instead.")
            { IsNotSupported = true });
            return;
        }

        try
        {
            _stream.Open(_tracks);
        }
        catch (FFmpegException refused)
        {
            _stream.End(new LiveSourceException(refused.Message));
        }
    }

    private void OnMedia(MediaArrived media)
    {
        try
        {
            _stream.Add(media.Batch);
        }
        catch (FFmpegException failed)
        {
            _stream.End(new LiveSourceException(failed.Message));
        }
        finally
        {
            media.Done();
        }
    }

    private static readonly HashSet<string> MimeCodecsOfMp4 =
        new(["h264", "hevc", "av1", "vp9", "aac", "opus", "mp3", "flac", "ac3", "eac3"], StringComparer.Ordinal);
}

/// <summary>A source cannot be watched; the message says why.</summary>
internal sealed class LiveSourceException(string message) : Exception(message)
{
    /// <summary>Whether it is what the source sends, which does not change with time.</summary>
    public bool IsNotSupported { get; init; }
}
