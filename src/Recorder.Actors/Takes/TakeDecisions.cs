using Recorder.Contracts;
using static Recorder.Contracts.TakeProtocol;

namespace Recorder.Actors.Takes;

/// <summary>What becomes of a take by a request: the take to store, or a refusal.</summary>
internal readonly record struct TakeDecision(Take? Next, TakeProtocol.Refused? Refused);

/// <summary>Decides requests that change a take.</summary>
internal static class TakeDecisions
{
    private const int MostMarks = 10_000;
    private const int MostChanges = 1_000;
    private static readonly TimeSpan FurthestMoment = TimeSpan.FromHours(1);

    public static TakeDecision Begin(Take take, Start start, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (start.At > now + FurthestMoment)
            return Refuse($"{start.At:O} is more than an hour from now; start the take later.");

        if (TakeReadiness.FindObstacle(take, start.At < now ? start.At : null) is { } obstacle)
            return Refuse(obstacle);

        var at = start.At ?? now;
        _ = TimeCodeRate.TryParse(take.Rate, out var rate);
        var timeCode = TimeCode.OfTimeOfDay(TimeZoneInfo.ConvertTime(at, zone).TimeOfDay, rate, take.IsDropFrame);
        return Decide(take with { State = TakeState.Committed, At = at, CommittedAt = now, TimeCode = timeCode.ToString() });
    }

    public static TakeDecision AddMark(Take take, Mark mark, DateTimeOffset now) =>
        take.Marks.Count >= MostMarks
            ? Refuse($"Take {take.Id} has {MostMarks} marks, which is the most.")
            : Decide(take with { Marks = [.. take.Marks, new TakeMark(mark.At ?? now, mark.Name, mark.Colour, mark.Note)] });

    /// <param name="number">The number in another scene; null when the scene stays.</param>
    public static TakeDecision Alter(Take take, Change change, int? number, DateTimeOffset now)
    {
        var (slate, changes) = SlateChanges.Apply(take.Slate, change, number, now);
        IReadOnlyList<TakeAngle> named = [];
        return (SlateCheck.Find(slate) ?? SlateNames.Name(slate, take.Angles, out named)) is { } wrong
            ? new TakeDecision(null, TakeRefusal.NotSupported(wrong))
            : Decide(take with { Slate = slate, Angles = named, History = [.. take.History.Concat(changes).TakeLast(MostChanges)] });
    }

    private static TakeDecision Decide(Take next) => new(next, null);

    private static TakeDecision Refuse(string message) => new(null, TakeRefusal.State(message));
}
