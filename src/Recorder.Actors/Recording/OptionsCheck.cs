using System.Globalization;
using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>
/// What a recorder cannot be made with, found before anything is made. What the specification clamps is let through: a bit rate too low
/// for the codec (<see cref="Bitrates.ForEncoders"/>), a timeslice below the minimum.
/// </summary>
internal static class OptionsCheck
{
    // The specification's unsigned long.
    private const long HighestBitrate = uint.MaxValue;

    // Eight segments of 32 KiB: less would leave out media at every write.
    private const long LeastMemory = 256 << 10;

    // What a timer can wait for.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(24);

    /// <summary>Which option has which value, and what is allowed; null when all is well.</summary>
    public static string? Find(RecordersProtocol.Create create) =>
        string.IsNullOrWhiteSpace(create.Source) ? "No source was given; name one, for example test: or rtsp://camera/stream."
            : create.Options is not { } options ? "No options were given; give the defaults to change nothing."
            : create.Target is not { } target ? "No target was given; name a folder or a file."
            : Find(options) ?? Find(target, options);

    /// <summary>The same for the command that begins a recording.</summary>
    public static string? Find(RecorderProtocol.Start start) =>
        Range(nameof(start.Timeslice), start.Timeslice, TimeSpan.Zero, TimeSpan.MaxValue) ?? Positive(nameof(start.Duration), start.Duration)
        ?? Range(nameof(start.PreRoll), start.PreRoll, TimeSpan.Zero, LongestWait);

    private static string? Find(RecorderOptions options) =>
        (options.MimeType is null ? "MimeType is null; leave it empty to keep the source's own codecs." : null)
        ?? Range(nameof(options.AudioBitsPerSecond), options.AudioBitsPerSecond, 0, HighestBitrate)
        ?? Range(nameof(options.VideoBitsPerSecond), options.VideoBitsPerSecond, 0, HighestBitrate)
        ?? Range(nameof(options.BitsPerSecond), options.BitsPerSecond, 0, HighestBitrate)
        ?? Defined(nameof(options.AudioBitrateMode), options.AudioBitrateMode)
        ?? Defined(nameof(options.SignalLoss), options.SignalLoss)
        ?? Range(nameof(options.VideoKeyFrameIntervalCount), options.VideoKeyFrameIntervalCount, 1, int.MaxValue)
        ?? Positive(nameof(options.VideoKeyFrameIntervalDuration), options.VideoKeyFrameIntervalDuration)
        ?? Positive(nameof(options.MinimumTimeslice), options.MinimumTimeslice)
        ?? Range(nameof(options.OpenTimeout), options.OpenTimeout, TimeSpan.FromMilliseconds(1), LongestWait)
        ?? Range(nameof(options.LossTimeout), options.LossTimeout, TimeSpan.FromMilliseconds(1), LongestWait)
        ?? Positive(nameof(options.FragmentDuration), options.FragmentDuration)
        ?? Positive(nameof(options.ExtentDuration), options.ExtentDuration)
        ?? Range(nameof(options.ExtentBytes), options.ExtentBytes, 1, long.MaxValue)
        ?? Range(nameof(options.MemoryLimit), options.MemoryLimit, LeastMemory, long.MaxValue)
        ?? Defined(nameof(options.Durability), options.Durability)
        ?? Range(nameof(options.PreRoll), options.PreRoll, TimeSpan.FromMilliseconds(1), LongestWait)
        ?? Range(nameof(options.PreRollBytes), options.PreRollBytes, LeastMemory, long.MaxValue);

    private static string? Find(RecordingTarget target, RecorderOptions options) =>
        (target.Folder, target.File) switch
        {
            (null or "", null or "") => "The target names neither a folder nor a file; name one of the two.",
            (_, "") => "The target's file is empty; name one, or leave it out to record into the folder.",
            var (folder, file) when folder?.Contains('\0') == true || file?.Contains('\0') == true =>
                "The target's path has a null character in it; leave it out.",
            (_, { } file) when Path.EndsInDirectorySeparator(file) => $"The target '{file}' is a folder; give it as one, or name a file.",
            (_, not null) when options is { ExtentDuration: not null } or { ExtentBytes: not null } =>
                "One file cannot be rolled into extents; record into a folder or leave the extent options out.",
            _ => null,
        };

    private static string? Positive(string option, TimeSpan? value) =>
        value <= TimeSpan.Zero ? Text(option, value, "more than 0") : null;

    private static string? Defined<T>(string option, T value)
        where T : struct, Enum =>
        Enum.IsDefined(value) ? null : Text(option, value, string.Join(" or ", Enum.GetNames<T>().Skip(1)));

    private static string? Range<T>(string option, T? value, T least, T most)
        where T : struct, IComparable<T> =>
        value is not { } given || (given.CompareTo(least) >= 0 && given.CompareTo(most) <= 0) ? null
            : Text(option, value, $"from {Invariant(least)} to {Invariant(most)}");

    private static string Text(string option, object? value, string allowed) =>
        $"{option} is {Invariant(value)}; allowed is {allowed}.";

    private static string Invariant(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
