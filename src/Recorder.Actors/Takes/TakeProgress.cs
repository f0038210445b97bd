using Recorder.Actors.Registry;
using Recorder.Contracts;

namespace Recorder.Actors.Takes;

/// <summary>What a running take knows of its recorders: which record, with which recordings, and how far apart they are.</summary>
internal static class TakeProgress
{
    // A sender's clock and the recorder's rounding; what a camera's own clock is wrong by is not known.
    private static readonly TimeSpan SenderUncertainty = TimeSpan.FromMilliseconds(5);

    // Media is read ten times a second, and a camera's encoder and the network take their time.
    private static readonly TimeSpan ArrivalUncertainty = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LargestCorrection = TimeSpan.FromSeconds(1);

    /// <summary>Whether a recorder records for the take or did; one that was busy with something else has nothing to do with it.</summary>
    public static bool HasBegun(TakeAngle angle) =>
        angle.State is AngleState.Recording or AngleState.Paused or AngleState.Starting || angle.Recordings.Count > 0;

    /// <summary>Returns the angles of a take after its recorders were told to begin.</summary>
    public static IReadOnlyList<TakeAngle> Begun(Take take, IReadOnlyDictionary<RecorderId, object> answers) =>
    [
        .. take.Angles.Select(angle => answers.TryGetValue(angle.Recorder, out var answer) || angle.State == AngleState.Ready
            ? Started(angle, answer, isLate: angle.ReadyFrom > take.At)
            : angle with { State = AngleState.Missing }),
    ];

    /// <summary>Returns the angles of a take after its recorders were told to stop.</summary>
    public static IReadOnlyList<TakeAngle> Stopped(Take take, IReadOnlyDictionary<RecorderId, object> answers) =>
    [
        .. take.Angles.Select(angle => answers.TryGetValue(angle.Recorder, out var answer) ? Stopped(angle, answer)
            : HasBegun(angle) ? angle
            : angle with { State = AngleState.Stopped }),
    ];

    /// <summary>Returns the angles with the answers to their start.</summary>
    public static TakeAngle Started(TakeAngle angle, object? answer, bool isLate) => answer switch
    {
        RecorderProtocol.Accepted { Recording: { } recording } => Add(angle, recording) with { State = AngleState.Recording, Obstacle = TakeObstacle.None, IsLate = isLate },
        RecorderProtocol.Refused refused => Missing(angle, TakeObstacle.Busy, refused.Error.Message),
        RegistryProtocol.NotDefined => Missing(angle, TakeObstacle.NotDefined, $"There is no recorder '{angle.Recorder}' any more."),
        // It may have begun all the same: the next look tells.
        _ => angle with { State = AngleState.Starting, Detail = $"Recorder {angle.Recorder} has not answered yet." },
    };

    /// <summary>Returns an angle with its recorder's status.</summary>
    public static TakeAngle Look(Take take, TakeAngle angle, object? answer)
    {
        if (answer is RegistryProtocol.NotDefined)
            return angle.State == AngleState.Stopped ? angle : Missing(angle, TakeObstacle.NotDefined, $"Recorder {angle.Recorder} was deleted.");

        if (answer is not RecorderProtocol.Status status)
            return angle with { Detail = $"Recorder {angle.Recorder} does not answer." };

        if (status.State == RecorderState.Inactive || status.Recording is not { } recording || !IsOf(take, angle, status))
        {
            return angle.State is AngleState.Recording or AngleState.Paused or AngleState.Starting
                ? Missing(angle, TakeObstacle.None, $"Recorder {angle.Recorder} has stopped.")
                : angle;
        }

        var known = Add(angle, recording) with
        {
            State = status.State == RecorderState.Paused ? AngleState.Paused : AngleState.Recording,
            Obstacle = TakeObstacle.None,
            Detail = status.Source is SourceStatus.Lost or SourceStatus.Connecting ? $"Camera {angle.Camera} is not connected." : "",
        };
        if (known.Recordings.Count > 1 && known.Detail.Length == 0)
            known = known with { Detail = $"Recorder {angle.Recorder} failed and goes on in another recording." };

        return status.Times is { } times && known.Recordings[0] == recording ? Measured(take, known, times) : known;
    }

    /// <summary>Returns an angle with the answer to a command.</summary>
    public static TakeAngle Commanded(TakeAngle angle, object? answer) => answer switch
    {
        RecorderProtocol.Accepted { State: RecorderState.Paused } => angle with { State = AngleState.Paused },
        RecorderProtocol.Accepted { State: RecorderState.Recording } => angle with { State = AngleState.Recording },
        _ => angle,
    };

    /// <summary>Returns an angle with the answer to its stop.</summary>
    public static TakeAngle Stopped(TakeAngle angle, object? answer) => answer switch
    {
        RecorderProtocol.Accepted => angle with { State = AngleState.Stopped, Obstacle = TakeObstacle.None, Detail = "" },
        RecorderProtocol.Refused refused => angle with { Detail = refused.Error.Message },
        RegistryProtocol.NotDefined => Missing(angle, TakeObstacle.NotDefined, $"Recorder {angle.Recorder} was deleted."),
        _ => angle with { Detail = $"Recorder {angle.Recorder} has not answered: stop it when it does." },
    };

    private static TakeAngle Measured(Take take, TakeAngle angle, CaptureTimes times)
    {
        // A recording that a restarted process goes on with began where it began. A camera that states its clock only later moves the beginning by less.
        if (angle.Times is { } before && times.First - before.First > LargestCorrection)
            times = times with { First = before.First };

        var offset = take.At is { } at ? times.First - at : (TimeSpan?)null;
        return angle with
        {
            Times = times.Jump is null ? times with { Jump = angle.Times?.Jump } : times,
            Offset = offset,
            OffsetFrames = offset is { } far && TimeCodeRate.TryParse(take.Rate, out var rate)
                ? Math.Round(far.TotalSeconds * rate.Numerator / rate.Denominator, 2)
                : null,
            Uncertainty = times.Clock == CaptureClock.Sender ? SenderUncertainty : ArrivalUncertainty,
            IsLate = offset > TimeSpan.Zero,
        };
    }

    // A recorder that a restarted process began again does not know the take any more.
    private static bool IsOf(Take take, TakeAngle angle, RecorderProtocol.Status status) =>
        status.Take == take.Id
        || (status.Take is null && (angle.Recordings.Contains(status.Recording!.Value)
            || (angle.State is AngleState.Starting or AngleState.Missing && status.Recording.Value.StartedAt is { } began && began >= take.CommittedAt)));

    private static TakeAngle Add(TakeAngle angle, RecordingId recording) =>
        angle.Recordings.Contains(recording) ? angle : angle with { Recordings = [.. angle.Recordings, recording] };

    private static TakeAngle Missing(TakeAngle angle, TakeObstacle obstacle, string detail) =>
        angle with { State = AngleState.Missing, Obstacle = obstacle, Detail = detail };
}
