using System.Globalization;
using Recorder.Actors.Capture;
using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>Checks whether start() must be refused at once (W3C MediaStream Recording 2.5, start, steps 2 to 8).</summary>
internal static class StartCheck
{
    /// <summary>Finds the reason to refuse a start.</summary>
    /// <returns>The reason; null when nothing known of the source prevents the recording.</returns>
    public static MediaError? Find(RecorderProtocol.Start start, RecorderOptions options, SourceUri source, CaptureProtocol.Described known)
    {
        if (known.Refusal is { } refusal)
            return refusal;

        var unsupported = OptionsCheck.Find(start) ?? FindConflict(options) ?? FindPreRoll(start, options, source) ?? FindMoment(start, source)
            ?? (known.Ended ? $"{source} has ended; record another source." : null);
        return unsupported is not null ? new MediaError(ErrorName.NotSupportedError, unsupported)
            : known.Tracks is { } tracks ? TrackPlan.For(options.MimeType, tracks).Error
            : null;
    }

    private static string? FindConflict(RecorderOptions options) =>
        options is { VideoKeyFrameIntervalCount: not null, VideoKeyFrameIntervalDuration: not null }
            ? "VideoKeyFrameIntervalCount and VideoKeyFrameIntervalDuration cannot be combined; give one of the two."
            : null;

    private static string? FindMoment(RecorderProtocol.Start start, SourceUri source) =>
        start.At is null || source.IsLive ? null : $"{source} is not live: no moment of it can be found; start without At.";

    private static string? FindPreRoll(RecorderProtocol.Start start, RecorderOptions options, SourceUri source) =>
        start.PreRoll is not { } preRoll ? null
            : !source.IsLive ? $"{source} is not live and has no pre-roll; start without PreRoll."
            : preRoll <= (options.PreRoll ?? TimeSpan.Zero) ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"PreRoll is {preRoll.TotalSeconds:0.###} s, and the recorder keeps {options.PreRoll?.TotalSeconds ?? 0:0.###} s of pre-roll; ") +
                "give a shorter PreRoll, or increase the recorder's option PreRoll.";
}
