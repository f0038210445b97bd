using System.Globalization;
using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>
/// Checks the options of a recorder and of a start. Accepts values that the specification clamps: a bit rate too low for the codec
/// (<see cref="Bitrates.ForEncoders"/>) and a timeslice below the minimum.
/// </summary>
internal static class OptionsCheck
{
    // The maximum of the specification's type, unsigned long.
    private const long HighestBitrate = uint.MaxValue;

    // Eight segments of 32 KiB: with less, every write would leave out media.
    private const long MinimumMemory = 256 << 10;

    // A timer cannot wait longer.
    private static readonly TimeSpan MaximumWait = TimeSpan.FromDays(24);

    /// <summary>Finds the first invalid option of a start.</summary>
    /// <returns>A sentence that names the option, its value and the allowed values; null when all are valid.</returns>
    public static string? Find(RecorderProtocol.Start start) =>
        CheckRange(nameof(start.Timeslice), start.Timeslice, TimeSpan.Zero, TimeSpan.MaxValue) ?? CheckPositive(nameof(start.Duration), start.Duration)
        ?? CheckRange(nameof(start.PreRoll), start.PreRoll, TimeSpan.Zero, MaximumWait);

    public static string? Find(RecorderOptions options) =>
        (options.MimeType is null ? "MimeType is null; give an empty string to keep the source's codecs." : null)
        ?? CheckRange(nameof(options.AudioBitsPerSecond), options.AudioBitsPerSecond, 0, HighestBitrate)
        ?? CheckRange(nameof(options.VideoBitsPerSecond), options.VideoBitsPerSecond, 0, HighestBitrate)
        ?? CheckRange(nameof(options.BitsPerSecond), options.BitsPerSecond, 0, HighestBitrate)
        ?? CheckDefined(nameof(options.AudioBitrateMode), options.AudioBitrateMode)
        ?? CheckDefined(nameof(options.SignalLoss), options.SignalLoss)
        ?? CheckRange(nameof(options.VideoKeyFrameIntervalCount), options.VideoKeyFrameIntervalCount, 1, int.MaxValue)
        ?? CheckPositive(nameof(options.VideoKeyFrameIntervalDuration), options.VideoKeyFrameIntervalDuration)
        ?? CheckPositive(nameof(options.MinimumTimeslice), options.MinimumTimeslice)
        ?? CheckRange(nameof(options.OpenTimeout), options.OpenTimeout, TimeSpan.FromMilliseconds(1), MaximumWait)
        ?? CheckRange(nameof(options.LossTimeout), options.LossTimeout, TimeSpan.FromMilliseconds(1), MaximumWait)
        ?? CheckPositive(nameof(options.FragmentDuration), options.FragmentDuration)
        ?? CheckPositive(nameof(options.ExtentDuration), options.ExtentDuration)
        ?? CheckRange(nameof(options.ExtentBytes), options.ExtentBytes, 1, long.MaxValue)
        ?? CheckRange(nameof(options.MemoryLimit), options.MemoryLimit, MinimumMemory, long.MaxValue)
        ?? CheckDefined(nameof(options.Durability), options.Durability)
        ?? CheckRange(nameof(options.PreRoll), options.PreRoll, TimeSpan.FromMilliseconds(1), MaximumWait)
        ?? CheckRange(nameof(options.PreRollBytes), options.PreRollBytes, MinimumMemory, long.MaxValue);

    private static string? CheckPositive(string option, TimeSpan? value) =>
        value <= TimeSpan.Zero ? Text(option, value, "more than 0") : null;

    private static string? CheckDefined<T>(string option, T value)
        where T : struct, Enum =>
        Enum.IsDefined(value) ? null : Text(option, value, string.Join(" or ", Enum.GetNames<T>().Skip(1)));

    private static string? CheckRange<T>(string option, T? value, T minimum, T maximum)
        where T : struct, IComparable<T> =>
        value is not { } given || (given.CompareTo(minimum) >= 0 && given.CompareTo(maximum) <= 0) ? null
            : Text(option, value, $"from {Invariant(minimum)} to {Invariant(maximum)}");

    private static string Text(string option, object? value, string allowed) =>
        $"{option} is {Invariant(value)}; allowed is {allowed}.";

    private static string Invariant(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
