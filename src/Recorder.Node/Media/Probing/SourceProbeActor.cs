using Recorder.Actors.Capture;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Node.Media;

/// <summary>What was found out about a source.</summary>
/// <param name="Tracks">Its tracks.</param>
/// <param name="KeyFrame">The first key frame of its first video track, owned by the receiver; null without.</param>
/// <param name="Video">The track of the key frame.</param>
/// <param name="Obstacle">Why there is no key frame, if there is video.</param>
internal sealed record ProbedSource(IReadOnlyList<SourceTrack> Tracks, PacketBatch? KeyFrame, SourceTrack? Video, string? Obstacle);

/// <summary>Subscribes to a source until its tracks and a key frame are known. A source that is captured already is not opened a second time.</summary>
internal sealed class SourceProbeActor : ReceiveActor, IWithTimers
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    private sealed record Deadline { public static readonly Deadline Instance = new(); }

    private readonly SourceUri _source;
    private readonly IActorRef _sources;
    private readonly TaskCompletionSource<ProbedSource> _answer;
    private IReadOnlyList<SourceTrack>? _tracks;

    public SourceProbeActor(SourceUri source, IActorRef sources, TaskCompletionSource<ProbedSource> answer)
    {
        (_source, _sources, _answer) = (source, sources, answer);
        Receive<SourceOpened>(opened => OnTracks(opened.Tracks));
        Receive<TracksChanged>(changed => OnTracks(changed.Tracks));
        Receive<TrackAdded>(added => OnTracks([.. _tracks ?? [], added.Track]));
        Receive<TrackChanged>(changed => OnTracks([.. (_tracks ?? []).Select(track => track.Id == changed.Track.Id ? changed.Track : track)]));
        Receive<MediaArrived>(OnMedia);
        Receive<SourceConnecting>(failed => Fail(new MediaError(ErrorName.UnknownError, failed.Cause)));
        Receive<SourceLost>(lost => Give(null, lost.Cause));
        Receive<SourceEnded>(_ => Give(null, "The source ended before a key frame."));
        Receive<SourceFailed>(failed => Fail(failed.Error));
        Receive<Deadline>(_ => Give(null, $"No key frame arrived within {Longest.TotalSeconds} s."));
        ReceiveAny(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private SourceTrack? Video => _tracks?.FirstOrDefault(track => track.Parameters.Kind == MediaKind.Video);

    protected override void PreStart()
    {
        Timers.StartSingleTimer(Deadline.Instance, Deadline.Instance, Longest);
        _sources.Tell(new Attach(_source), Self);
    }

    protected override void PostStop()
    {
        _sources.Tell(new Detach(_source), Self);
        // A camera has few connections, and a file begins anew for whoever comes next.
        _sources.Tell(new Release(_source), Self);
        _answer.TrySetCanceled();
        base.PostStop();
    }

    private void OnTracks(IReadOnlyList<SourceTrack> tracks)
    {
        _tracks = tracks;
        if (tracks.Count > 0 && Video is null)
            Give(null, null);
    }

    private void OnMedia(MediaArrived media)
    {
        try
        {
            for (var i = 0; i < media.Batch.Count && !_answer.Task.IsCompleted; i++)
            {
                if (media.Batch[i] is { Key: true } packet && packet.Track == Video?.Id)
                {
                    var kept = PacketBatch.Rent();
                    kept.Append(media.Batch, i);
                    Give(kept, null);
                }
            }
        }
        finally
        {
            media.Done();
        }
    }

    private void Give(PacketBatch? keyFrame, string? obstacle)
    {
        if (_tracks is not { Count: > 0 } tracks)
            Fail(new MediaError(ErrorName.UnknownError, $"{_source.Masked} sent nothing that can be recorded within {Longest.TotalSeconds} s. {obstacle}".TrimEnd()));
        else if (!_answer.TrySetResult(new ProbedSource(tracks, keyFrame, Video, Video is null ? null : obstacle)))
            keyFrame?.Release();

        Context.Stop(Self);
    }

    private void Fail(MediaError error)
    {
        _answer.TrySetException(new CaptureException(error));
        Context.Stop(Self);
    }
}
