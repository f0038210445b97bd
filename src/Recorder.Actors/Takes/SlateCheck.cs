using System.Buffers;
using Recorder.Contracts;

namespace Recorder.Actors.Takes;

/// <summary>Finds what is wrong with a request to arm a take or to change its slate.</summary>
internal static class SlateCheck
{
    public const string ForbiddenText = "/ \\ : * ? \" < > |";

    private const int MostAngles = 256;
    private const int LongestProject = 200;
    private const int LongestName = 64;
    private const int LongestNotes = 4_000;
    private static readonly TimeSpan LongestTimeLeft = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestTimeslice = TimeSpan.FromHours(1);

    // What no file system takes in a name, or one that editors run on.
    public static SearchValues<char> Forbidden { get; } = SearchValues.Create("/\\:*?\"<>|");

    /// <returns>A sentence; null when nothing is wrong.</returns>
    public static string? Find(TakeProtocol.Arm arm) =>
        FindAngles(arm.Angles) ?? Find(arm.Slate) ?? FindRate(arm.Rate, arm.IsDropFrame)
            ?? (arm.TimeCodeRecorder is { } source && arm.Angles.All(angle => angle.Recorder != source) ? $"Recorder '{source}' has no part in the take, so its sound cannot give it time code; name one of its recorders." : null)
            ?? (arm.Timeslice <= TimeSpan.Zero || arm.Timeslice > LongestTimeslice ? "'timeslice' is more than 0 and up to an hour." : null)
            ?? (arm.LeastTimeLeft < TimeSpan.Zero || arm.LeastTimeLeft > LongestTimeLeft ? "'leastTimeLeft' is 0 to 30 days." : null);

    /// <summary>Finds two angles that an editor could not tell apart.</summary>
    public static string? FindTwins(IReadOnlyList<TakeAngle> angles) =>
        angles.GroupBy(angle => angle.Angle, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twins
            ? $"{string.Join(" and ", twins.Select(angle => angle.Recorder))} are both angle {twins.Key}; give each its own."
            : null;

    /// <returns>A sentence; null when nothing is wrong.</returns>
    public static string? Find(Slate slate) =>
        FindName("scene", slate.Scene, isRequired: true) ?? FindName("shot", slate.Shot) ?? FindName("project", slate.Project, LongestProject)
            ?? (slate.Notes.Length > LongestNotes ? $"'notes' has {slate.Notes.Length} characters; the most are {LongestNotes}." : null)
            ?? (Enum.IsDefined(slate.Rating) ? null : "'rating' is none, good, noGood or circled.");

    private static string? FindAngles(IReadOnlyList<TakeProtocol.AngleRequest> angles) =>
        angles.Count is 0 or > MostAngles ? $"A take has 1 to {MostAngles} recorders; {angles.Count} were given."
            : angles.GroupBy(angle => angle.Recorder).FirstOrDefault(group => group.Count() > 1) is { } twice
                ? $"Recorder '{twice.Key}' is given twice; name each once."
            : angles.Select(angle => FindName("camera", angle.Camera ?? "") ?? FindName("angle", angle.Angle ?? "") ?? FindName("reel", angle.Reel ?? ""))
                .FirstOrDefault(wrong => wrong is not null);

    private static string? FindRate(string text, bool isDropFrame) =>
        !TimeCodeRate.TryParse(text, out var rate) ? $"'{text}' is no rate of time code; it is one of {string.Join(", ", TimeCodeRate.All)}."
            : isDropFrame && !rate.CanDropFrames ? $"Drop-frame time code does not exist at {rate} frames per second, only at 29.97 and 59.94."
            : null;

    private static string? FindName(string member, string value, int longest = LongestName, bool isRequired = false) =>
        value.Length > longest || (isRequired && value.Length == 0)
            ? $"'{member}' has {(isRequired ? 1 : 0)} to {longest} characters; '{value}' has {value.Length}."
            : value.AsSpan().IndexOfAny(Forbidden) >= 0 || value.Any(char.IsControl)
                ? $"'{member}' is '{value}' and would become part of a file's name, which cannot contain {ForbiddenText}; leave them out."
            : value.Trim() != value ? $"'{member}' is '{value}': it must not begin or end with a space."
            : null;
}
