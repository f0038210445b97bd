using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Media.Export;

/// <summary>One picture of a recording.</summary>
/// <param name="Jpeg">Its bytes.</param>
/// <param name="Time">When it is shown on the recording's timeline.</param>
internal sealed record RecordedPicture(byte[] Jpeg, TimeSpan Time)
{
    /// <summary>Decodes from where a plan begins to a moment. Blocks its thread.</summary>
    /// <param name="plan">Begins at the key frame before the moment; its first part reaches it.</param>
    /// <param name="at">The moment on the recording's timeline.</param>
    /// <param name="width">How wide it is to be; null as it was recorded.</param>
    /// <param name="codecs">Decode it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null without video, or when no picture can be decoded.</returns>
    /// <exception cref="FFmpegException">What is there cannot be read.</exception>
    public static RecordedPicture? Take(ExportPlan plan, TimeSpan at, int? width, IMediaCodecs codecs, CancellationToken cancellationToken)
    {
        var part = plan.Parts[0];
        var (demuxer, feed) = part.Begin();
        using (feed)
        using (demuxer)
        {
            if (demuxer.Streams.FirstOrDefault(stream => stream.Parameters.Kind == MediaKind.Video) is not { } video)
            {
                return null;
            }

            // A millisecond, because containers and URLs round to it.
            var until = video.TimeBase.FromTimeSpan(at - plan.From - part.Shift + TimeSpan.FromMilliseconds(1));
            var begin = video.TimeBase.FromTimeSpan(-part.Shift - TimeSpan.FromMilliseconds(1));
            using var taker = codecs.OpenPicture(video.Parameters, video.TimeBase, until);
            var begun = !plan.CutsBegin;
            while (!taker.IsDone && Read(demuxer, batch =>
            {
                var info = batch[0];
                var shown = info.Pts == PacketInfo.NoTimestamp ? info.Dts : info.Pts;
                if (info.Track == video.Index && (begun |= info.Key && shown >= begin))
                {
                    taker.Add(batch, 0, shown);
                }
            }))
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            return taker.Take(width) is { } jpeg && taker.Time is { } time
                ? new RecordedPicture(jpeg, video.TimeBase.ToTimeSpan(time) + part.Shift + plan.From)
                : null;
        }
    }

    private static bool Read(Demuxer demuxer, Action<PacketBatch> take)
    {
        var batch = PacketBatch.Rent();
        try
        {
            if (demuxer.Read(batch) == ReadResult.EndOfStream)
            {
                return false;
            }

            if (batch.Count > 0)
            {
                take(batch);
            }

            return true;
        }
        finally
        {
            batch.Release();
        }
    }
}
