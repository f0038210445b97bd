using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Media.Export;

/// <param name="Time">When it is shown on the recording's timeline.</param>
internal sealed record RecordedPicture(byte[] Jpeg, TimeSpan Time)
{
    /// <summary>Decodes from the beginning of a plan up to a time. Blocks its thread.</summary>
    /// <param name="plan">Begins at the key frame before the time; its first part reaches the time.</param>
    /// <returns>Null without video, or when no frame can be decoded.</returns>
    public static RecordedPicture? Take(
        ExportPlan plan, TimeSpan at, int? width, IMediaCodecs codecs, CancellationToken cancellationToken)
    {
        var part = plan.Parts[0];
        using var input = new ExportInput(part);
        if (input.Streams.FirstOrDefault(stream => stream.Parameters.Kind == MediaKind.Video) is not { } video)
            return null;

        // Containers and URLs round times to milliseconds.
        var tolerance = TimeSpan.FromMilliseconds(1);
        var until = video.TimeBase.FromTimeSpan(at - plan.From - part.Shift + tolerance);
        var begin = video.TimeBase.FromTimeSpan(-part.Shift - tolerance);
        using var taker = codecs.OpenPicture(video.Parameters, video.TimeBase, until);
        var hasBegun = !plan.CutsBegin;
        while (!taker.IsDone && input.Read(Add))
            cancellationToken.ThrowIfCancellationRequested();

        return taker.Take(width) is { } jpeg && taker.Time is { } time
            ? new RecordedPicture(jpeg, video.TimeBase.ToTimeSpan(time) + part.Shift + plan.From)
            : null;

        void Add(PacketBatch batch)
        {
            var packet = batch[0];
            var shown = packet.Pts == PacketInfo.NoTimestamp ? packet.Dts : packet.Pts;
            if (packet.Track == video.Index && (hasBegun |= packet.Key && shown >= begin))
                taker.Add(batch, 0, shown);
        }
    }
}
