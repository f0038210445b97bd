using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Recording;

/// <summary>Which take an inactive recorder is armed for, and what it could begin the take with.</summary>
internal sealed class TakeArming(RecorderMemory memory, PreRoll preRoll, SourceState source)
{
    /// <summary>How often a source that failed for good is tried again.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);

    // A command that overtakes another one is no older than this many takes.
    private const int MostEnded = 16;

    /// <summary>Whether the recorder is armed, and has to be armed again before <see cref="Arm.Lease"/> is over.</summary>
    public bool IsArmed => memory.ArmedFor is not null;

    /// <param name="recorded">The take of the present recording; null for none.</param>
    /// <param name="begins">Whether the recorder must attach to its source for its pre-roll.</param>
    public Armed Arm(Arm arm, RecorderState state, TakeId? recorded, out bool begins)
    {
        var holder = state == RecorderState.Inactive ? memory.ArmedFor : recorded;
        begins = false;
        if (state == RecorderState.Inactive && holder is null && preRoll.IsPossible && !memory.EndedTakes.Contains(arm.Take))
        {
            begins = !preRoll.IsKept;
            memory.ArmedFor = holder = arm.Take;
            preRoll.KeepAtLeast(RecorderProtocol.Arm.Kept);
        }

        return preRoll.Describe(new Armed(arm.Recorder, state, holder) { Source = source.Status, IsLive = source.Uri.IsLive });
    }

    /// <summary>A start of a take that waited for its recorder, or for its node, may come after the take has ended: nobody would stop its recording.</summary>
    public MediaError? FindRefusal(Start start) =>
        start.Take is { } take && memory.EndedTakes.Contains(take) ? StateRefusal.AfterTake(start.Recorder, take) : null;

    /// <summary>The take has ended: nothing of it is begun any more.</summary>
    public void Close(TakeId take)
    {
        if (memory.EndedTakes.Contains(take))
            return;

        memory.EndedTakes.Enqueue(take);
        if (memory.EndedTakes.Count > MostEnded)
            memory.EndedTakes.Dequeue();
    }

    /// <summary>Forgets the take; a pre-roll that is kept for other reasons is as long as its option says again.</summary>
    public void End()
    {
        memory.ArmedFor = null;
        preRoll.KeepAtLeast(TimeSpan.Zero);
    }

    /// <returns>Whether the recorder must detach from its source, because it keeps no pre-roll any more.</returns>
    public bool Disarm(bool isRecording)
    {
        var wasKept = preRoll.IsKept;
        End();
        if (isRecording || !wasKept || preRoll.IsKept)
            return false;

        preRoll.Clear();
        return true;
    }

    /// <summary>Nobody has armed the recorder again within <see cref="RecorderProtocol.Arm.Lease"/>.</summary>
    internal sealed record Lapsed;
}
