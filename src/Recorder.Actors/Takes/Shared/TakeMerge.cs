using Recorder.Contracts;

namespace Recorder.Actors.Takes;

/// <summary>Merges two copies of a take that two nodes changed while they could not reach each other: nothing that a user did or a recorder recorded is lost.</summary>
internal static class TakeMerge
{
    /// <summary>Merges what another copy has into the newer one.</summary>
    /// <returns>The take, and whether the other copy had anything that the newer one had not.</returns>
    public static (Take Merged, bool HasMore) Merge(Take newer, Take other)
    {
        List<TakeMark> marks = [.. newer.Marks.Union(other.Marks)];
        List<SlateChange> history = [.. newer.History.Union(other.History)];
        List<TakeAngle> angles = [.. newer.Angles.Select(angle => WithRecordingsOf(other, angle))];
        // A take that was begun goes before one that was only armed, and one that records before one that has ended: recording more than asked for is harmless.
        var begins = newer.At is null && newer.IsOpen && other.At is not null;
        // Only one of the two sides may have reached the recorder whose sound has the time code.
        var isSynced = other.At is not null && (begins || other.At == newer.At) && other.TimeCodeSource == TimeCodeSource.Ltc && newer.TimeCodeSource != TimeCodeSource.Ltc;
        var hasMore = begins || isSynced || marks.Count > newer.Marks.Count || history.Count > newer.History.Count
            || angles.Sum(angle => angle.Recordings.Count) > newer.Angles.Sum(angle => angle.Recordings.Count);
        if (!hasMore)
            return (newer, false);

        var merged = newer with { Marks = marks, History = [.. history.OrderBy(change => change.At)], Angles = angles };
        if (begins)
            merged = merged with { State = other.State, At = other.At, CommittedAt = other.CommittedAt, EndedAt = other.EndedAt };

        return (begins || isSynced
            ? merged with { TimeCode = other.TimeCode, TimeCodeSource = other.TimeCodeSource, TimeCodePhase = other.TimeCodePhase, TimeCodeDetail = other.TimeCodeDetail }
            : merged, true);
    }

    private static TakeAngle WithRecordingsOf(Take other, TakeAngle angle)
    {
        var same = other.Angles.FirstOrDefault(it => it.Recorder == angle.Recorder);
        return same is null || same.Recordings.All(angle.Recordings.Contains)
            ? angle
            : angle with { Recordings = [.. angle.Recordings.Union(same.Recordings).OrderBy(recording => recording.Value, StringComparer.Ordinal)], Times = angle.Times ?? same.Times };
    }
}
