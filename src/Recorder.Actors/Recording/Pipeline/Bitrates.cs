using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>Target bit rates of the encoders, in bits per second.</summary>
internal readonly record struct Bitrates(long Video, long Audio)
{
    private const int VideoShareInPercent = 95;

    public static Bitrates For(RecorderOptions options) =>
        options.BitsPerSecond is { } total
            ? new Bitrates(total * VideoShareInPercent / 100, total - (total * VideoShareInPercent / 100))
            : new Bitrates(
                options.VideoBitsPerSecond ?? RecorderOptions.DefaultVideoBitsPerSecond,
                options.AudioBitsPerSecond ?? RecorderOptions.DefaultAudioBitsPerSecond);

    /// <summary>The nearest bit rates that every encoder supports. The recorder reports the requested ones.</summary>
    public Bitrates ForEncoders() => new(Math.Clamp(Video, 10_000, 1_000_000_000), Math.Clamp(Audio, 6_000, 256_000));

    /// <summary>The bit rates for the kinds of tracks recorded. A total target belongs to the only kind, and the other kind reads 0.</summary>
    public static Bitrates For(RecorderOptions options, bool hasVideo, bool hasAudio)
    {
        var both = For(options);
        return (hasVideo, hasAudio, options.BitsPerSecond) switch
        {
            (true, false, { } total) => new Bitrates(total, 0),
            (false, true, { } total) => new Bitrates(0, total),
            _ => both,
        };
    }

    // The specification: a mode that is not supported reads as variable.
    public static BitrateMode ModeOf(RecorderOptions options) =>
        options.AudioBitrateMode == BitrateMode.Constant ? BitrateMode.Constant : BitrateMode.Variable;
}
