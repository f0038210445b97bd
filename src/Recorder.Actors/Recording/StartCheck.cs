using System.Globalization;
using Recorder.Actors.Capture;
using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>What start() refuses at once (W3C MediaStream Recording 2.5, start, steps 2 to 8), from what is known of the source.</summary>
internal static class StartCheck
{
    /// <summary>The reason to refuse; null when the recording may begin, as far as is known.</summary>
    public static MediaError? Find(RecorderProtocol.Start start, RecorderOptions options, SourceUri source, CaptureProtocol.Described known)
    {
        if (known.Refusal is { } refusal)
        {
            return refusal;
        }

        if (OptionsCheck.Find(start) is { } wrong)
        {
            return new MediaError(ErrorName.NotSupportedError, wrong);
        }

        if (options is { VideoKeyFrameIntervalCount: not null, VideoKeyFrameIntervalDuration: not null })
        {
            return new MediaError(
                ErrorName.NotSupportedError, "Key frames cannot be asked for by count and by duration at once; give one of the two.");
        }

        if (start.PreRoll is { } ago)
        {
            if (!source.IsLive)
            {
                return new MediaError(ErrorName.NotSupportedError, $"{source} is not live: it has no past; start without PreRoll.");
            }

            if (ago > (options.PreRoll ?? TimeSpan.Zero))
            {
                return new MediaError(ErrorName.NotSupportedError, string.Create(
                    CultureInfo.InvariantCulture,
                    $"PreRoll is {ago.TotalSeconds:0.###} s, and the recorder holds {options.PreRoll?.TotalSeconds ?? 0:0.###} s of the past; ") +
                    "ask for less, or give the recorder more with its option PreRoll.");
            }
        }

        if (known.Ended)
        {
            return new MediaError(ErrorName.NotSupportedError, $"{source} has ended; nothing can be recorded of it any more.");
        }

        return known.Tracks is { } tracks ? TrackPlan.For(options.MimeType, tracks).Error : null;
    }
}
