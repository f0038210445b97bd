using System.Globalization;
using Recorder.Contracts;

namespace Recorder.Actors.Takes;

/// <summary>Names the angles of a take whose frames or clocks are not as those of the others.</summary>
internal static class TakeSkew
{
    // Networks and encoders delay frames by up to this much more or less than others.
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(250);

    // The first key frames were recorded later than they arrived: they come from the pre-roll buffer.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LeastForDrift = TimeSpan.FromSeconds(30);
    private const double UsualDrift = 50;

    /// <summary>Returns the angles, each of which that has nothing else to say with a sentence about what is unusual about its times.</summary>
    public static IReadOnlyList<TakeAngle> Describe(Take take, IReadOnlyList<TakeAngle> angles)
    {
        // Without a clock of the camera's there is no delay to know. No frame arrives before it is captured.
        var delays = angles.Where(angle => HasDelay(take, angle)).Select(angle => angle.Times!.Delay).Where(delay => delay >= -Usual).Order().ToList();
        var median = delays.Count > 0 ? delays[(delays.Count - 1) / 2] : TimeSpan.Zero;
        return [.. angles.Select(angle => angle.Detail.Length > 0 ? angle : angle with
        {
            Detail = string.Join(' ', new[] { HasDelay(take, angle) ? DelayOf(angle, median) : "", DriftOf(angle), JumpOf(angle) }.Where(sentence => sentence.Length > 0)),
        })];
    }

    private static bool HasDelay(Take take, TakeAngle angle) =>
        angle.Times is { Clock: CaptureClock.Sender } times && times.Last > times.First && times.Last >= take.CommittedAt + Settled;

    private static string DelayOf(TakeAngle angle, TimeSpan median)
    {
        var (delay, difference) = (angle.Times!.Delay, angle.Times.Delay - median);
        return delay < -Usual ? Text($"The clock of camera {angle.Camera} is {-difference.TotalMilliseconds:0} ms ahead of its node's: correct it.")
            : difference > Usual ? Text($"Frames of camera {angle.Camera} arrive {difference.TotalMilliseconds:0} ms later than those of the take's other cameras, or its clock is behind.")
            : difference < -Usual ? Text($"Frames of camera {angle.Camera} arrive {-difference.TotalMilliseconds:0} ms earlier than those of the take's other cameras, or its clock is ahead.")
            : "";
    }

    private static string DriftOf(TakeAngle angle)
    {
        if (angle.Times is not { } times || times.Last - times.First <= LeastForDrift)
            return "";

        var perMillion = times.Drift / (times.Last - times.First) * 1_000_000;
        return Math.Abs(perMillion) < UsualDrift ? ""
            : Text($"The frames of camera {angle.Camera} drift by {perMillion:+0;-0} ppm from its clock: {times.Drift.TotalMilliseconds:+0.#;-0.#} ms so far.");
    }

    private static string JumpOf(TakeAngle angle)
    {
        if (angle.Times is not { Jump: { } jump } times)
            return "";

        var (count, then) = (
            jump.Count > 1 ? Text($", the latest of {jump.Count} jumps") : "",
            times.Clock == CaptureClock.Sender ? "its frames follow it" : "its frames count from their arrival since");
        return Text($"The clock of camera {angle.Camera} jumped by {jump.By.TotalSeconds:+0.0;-0.0} s at {jump.At.UtcDateTime:HH:mm:ss} UTC{count}: {then}.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
