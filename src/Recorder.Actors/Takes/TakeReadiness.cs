using System.Globalization;
using Recorder.Contracts;
using Recorder.Actors.Registry;

namespace Recorder.Actors.Takes;

/// <summary>Decides whether the recorders of a take can begin, and since when.</summary>
internal static class TakeReadiness
{
    /// <summary>Returns an angle with what its recorder answered to <see cref="RecorderProtocol.Arm"/>.</summary>
    /// <param name="answer">Null when it did not answer in time.</param>
    public static TakeAngle Judge(TakeAngle angle, TakeId take, object? answer) => answer switch
    {
        RecorderProtocol.Armed armed => Judge(angle, take, armed),
        RegistryProtocol.NotDefined => NotReady(angle, TakeObstacle.NotDefined, $"There is no recorder '{angle.Recorder}'."),
        RecorderProtocol.Refused refused => NotReady(angle, TakeObstacle.Refused, refused.Error.Message),
        RegistryProtocol.Moved => NotReady(angle, TakeObstacle.Unreachable, $"Recorder {angle.Recorder} is changing its node."),
        _ => NotReady(angle, TakeObstacle.Unreachable, $"Recorder {angle.Recorder} has not answered."),
    };

    /// <summary>Returns the angles with the time that their node's volume has room for, with all of the take's recorders there.</summary>
    /// <param name="rates">What recorders answered whose bytes per second are known.</param>
    /// <param name="freeBytes">Free on the volume of the take's own node; null when it could not be read.</param>
    public static IReadOnlyList<TakeAngle> WithTimeLeft(
        IReadOnlyList<TakeAngle> angles, IReadOnlyDictionary<RecorderId, RecorderProtocol.Armed> rates, long? freeBytes, TimeSpan least)
    {
        var rooms = rates.Values.GroupBy(armed => armed.Node ?? "").ToDictionary(
            node => node.Key, node => (Free: node.Key.Length == 0 ? freeBytes : node.Min(armed => armed.FreeBytes), Rate: node.Sum(armed => armed.BytesPerSecond)));
        return [.. angles.Select(angle => rates.GetValueOrDefault(angle.Recorder) is { } armed && rooms[armed.Node ?? ""] is ({ } free, > 0 and var rate)
            ? WithTimeLeft(angle, TimeSpan.FromSeconds(Math.Min((double)free / rate, TimeSpan.FromDays(3650).TotalSeconds)), least)
            : angle)];
    }

    private static TakeAngle WithTimeLeft(TakeAngle angle, TimeSpan left, TimeSpan least) =>
        left >= least || angle.State != AngleState.Ready
            ? angle with { TimeLeft = left }
            : NotReady(angle with { TimeLeft = left }, TakeObstacle.DiskShort, Text(
                $"The volume has room for {left.TotalMinutes:0.#} min of the take, and {least.TotalMinutes:0.#} min are asked for; free space, or ask for less."));

    /// <summary>Decides whether a take can begin at a moment.</summary>
    /// <param name="at">The moment; null for now.</param>
    /// <returns>A sentence that says why not; null when it can.</returns>
    public static string? FindObstacle(Take take, DateTimeOffset? at)
    {
        var ready = take.Angles.Where(angle => angle.State == AngleState.Ready).ToList();
        if (ready.Count == 0 || (take.IsStrict && ready.Count < take.Angles.Count))
        {
            var waiting = take.Angles.Where(angle => angle.State != AngleState.Ready).Take(5).Select(angle => angle.Detail);
            return $"{(ready.Count == 0 ? "No recorder of the take is ready" : "The take is strict, and not all of its recorders are ready")}: {string.Join(" ", waiting)}";
        }

        var late = at is { } moment ? ready.Where(angle => angle.ReadyFrom > moment).ToList() : [];
        return late.Count > 0 && (take.IsStrict || late.Count == ready.Count)
            ? Text($"{Names(late)} kept nothing of {at:O}; the earliest moment of all is {ready.Max(angle => angle.ReadyFrom):O}.")
            : null;
    }

    private static TakeAngle Judge(TakeAngle angle, TakeId take, RecorderProtocol.Armed armed) =>
        armed.State != RecorderState.Inactive ? NotReady(angle, TakeObstacle.Busy, $"Recorder {angle.Recorder} is {armed.State.ToString().ToLowerInvariant()} already.")
        : armed.Take is { } other && other != take ? NotReady(angle, TakeObstacle.Busy, $"Recorder {angle.Recorder} belongs to take {other}.")
        : !armed.IsLive ? NotReady(angle, TakeObstacle.ClockUnknown, $"The source of recorder {angle.Recorder} is not live: no moment of it can be found.")
        : armed.Source is SourceStatus.Lost or SourceStatus.Ended ? NotReady(angle, TakeObstacle.SourceLost, $"The source of recorder {angle.Recorder} is {armed.Source.ToString().ToLowerInvariant()}.")
        : armed.OldestKeyFrame is not { } oldest ? NotReady(angle, TakeObstacle.NoKeyFrame, $"Recorder {angle.Recorder} has not received a key frame yet.")
        : angle with
        {
            State = AngleState.Ready,
            Obstacle = TakeObstacle.None,
            Detail = armed.Clock == CaptureClock.Sender ? "" : $"Camera {angle.Camera} states no time: its frames count from their arrival.",
            ReadyFrom = oldest,
        };

    private static TakeAngle NotReady(TakeAngle angle, TakeObstacle obstacle, string detail) =>
        angle with { State = AngleState.NotReady, Obstacle = obstacle, Detail = detail, ReadyFrom = null };

    private static string Names(List<TakeAngle> angles) =>
        (angles.Count == 1 ? "Recorder " : "Recorders ") + string.Join(", ", angles.Select(angle => angle.Recorder));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
