using Recorder.Actors.Capture;
using Recorder.Contracts;

namespace Recorder.Actors.Facade;

/// <summary>
/// What is no valid argument of a new recorder, whatever can be recorded: WebIDL's TypeError, here ArgumentException.
/// </summary>
internal static class CreateCheck
{
    public static SourceUri Source(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return SourceUri.TryParse(source, out var uri, out var error) ? uri : throw new ArgumentException(error, nameof(source));
    }

    public static RecorderId Name(string name) =>
        RecorderId.TryParse(name, out var id)
            ? id
            : throw new ArgumentException(
                $"'{name}' is no recorder's name: use 1 to 64 of A-Z a-z 0-9 . _ - and do not start with a dot.", nameof(name));

    public static RecordingTarget Target(RecordingTarget target) =>
        string.IsNullOrWhiteSpace(target.Folder) != string.IsNullOrWhiteSpace(target.File)
            ? target
            : throw new ArgumentException("A target is a folder or a file: give one of the two.", nameof(target));

    public static RecorderOptions Options(RecorderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options.MimeType, nameof(options));
        RequireDefined(nameof(options.AudioBitrateMode), options.AudioBitrateMode);
        RequireDefined(nameof(options.SignalLoss), options.SignalLoss);
        RequirePositive(nameof(options.AudioBitsPerSecond), options.AudioBitsPerSecond, orZero: true);
        RequirePositive(nameof(options.VideoBitsPerSecond), options.VideoBitsPerSecond, orZero: true);
        RequirePositive(nameof(options.BitsPerSecond), options.BitsPerSecond, orZero: true);
        RequirePositive(nameof(options.VideoKeyFrameIntervalCount), options.VideoKeyFrameIntervalCount);
        RequirePositive(nameof(options.VideoKeyFrameIntervalDuration), options.VideoKeyFrameIntervalDuration?.Ticks);
        RequirePositive(nameof(options.MinimumTimeslice), options.MinimumTimeslice.Ticks);
        RequirePositive(nameof(options.OpenTimeout), options.OpenTimeout?.Ticks);
        RequirePositive(nameof(options.LossTimeout), options.LossTimeout?.Ticks);
        RequirePositive(nameof(options.FragmentDuration), options.FragmentDuration.Ticks);
        RequirePositive(nameof(options.ExtentDuration), options.ExtentDuration?.Ticks);
        RequirePositive(nameof(options.ExtentBytes), options.ExtentBytes);
        RequirePositive(nameof(options.MemoryLimit), options.MemoryLimit);
        return options;
    }

    private static void RequireDefined<T>(string option, T value)
        where T : struct, Enum =>
        Require(Enum.IsDefined(value), option, value, $"a value of {typeof(T).Name}");

    private static void RequirePositive(string option, long? value, bool orZero = false) =>
        Require(value is null or > 0 || (orZero && value == 0), option, value, orZero ? "zero or more" : "more than zero");

    private static void Require(bool holds, string option, object? value, string remedy)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(option, value, $"{option} must be {remedy}.");
        }
    }
}
