namespace Recorder.Actors;

/// <summary>
/// Keys under which <c>WithRecorder</c> registers its actors: get them from the host's services with
/// <c>IRequiredActor&lt;RecorderActors.Recorders&gt;</c>, and so on.
/// </summary>
public static class RecorderActors
{
    /// <summary>
    /// <c>/user/recorders</c>: takes <see cref="Contracts.RecordersProtocol"/> and the commands of every recorder,
    /// <see cref="Contracts.RecorderProtocol.ICommand"/>.
    /// </summary>
    public sealed class Recorders
    {
        private Recorders()
        {
        }
    }

    /// <summary>
    /// <c>/user/events</c>: takes <see cref="Contracts.EventsProtocol"/>; sends every event to its subscribers.
    /// </summary>
    public sealed class Events
    {
        private Events()
        {
        }
    }

    /// <summary><c>/user/sources</c>: the parent of all capture sources.</summary>
    public sealed class Sources
    {
        private Sources()
        {
        }
    }
}
