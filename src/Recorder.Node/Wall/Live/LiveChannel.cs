using System.Threading.Channels;
using Recorder.Actors.Capture;
using Recorder.Actors.Registry;
using Recorder.Node.Api;
using Recorder.Node.Media;

namespace Recorder.Node.Wall;

/// <summary>One recorder of this node on one socket: its media, as long as it is wished, through all that happens to its source.</summary>
internal sealed class LiveChannel(RecorderId recorder, bool wantsPreview, LiveOutlet outlet, LiveQueue queue, LiveViewers viewers, RegistryClient client, TimeProvider time)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(15);

    private readonly uint _channel = outlet.NewChannel();

    /// <summary>Runs until the wish or the socket ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (delay, told) = (FirstRetry, "");
        while (!cancellationToken.IsCancellationRequested)
        {
            var (sentence, hasSent) = await WatchAsync(cancellationToken);
            if (sentence != told || hasSent)
                await outlet.TellAsync(new LiveEnded(recorder, _channel, sentence, wantsPreview), WallJson.Plain.LiveEnded);

            (told, delay) = (sentence, hasSent ? FirstRetry : delay);
            await Task.Delay(delay, time, cancellationToken);
            delay = delay * 2 < LastRetry ? delay * 2 : LastRetry;
        }
    }

    // Why it ended, and whether anything was sent before.
    private async Task<(string Sentence, bool HasSent)> WatchAsync(CancellationToken cancellationToken)
    {
        var hasSent = false;
        try
        {
            if (await client.FindAsync(recorder) is not { } definition)
                return ($"There is no recorder '{recorder}'.", false);

            var source = SourceOf(definition);
            using var viewer = viewers.Watch(SourceUri.Parse(source), queue, noted => noted.Recorder == recorder && (noted.Definition is not { } changed || SourceOf(changed) != source));
            // What changed before its actor listened was told to nobody.
            if (await client.FindAsync(recorder) is not { } now || SourceOf(now) != source)
                return ("The source has changed.", false);

            while (await viewer.Stream.Chunks.WaitToReadAsync(cancellationToken) && viewer.Stream.Chunks.TryRead(out var chunk))
            {
                await SendAsync(chunk, viewer.Stream);
                hasSent = true;
            }

            return ("The source has ended.", hasSent);
        }
        catch (Exception ended) when ((ended as ChannelClosedException)?.InnerException is LiveSourceException || ended is LiveSourceException)
        {
            return ((ended.InnerException ?? ended).Message, hasSent);
        }
        catch (ProblemException refused)
        {
            return (refused.Problem.Detail, hasSent);
        }
    }

    private string SourceOf(RecorderDefinition definition) => wantsPreview ? definition.Preview ?? definition.Source : definition.Source;

    private async Task SendAsync(LiveChunk chunk, LiveStream stream)
    {
        using (chunk.Bytes)
        {
            if (chunk.MimeType is { } type)
                await outlet.TellAsync(new LiveHeader(recorder, _channel, type, wantsPreview), WallJson.Plain.LiveHeader);

            if (chunk.Clock is { } clock)
                await outlet.TellAsync(new LiveClockNotice(_channel, Math.Round(clock.MediaTime.TotalSeconds, 6), clock.CapturedAt), WallJson.Plain.LiveClockNotice);

            await outlet.SendAsync(_channel, chunk.Bytes.Segments);
            stream.Sent(chunk);
        }
    }
}
