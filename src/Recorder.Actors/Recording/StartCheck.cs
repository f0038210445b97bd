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
        {
            return refusal;
        }

        if (OptionsCheck.Find(start) is { } invalid)
        {
            return new MediaError(ErrorName.NotSupportedError, invalid);
        }

        if (options is { VideoKeyFrameIntervalCount: not null, VideoKeyFrameIntervalDuration: not null })
        {
            return new MediaError(
                ErrorName.NotSupportedError, "VideoKeyFrameIntervalCount and VideoKeyFrameIntervalDuration cannot be combined; give one of the two.");
        }

        if (start.PreRoll is { } preRoll)
        {
            if (!source.IsLive)
            {
                return new MediaError(ErrorName.NotSupportedError, $"{source} is not live and has no pre-roll; start without PreRoll.");
            }

            if (preRoll > (options.PreRoll ?? TimeSpan.Zero))
            {
                return new MediaError(ErrorName.NotSupportedError, string.Create(
                    CultureInfo.InvariantCulture,
                    $"PreRoll is {preRoll.TotalSeconds:0.###} s, and the recorder keeps {options.PreRoll?.TotalSeconds ?? 0:0.###} s of pre-roll; ") +
                    "give a shorter PreRoll, or increase the recorder's option PreRoll.");
            }
        }

        if (known.Ended)
        {
            return new MediaError(ErrorName.NotSupportedError, $"{source} has ended; record another source.");
        }

        return known.Tracks is { } tracks ? TrackPlan.For(options.MimeType, tracks).Error : null;
    }
}
