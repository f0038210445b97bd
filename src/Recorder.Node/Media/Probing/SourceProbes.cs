using Recorder.Actors;
using Recorder.Actors.Capture;
using Recorder.Media.Codecs;

namespace Recorder.Node.Media;

/// <summary>Probes sources for callers of the API. How many are probed at a time, and how long, is bounded.</summary>
internal sealed class SourceProbes(RecorderRuntime runtime, IMediaCodecs codecs) : IDisposable
{
    public const int Most = 4;

    private const int PictureWidth = 320;

    private readonly PictureQueue _pictures = new("pictures", most: 1, mostWaiting: Most);
    private int _count;

    public async Task<ProbeAnswer> ProbeAsync(SourceUri source, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _count) > Most)
        {
            Interlocked.Decrement(ref _count);
            throw new ProblemException(Problem.Exhausted($"{Most} sources are being probed, the most that this node allows; try again."));
        }

        try
        {
            var found = await FindAsync(source, cancellationToken);
            var (picture, obstacle) = await PictureOfAsync(found, cancellationToken);
            var tracks = found.Tracks.Select(track => track.Description).ToList();
            return new ProbeAnswer(source.Masked, source.IsLive, tracks, RecordableType.Of(tracks), picture, obstacle);
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }

    public void Dispose() => _pictures.Dispose();

    private async Task<ProbedSource> FindAsync(SourceUri source, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<ProbedSource>(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = runtime.System.ActorOf(Props.Create(() => new SourceProbeActor(source, runtime.Sources, answer)));
        await using var cancelled = cancellationToken.Register(() => runtime.System.Stop(actor));
        try
        {
            return await answer.Task;
        }
        catch (CaptureException failed)
        {
            throw new ProblemException(failed.Error.Name switch
            {
                ErrorName.SecurityError => Problem.Forbidden(failed.Error.Message),
                ErrorName.NotSupportedError => Problem.NotSupported(failed.Error.Message),
                _ => Problem.Of(503, failed.Error.Name.ToString(), "The source cannot be opened.", failed.Error.Message),
            });
        }
    }

    private async Task<(byte[]? Jpeg, string? Obstacle)> PictureOfAsync(ProbedSource found, CancellationToken cancellationToken)
    {
        if (found is not { KeyFrame: { } frame, Video: { } video })
            return (null, found.Obstacle);

        try
        {
            var picture = await _pictures.RunAsync(_ => Decode(frame, video), cancellationToken);
            return (picture, picture is null ? "The key frame cannot be decoded." : null);
        }
        catch (ProblemException problem)
        {
            return (null, problem.Problem.Detail);
        }
        finally
        {
            frame.Release();
        }
    }

    private byte[]? Decode(PacketBatch frame, SourceTrack video)
    {
        using var taker = codecs.OpenPicture(video.Parameters, video.TimeBase, long.MaxValue);
        taker.Add(frame, 0, frame[0].Pts == PacketInfo.NoTimestamp ? frame[0].Dts : frame[0].Pts);
        return taker.Take(Math.Min(PictureWidth, video.Parameters.Width));
    }
}
