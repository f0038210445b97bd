using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Media.Export;

/// <param name="Time">When it is shown on the recording's timeline.</param>
internal sealed record RecordedPicture(byte[] Jpeg, TimeSpan Time)
{
    // Containers and URLs round times to milliseconds.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(1);

    /// <summary>Decodes from the beginning of a plan up to a time. Blocks its thread.</summary>
    /// <param name="plan">Begins at the key frame before the time; its first part reaches the time.</param>
    /// <returns>Null without video, or when no frame can be decoded.</returns>
    public static RecordedPicture? Take(
        ExportPlan plan, TimeSpan at, int? width, IMediaCodecs codecs, CancellationToken cancellationToken)
    {
        var hasBegun = !plan.CutsBegin;
        return Take(plan, at, width, codecs, (key, isBefore) => (hasBegun |= key && !isBefore) ? Step.Decode : Step.Skip, cancellationToken);
    }

    /// <summary>Decodes the last key frame at or before a time, and no other frame if there is one. Blocks its thread.</summary>
    /// <param name="plan">Begins at a key frame before the time; its first part reaches the time.</param>
    /// <param name="onlyFirst">Whether that is known to be the first key frame, so that nothing behind it is read.</param>
    /// <returns>Null without video, or when the frame cannot be decoded.</returns>
    public static RecordedPicture? TakeKeyFrame(
        ExportPlan plan, TimeSpan at, bool onlyFirst, int? width, IMediaCodecs codecs, CancellationToken cancellationToken) =>
        Take(
            plan, at, width, codecs,
            (key, isBefore) => !key || (isBefore && plan.CutsBegin) ? Step.Skip : onlyFirst ? Step.DecodeAndEnd : Step.Decode, cancellationToken);

    private static RecordedPicture? Take(
        ExportPlan plan, TimeSpan at, int? width, IMediaCodecs codecs, Func<bool, bool, Step> decide, CancellationToken cancellationToken)
    {
        var part = plan.Parts[0];
        using var input = new ExportInput(part);
        if (input.Streams.FirstOrDefault(stream => stream.Parameters.Kind == MediaKind.Video) is not { } video)
            return null;

        var until = video.TimeBase.FromTimeSpan(at - plan.From - part.Shift + Tolerance);
        var begin = video.TimeBase.FromTimeSpan(-part.Shift - Tolerance);
        using var taker = codecs.OpenPicture(video.Parameters, video.TimeBase, until);
        var hasEnded = false;
        while (!hasEnded && !taker.IsDone && input.Read(Add))
            cancellationToken.ThrowIfCancellationRequested();

        return taker.Take(width) is { } jpeg && taker.Time is { } time
            ? new RecordedPicture(jpeg, video.TimeBase.ToTimeSpan(time) + part.Shift + plan.From)
            : null;

        void Add(PacketBatch batch)
        {
            var packet = batch[0];
            if (packet.Track != video.Index)
                return;

            var shown = packet.Pts == PacketInfo.NoTimestamp ? packet.Dts : packet.Pts;
            var step = decide(packet.Key, shown < begin);
            if (step != Step.Skip)
                taker.Add(batch, 0, shown);

            // What is decoded later is shown later than this.
            hasEnded = step == Step.DecodeAndEnd || packet.Dts > until;
        }
    }

    /// <summary>What becomes of a packet.</summary>
    private enum Step
    {
        Skip,
        Decode,
        DecodeAndEnd,
    }
}
