using Recorder.Actors.Capture;
using Recorder.Actors.Registry;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Node.Media;

/// <summary>A viewer of a source. Takes packets as fast as they arrive, so that a slow viewer delays nobody.</summary>
internal sealed class LiveViewerActor : ReceiveActor
{
    private readonly SourceUri _source;
    private readonly IActorRef _sources;
    private readonly LiveStream _stream;
    private List<SourceTrack> _tracks = [];

    /// <param name="isOther">Says of a definition whether another source is to be watched, which ends the stream; null for never.</param>
    public LiveViewerActor(SourceUri source, IActorRef sources, LiveStream stream, Func<RegistryProtocol.Noted, bool>? isOther = null)
    {
        (_source, _sources, _stream) = (source, sources, stream);
        Receive<SourceOpened>(opened => Open(opened.Tracks));
        Receive<MediaArrived>(OnMedia);
        Receive<TrackAdded>(added => Open([.. _tracks, added.Track]));
        Receive<TrackRemoved>(removed => Open([.. _tracks.Where(track => track.Id != removed.Track)]));
        Receive<TrackChanged>(OnChanged);
        Receive<TracksChanged>(OnChanged);
        Receive<SourceRestored>(_ => _stream.Interrupt());
        Receive<MediaDropped>(_ => _stream.Interrupt());
        Receive<SourceFailed>(failed => _stream.End(new LiveSourceException(failed.Error.Message)));
        Receive<SourceEnded>(_ => _stream.End());
        Receive<RegistryProtocol.Noted>(noted => isOther!(noted), _ => _stream.End(new LiveSourceException("The recorder was changed or moved.")));
        ReceiveAny(_ => { });
        if (isOther is not null)
            Context.System.EventStream.Subscribe(Self, typeof(RegistryProtocol.Noted));
    }

    protected override void PreStart() => _sources.Tell(new Attach(_source), Self);

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _sources.Tell(new Detach(_source), Self);
        _stream.Dispose();
        base.PostStop();
    }

    private void Open(IReadOnlyList<SourceTrack> tracks)
    {
        _tracks = [.. tracks];
        if (CanBeWatched())
            Try(() => _stream.Open(_tracks));
    }

    private void OnChanged(TrackChanged changed)
    {
        _tracks = [.. _tracks.Select(track => track.Id == changed.Track.Id ? changed.Track : track)];
        if (CanBeWatched())
            Try(() => _stream.Change(changed.Track));
    }

    private void OnChanged(TracksChanged changed)
    {
        if (!changed.Tracks.Select(track => track.Id).SequenceEqual(_tracks.Select(track => track.Id)))
        {
            Open(changed.Tracks);
            return;
        }

        foreach (var (track, before) in changed.Tracks.Zip(_tracks))
        {
            if (!ReferenceEquals(track.Parameters, before.Parameters))
                OnChanged(new TrackChanged(track));
        }
    }

    // Audio is transcoded if browsers do not play it; transcoding video for each viewer would cost too much.
    private bool CanBeWatched()
    {
        if (_tracks.Find(track => track.Parameters.Kind == MediaKind.Video && !LiveFeed.PlayedVideo.Contains(track.Parameters.Codec)) is not { } other)
            return true;

        _stream.End(new LiveSourceException(
            $"The source sends {other.Parameters.Codec}, which browsers do not play from MP4, and live video is not transcoded: "
            + "record it instead.")
        { IsNotSupported = true });
        return false;
    }

    private void Try(Action action)
    {
        try
        {
            action();
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
            Try(() => _stream.Add(media.Batch));
        }
        finally
        {
            media.Done();
        }
    }
}

internal sealed class LiveSourceException(string message) : Exception(message)
{
    /// <summary>Whether the source's media is the reason, so that trying again does not help.</summary>
    public bool IsNotSupported { get; init; }
}
