using Recorder.Contracts;

namespace Recorder.Actors.Takes;

/// <summary>Puts a take's marks on its recordings too, whose own timelines show them then.</summary>
internal static class TakeMarks
{
    // A recorder marks the moment at which it is told: one longer ago is the take's alone.
    private static readonly TimeSpan LongestAgo = TimeSpan.FromSeconds(1);

    /// <summary>Tells the recorders of a take that record. One that refuses or does not answer changes nothing: the take has the mark.</summary>
    /// <returns>The take.</returns>
    public static Take Send(Take take, TakeProtocol.Mark mark, TakesEnvironment environment)
    {
        if (mark.At is { } at && (at > environment.Now || at < environment.Now - LongestAgo))
            return take;

        foreach (var angle in take.Angles.Where(angle => angle.State is AngleState.Recording or AngleState.Paused))
            environment.Router.Tell(new RecorderProtocol.Mark(angle.Recorder, mark.Name), ActorRefs.NoSender);

        return take;
    }
}
